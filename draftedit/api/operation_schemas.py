"""The shapes of operations: as they are sent, and as they come back."""

from draftedit.api.schema_terms import (
    DRAFT_ROWS,
    STACKS,
    TEXT,
    Schema,
    an_object,
    exactly,
    list_of,
    nullable,
    or_null,
    ref,
)


def _operation(op: str, required: str, optional: str = "", /, **more: Schema) -> Schema:
    known: dict[str, Schema] = {
        "op": {"const": op},
        "table": TEXT,
        "id": ref("GivenKey"),
        "parent": ref("GivenKey"),
        "after": {
            "description": "The row to stand behind; null: first; not given: last.",
            **or_null(ref("GivenKey")),
        },
        "values": {"type": "object"},
    }
    return exactly(f"op {required}", optional, **known, **more)


OPERATIONS: dict[str, Schema] = {
    "Operation": {
        "anyOf": [
            _operation("set", "table id values"),
            _operation("insert", "table values", "parent after as", **{"as": TEXT}),
            _operation("delete", "table id"),
            _operation("restore", "table id"),
            _operation("move", "table id", "parent after"),
            _operation(
                "batch",
                "operations",
                "label",
                label=TEXT,
                operations={
                    **list_of(ref("Operation")),
                    "minItems": 1,
                    "maxItems": 1000,
                },
            ),
            {
                **an_object("op", op=TEXT),
                "description": "An operation that the host has registered.",
            },
        ],
    },
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
