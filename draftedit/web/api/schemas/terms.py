"""The words that the API's schemas are written with, and shapes that many have."""

from typing import Any

from draftedit.engine.base.json_schema import (
    TEXT,
    Schema,
    an_object,
    exactly,
    list_of,
    or_null,
    ref,
)

__all__ = [
    "COUNT",
    "DRAFT_ROWS",
    "FLAG",
    "KEY_OR_NULL",
    "STACKS",
    "TEXT",
    "TEXT_OR_NULL",
    "TIME",
    "TIME_OR_NULL",
    "Schema",
    "an_object",
    "by_name",
    "exactly",
    "list_of",
    "nullable",
    "or_null",
    "ref",
]


def by_name(item: Schema) -> Schema:
    """Describe an object whose members, of any name, have one schema."""
    return {"type": "object", "additionalProperties": item}


def nullable(kind: str, **more: Any) -> Schema:
    """Describe a value of a type, or null."""
    return {"type": [kind, "null"], **more}


FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
TIME: Schema = {"type": "string", "format": "date-time"}
TIME_OR_NULL = nullable("string", format="date-time")
TEXT_OR_NULL = nullable("string")
KEY_OR_NULL = or_null(ref("Key"))

STACKS: dict[str, Schema] = {"version": COUNT, "undo": COUNT, "redo": COUNT}
DRAFT_ROWS = list_of(ref("DraftRow"))
