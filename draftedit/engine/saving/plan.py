"""The plan of a save, made before anything is written."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from draftedit.engine.draft.changes import Touched, hidden_by_parent
from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.reading.rows import Row
from draftedit.engine.schema.model import Part

ByTable = dict[str, list[Row]]


@dataclass(frozen=True)
class Plan:
    """The draft's rows by what the save does with them, each by table, parents first.

    `new` are inserted and `changed` updated; `gone` are the live rows deleted by the
    draft, `sunk` those it changed before it deleted a row above: they are deleted with
    it. New rows below a deleted one are dropped.
    """

    new: ByTable
    changed: ByTable
    gone: ByTable
    sunk: ByTable
    makes_object: bool

    @property
    def count(self) -> int:
        """Return how many rows the draft changes."""
        kinds = (self.new, self.changed, self.gone)
        return sum(len(rows) for kind in kinds for rows in kind.values())


def make_plan(rows: DraftRows, touched: Touched) -> Plan:
    """Sort the rows that the draft has touched by what the save does with them."""
    root = rows.find(rows.target.name, rows.root)
    plan = Plan(
        new=_none(rows),
        changed=_none(rows),
        gone=_none(rows),
        sunk=_none(rows),
        makes_object=root is not None and root.is_new,
    )
    is_hidden = hidden_by_parent(rows, touched)
    for name, some in touched.items():
        for row in some:
            kind = _kind(plan, row, is_hidden)
            if kind is not None:
                kind[name].append(_as_live(rows.target.tables[name], row))
        if rows.target.tables[name].generated_key is not None:
            # −1 was made before −2: the real keys are generated in that order, too, and
            # after restored rows: the database must not generate one of their keys.
            plan.new[name].reverse()
    return plan


def _as_live(part: Part, row: Row) -> Row:
    """Return a row under its live key.

    A row that takes the place of a deleted one may spell the key differently.
    """
    if row.origin is None or row.restores is None:
        return row
    return replace(row, key=part.key_of(row.origin))


def _none(rows: DraftRows) -> ByTable:
    return {name: [] for name in rows.target.tables}


def _kind(plan: Plan, row: Row, is_hidden: Callable[[Row], bool]) -> ByTable | None:
    if row.gone:
        return None if row.is_new else plan.gone
    if row.state == "same":
        return None
    # A row below one that plain SQL has deleted is a conflict, found later.
    if not is_hidden(row):
        return plan.new if row.is_new else plan.changed
    return None if row.is_new else plan.sunk
