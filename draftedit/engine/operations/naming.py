"""Rows and parts that an operation names: found, or refused with what is missing."""

from __future__ import annotations

from typing import Any

from draftedit.engine.draft_rows import DraftRows
from draftedit.engine.errors import Key, Problem, Refused, Unknown
from draftedit.engine.operations.base import AnyKey, Ref
from draftedit.engine.rows import Row
from draftedit.engine.schema import Part


def refused(message: str, row: Row | None = None, **details: Any) -> Refused:
    """Make the refusal of an operation, naming the row."""
    if row is not None:
        details = {"table": row.table, "key": row.key, **details}
    return Refused(Problem(message, **details))


def part_of(rows: DraftRows, table: str) -> Part:
    """Return the part an operation names, or refuse."""
    try:
        return rows.part(table)
    except Unknown as unknown:
        raise refused(str(unknown), table=str(table)) from None


def key_of(rows: DraftRows, part: Part, raw: AnyKey) -> Key:
    """Return the encoded key that an operation gives, or refuse."""
    if isinstance(raw, Ref):
        if raw.name not in rows.names:
            raise refused(f"Nothing in this batch is called {raw.name!r}.")
        return rows.names[raw.name]
    columns = raw if isinstance(raw, tuple | list) else (raw,)
    try:
        return rows.key(part, columns)
    except Unknown as unknown:
        raise refused(str(unknown), table=part.name) from None


def row_of(rows: DraftRows, part: Part, raw: AnyKey) -> Row:
    """Return the row of this object that an operation names, or refuse."""
    key = key_of(rows, part, raw)
    if (part.name, key) in rows.lost:
        raise refused("The key belongs to another row now.", table=part.name, key=key)
    # What the journal names was this object's when it was done, and stays the draft's
    # whatever became of the rows above it.
    row = rows.find(part.name, key) if rows.replaying else None
    try:
        return row or rows.row(part.name, key)
    except Unknown as unknown:
        raise refused(str(unknown), table=part.name, key=key) from None


def row_in_sight(rows: DraftRows, part: Part, raw: AnyKey) -> Row:
    """Return a row that can be changed, or refuse."""
    row = row_of(rows, part, raw)
    if not rows.replaying and not rows.in_sight(row):
        raise refused("The row is deleted, or one above it is: restore it first.", row)
    return row
