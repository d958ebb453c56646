"""Schemas of operations, in requests and in responses."""

from collections.abc import Iterable

from draftedit.engine.operations import PUBLIC, Operation
from draftedit.web.api.schemas.terms import (
    DRAFT_ROWS,
    STACKS,
    TEXT,
    Schema,
    an_object,
    nullable,
    or_null,
    ref,
)


def any_of(kinds: Iterable[type[Operation]]) -> Schema:
    """Describe an operation of one of these kinds."""
    return {
        "anyOf": [
            *(kind.schema() for kind in kinds),
            {
                **an_object("op", op=TEXT),
                "description": "An operation that the host has registered.",
            },
        ],
    }


OPERATIONS: dict[str, Schema] = {
    "Operation": any_of(PUBLIC.values()),
    "DoneOperation": {
        "description": "An operation as it was done: with the keys it was given.",
        **an_object("op", op=TEXT),
    },
    "Outcome": an_object(
        "version undo redo sequence operation inverse rows",
        sequence=nullable("integer"),
        operation=or_null(ref("DoneOperation")),
        inverse=or_null(ref("DoneOperation")),
        rows=DRAFT_ROWS,
        **STACKS,
    ),
}
