"""The net change of a draft: its rows against their origins, never the journal."""

import enum
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from draftedit.engine.branches import draft_columns, number_bind
from draftedit.engine.core import run
from draftedit.engine.draft_rows import DraftRows
from draftedit.engine.errors import Key
from draftedit.engine.rows import Row, row_of
from draftedit.engine.schema import Part


class Missing(enum.Enum):
    """Stands for the base of a new row's fields, where None is a value."""

    MISSING = "missing"


MISSING = Missing.MISSING


class Change(NamedTuple):
    """What a draft does to one row; `fields` are (base, draft) by name."""

    table: str
    key: Key
    kind: str
    fields: dict[str, tuple[Any, Any]]


Touched = dict[str, list[Row]]


def touched_rows(rows: DraftRows) -> Touched:
    """Return every row that the draft has touched, by table, in the order of keys."""
    return {
        name: list(_touched_in(rows, part)) for name, part in rows.target.tables.items()
    }


def _touched_in(rows: DraftRows, part: Part) -> Iterator[Row]:
    found: Sequence[Any] = run(
        rows.dbsession, _of_draft(part), {"draft": rows.number}
    ).all()
    for *values, touched, gone, origin, omitted in found:
        named = part.encode_all(dict(zip(part.columns, values, strict=True)))
        row = row_of(part, named, touched, gone, origin, omitted)
        rows.known[row.table, row.key] = row
        yield row


@cache
def _of_draft(part: Part) -> sa.Select[Any]:
    return (
        sa.select(*draft_columns(part))
        .where(part.draft.c.draft == number_bind("draft"))
        .order_by(*(part.draft.c[name] for name in part.key))
    )


def changes(rows: DraftRows, touched: Touched | None = None) -> list[Change]:
    """Return what save would change, the root first; rows below gone ones count not.

    `touched`: all rows that the draft has touched, where they have been read already.
    """
    touched = touched_rows(rows) if touched is None else touched
    is_hidden = rows.hidden_by_parent()
    return [
        change
        for some in touched.values()
        for row in some
        if (change := _change_of(row, is_hidden)) is not None
    ]


def _change_of(row: Row, is_hidden: Callable[[Row], bool]) -> Change | None:
    if row.state == "same" or (row.gone and row.is_new):
        return None
    if is_hidden(row):
        return None
    if row.is_new:
        fields = {n: (MISSING, v) for n, v in row.values.items() if _is_given(row, n)}
        return Change(row.table, row.key, "new", fields)
    if row.gone:
        origin = row.origin or {}
        return Change(
            row.table, row.key, "gone", {n: (v, None) for n, v in origin.items()}
        )
    return Change(row.table, row.key, "changed", row.changed_fields())


def _is_given(row: Row, name: str) -> bool:
    return name not in row.omitted
