"""The net change of a draft: its rows against their origins, never the journal."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from draftedit.engine.branches import TOUCHED
from draftedit.engine.draft_rows import DraftRows
from draftedit.engine.errors import Key
from draftedit.engine.rows import Row, row_from
from draftedit.engine.schema import Part


class Missing(enum.Enum):
    """Stands for the base of a new row's fields, where None is a value."""

    MISSING = "missing"


MISSING = Missing.MISSING


@dataclass(frozen=True)
class Change:
    """What a draft does to one row; `fields` are (base, draft) by name."""

    table: str
    key: Key
    kind: str
    fields: dict[str, tuple[Any, Any]]


def touched_rows(rows: DraftRows) -> dict[str, list[Row]]:
    """Return every row that the draft has touched, by table, in the order of keys."""
    return {
        name: list(_touched_in(rows, part)) for name, part in rows.target.tables.items()
    }


def _touched_in(rows: DraftRows, part: Part) -> Iterator[Row]:
    draft = part.draft.c
    wanted = (
        sa.select(
            *(draft[name] for name in part.fields),
            sa.literal_column("1").label(TOUCHED),
            draft.gone,
            draft.origin,
            draft.omitted,
        )
        .where(draft.draft == rows.number)
        .order_by(*(draft[name] for name in part.key))
    )
    for record in rows.dbsession.execute(wanted).mappings():
        row = row_from(part, dict(record))
        rows.known[row.table, row.key] = row
        yield row


def changes(rows: DraftRows) -> list[Change]:
    """Return what save would change, the root first; rows below gone ones count not."""
    return [
        change
        for touched in touched_rows(rows).values()
        for row in touched
        if (change := _change_of(rows, row)) is not None
    ]


def _change_of(rows: DraftRows, row: Row) -> Change | None:
    if row.state == "same" or (row.gone and row.is_new):
        return None
    if rows.hidden(row):
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
