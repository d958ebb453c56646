"""Compute the net change of a draft: rows against origins, not the journal."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from draftedit.engine.base.errors import Key
from draftedit.engine.base.sql import run
from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.reading.change import MISSING, Change
from draftedit.engine.reading.rows import Row, row_of
from draftedit.engine.reading.union_branches import draft_columns, number_bind
from draftedit.engine.schema.model import Part

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
    for *values, touched, gone, origin, omitted, restores in found:
        named = part.encode_in_place(dict(zip(part.columns, values, strict=True)))
        row = row_of(part, named, touched, gone, origin, omitted, restores)
        rows.known[row.table, row.key] = row
        yield row


@cache
def _of_draft(part: Part) -> sa.Select[Any]:
    return (
        sa.select(*draft_columns(part))
        .where(part.draft.c.draft == number_bind("draft"))
        .order_by(*(part.draft.c[name] for name in part.key))
    )


def hidden_by_parent(rows: DraftRows, touched: Touched) -> Callable[[Row], bool]:
    """Return a function that returns whether a row above one is deleted; cached.

    Valid while nothing is written. Reads once for each parent, and not at all if the
    draft has deleted nothing.
    """
    if not any(row.gone for some in touched.values() for row in some):
        return lambda row: False
    known: dict[tuple[str | None, Key], bool] = {}

    def hidden(row: Row) -> bool:
        part = rows.target.tables[row.table]
        parent = part.parent, part.parent_key_of(row.values)
        if parent not in known:
            known[parent] = rows.hidden(row)
        return known[parent]

    return hidden


def changes(rows: DraftRows) -> list[Change]:
    """Return what save would change, the root first; no rows below deleted ones."""
    return [change_of(row) for row in changed_rows(rows, touched_rows(rows))]


def changed_rows(rows: DraftRows, touched: Touched) -> list[Row]:
    """Return those of the touched rows that save would insert, update or delete."""
    is_hidden = hidden_by_parent(rows, touched)
    return [
        row
        for some in touched.values()
        for row in some
        if _is_changed(row) and not is_hidden(row)
    ]


def _is_changed(row: Row) -> bool:
    return row.state != "same" and not (row.gone and row.is_new)


def change_of(row: Row) -> Change:
    """Return the draft's change of a row."""
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
