"""What a save is going to do, decided before anything is written."""

from collections.abc import Callable
from dataclasses import dataclass

from draftedit.engine.changes import Touched, hidden_by_parent
from draftedit.engine.draft_rows import DraftRows
from draftedit.engine.rows import Row

ByTable = dict[str, list[Row]]


@dataclass(frozen=True)
class Plan:
    """The draft's rows by what becomes of them, each by table, parents first.

    `new` are inserted and `changed` updated; `gone` are the live rows deleted by the
    draft, `sunk` those it changed and then put out of sight with a row above: they
    are deleted with it. What is new below a gone row is dropped.
    """

    new: ByTable
    changed: ByTable
    gone: ByTable
    sunk: ByTable
    makes_object: bool

    @property
    def count(self) -> int:
        """How many rows the draft changes."""
        kinds = (self.new, self.changed, self.gone)
        return sum(len(rows) for kind in kinds for rows in kind.values())


def make_plan(rows: DraftRows, touched: Touched) -> Plan:
    """Sort the rows that the draft has touched by what becomes of them."""
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
                kind[name].append(row)
        if rows.target.tables[name].generated_key is not None:
            # −1 was made before −2: the real keys are given in that order, too, and
            # after those that come back: the database must not give one of these.
            plan.new[name].reverse()
    return plan


def _none(rows: DraftRows) -> ByTable:
    return {name: [] for name in rows.target.tables}


def _kind(plan: Plan, row: Row, is_hidden: Callable[[Row], bool]) -> ByTable | None:
    if row.gone:
        return None if row.is_new else plan.gone
    if row.state == "same":
        return None
    # What hangs below a row that plain SQL has deleted is a conflict yet to be found.
    if not is_hidden(row):
        return plan.new if row.is_new else plan.changed
    return None if row.is_new else plan.sunk
