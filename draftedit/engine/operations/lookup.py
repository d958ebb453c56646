"""Rows and parts that an operation names: found, or refused with what is missing."""

from __future__ import annotations

from typing import Any

from draftedit.engine.base.errors import Key, Problem, Refused, Unknown
from draftedit.engine.base.messages import say
from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.operations.base import AnyKey, ApplyMode, Ref, as_key
from draftedit.engine.reading.rows import Row
from draftedit.engine.schema.model import Part


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
        raise refused(unknown.text, table=str(table)) from None


def key_of(rows: DraftRows, part: Part, raw: AnyKey, mode: ApplyMode) -> Key:
    """Return the encoded key that an operation gives, or refuse."""
    if isinstance(raw, Ref):
        if raw.name not in mode.names:
            raise refused(say("unknown-name-in-batch", name=raw.name))
        return mode.names[raw.name]
    try:
        return rows.key(part, as_key(raw))
    except Unknown as unknown:
        raise refused(unknown.text, table=part.name) from None


def row_of(rows: DraftRows, part: Part, raw: AnyKey, mode: ApplyMode) -> Row:
    """Return the row of this object that an operation names, or refuse."""
    key = key_of(rows, part, raw, mode)
    if (part.name, key) in mode.taken_over:
        raise refused(say("key-taken-over"), table=part.name, key=key)
    # What the journal names was this object's when it was done, and stays the draft's
    # even if the rows above it are deleted.
    row = rows.find(part.name, key) if mode.exact else None
    try:
        return row or rows.row(part.name, key)
    except Unknown as unknown:
        raise refused(unknown.text, table=part.name, key=key) from None


def row_in_sight(rows: DraftRows, part: Part, raw: AnyKey, mode: ApplyMode) -> Row:
    """Return a row that can be changed, or refuse."""
    row = row_of(rows, part, raw, mode)
    if not mode.exact and not rows.in_sight(row):
        raise refused(say("row-deleted"), row)
    return row
