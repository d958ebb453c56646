"""The shapes of what goes over the wire, in JSON Schema as OpenAPI 3.1 has it."""

from typing import Any

Schema = dict[str, Any]


def _object(required: str, optional: str = "", **properties: Schema) -> Schema:
    """Describe an object; its properties without a schema of their own are open."""
    names = [*required.split(), *optional.split()]
    return {
        "type": "object",
        "properties": {name: properties.get(name, {}) for name in names},
        "required": required.split(),
    }


def _list_of(item: Schema) -> Schema:
    return {"type": "array", "items": item}


def _nullable(kind: str, **more: Any) -> Schema:
    return {"type": [kind, "null"], **more}


def ref(name: str) -> Schema:
    """Refer to a schema by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
TIME: Schema = {"type": "string", "format": "date-time"}
TIME_OR_NULL = _nullable("string", format="date-time")
TEXT_OR_NULL = _nullable("string")

_SIDES = {"base": {}, "draft": {}, "live": {}}
_PLACE: dict[str, Schema] = {
    "table": TEXT_OR_NULL,
    "id": {"anyOf": [ref("Key"), {"type": "null"}]},
    "field": TEXT_OR_NULL,
}
_STACKS = {"version": COUNT, "undo": COUNT, "redo": COUNT}
_DRAFT_ROWS = _list_of(ref("DraftRow"))


def _operation(op: str, required: str, optional: str = "", **more: Schema) -> Schema:
    known: dict[str, Schema] = {
        "op": {"const": op},
        "table": TEXT,
        "id": ref("GivenKey"),
        "parent": ref("GivenKey"),
        "after": {
            "description": "The row to stand behind; null: first; not given: last.",
            "anyOf": [ref("GivenKey"), {"type": "null"}],
        },
        "values": {"type": "object"},
    }
    schema = _object(f"op {required}", optional, **known, **more)
    return {**schema, "additionalProperties": False}


SCHEMAS: dict[str, Schema] = {
    "Key": {
        "description": "A row's key, column by column; draft-made ones are negative.",
        "type": "array",
        "items": {"type": ["string", "integer", "number", "boolean"]},
        "minItems": 1,
    },
    "GivenKey": {
        "description": "A key, its only column, or what an insert of a batch is called",
        "anyOf": [
            ref("Key"),
            {"type": ["string", "integer"]},
            {**_object("ref", ref=TEXT), "additionalProperties": False},
        ],
    },
    "Target": _object(
        "name label tables", name=TEXT, label=TEXT, tables=_list_of(ref("Table"))
    ),
    "Table": _object(
        "name key parent ordered fields",
        name=TEXT,
        key=_list_of(TEXT),
        parent=TEXT_OR_NULL,
        ordered=FLAG,
        fields=_list_of(ref("Field")),
    ),
    "Field": _object(
        "name type label required read_only",
        "choices references",
        name=TEXT,
        type=TEXT,
        label=TEXT,
        required=FLAG,
        read_only=FLAG,
        choices=_list_of(TEXT),
        references=TEXT,
    ),
    "ObjectInfo": _object(
        "id label revision saved_at saved_by drafts",
        id=ref("Key"),
        label=TEXT_OR_NULL,
        revision=COUNT,
        saved_at=TIME_OR_NULL,
        saved_by=TEXT_OR_NULL,
        drafts=COUNT,
    ),
    "Object": _object(
        "target id label revision row",
        target=TEXT,
        id=ref("Key"),
        label=TEXT_OR_NULL,
        revision=COUNT,
        row=ref("Row"),
    ),
    "Row": {
        **_object("_id", _id=ref("Key")),
        "description": "The columns of the row by name, and its key.",
    },
    "DraftRow": {
        **_object(
            "_id _state",
            _id=ref("Key"),
            _state={"enum": ["same", "new", "changed", "gone"]},
        ),
        "description": "The columns of the row by name, its key, what was done to it.",
    },
    "Revision": _object(
        "revision saved_at saved_by message draft changes",
        revision=COUNT,
        saved_at=TIME,
        saved_by=TEXT_OR_NULL,
        message=TEXT_OR_NULL,
        draft=_nullable("integer"),
        changes=COUNT,
    ),
    "OpenDraft": _object("owner since rows", owner=TEXT, since=TIME, rows=COUNT),
    "Opening": {
        **_object("target", "id", target=TEXT, id=ref("GivenKey")),
        "additionalProperties": False,
    },
    "Draft": _object(
        "key url target id label base state closed_because version undo redo owner"
        " opened_at changed_at closed_at behind",
        key={"type": "integer"},
        url={"type": "string", "format": "uri"},
        target=TEXT,
        id=ref("Key"),
        label=TEXT_OR_NULL,
        base=COUNT,
        state={"enum": ["open", "saved", "cancelled"]},
        closed_because={"enum": [None, "user", "idle"]},
        owner=TEXT,
        opened_at=TIME,
        changed_at=TIME,
        closed_at=TIME_OR_NULL,
        behind=COUNT,
        **_STACKS,
    ),
    "Choice": _object("id label", id=ref("Key"), label=TEXT_OR_NULL),
    "Change": _object(
        "table id kind fields",
        table=TEXT,
        id=ref("Key"),
        kind={"enum": ["new", "changed", "gone"]},
        fields={
            "type": "object",
            "additionalProperties": _object("draft", "base"),
        },
    ),
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
                    **_list_of(ref("Operation")),
                    "minItems": 1,
                    "maxItems": 1000,
                },
            ),
            {
                **_object("op", op=TEXT),
                "description": "An operation that the host has registered.",
            },
        ],
    },
    "DoneOperation": {
        "description": "An operation as it was done: with the keys it was given.",
        **_object("op", op=TEXT),
    },
    "Outcome": _object(
        "version undo redo sequence operation inverse rows",
        sequence=_nullable("integer"),
        operation={"anyOf": [ref("DoneOperation"), {"type": "null"}]},
        inverse={"anyOf": [ref("DoneOperation"), {"type": "null"}]},
        rows=_DRAFT_ROWS,
        **_STACKS,
    ),
    "Entry": _object(
        "sequence done label operation inverse at",
        sequence={"type": "integer"},
        done=FLAG,
        label=TEXT_OR_NULL,
        operation=ref("DoneOperation"),
        inverse=ref("DoneOperation"),
        at=TIME,
    ),
    "Steps": {
        **_object("", "count to", count={"type": "integer", "minimum": 1}, to=COUNT),
        "not": {"required": ["count", "to"]},
        "additionalProperties": False,
    },
    "Moved": _object(
        "version undo redo operations rows",
        operations=_list_of(ref("DoneOperation")),
        rows=_DRAFT_ROWS,
        **_STACKS,
    ),
    "Message": {
        **_object("", "message", message=TEXT),
        "additionalProperties": False,
    },
    "Saved": _object(
        "target id revision ids merged",
        target=TEXT,
        id=ref("Key"),
        revision=COUNT,
        ids={
            "description": "By table: draft-made keys, as in paths, and the real ones.",
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": ref("Key"),
            },
        },
        merged=_list_of({}),
    ),
    "Day": _object(
        "day target opened saved cancelled abandoned operations undos seconds_open",
        day={"type": "string", "format": "date"},
        target=TEXT,
        opened=COUNT,
        saved=COUNT,
        cancelled=COUNT,
        abandoned=COUNT,
        operations=COUNT,
        undos=COUNT,
        seconds_open=COUNT,
    ),
    "Problem": _object(
        "type title status",
        "detail problems conflicts draft",
        type={"type": "string", "format": "uri-reference"},
        title=TEXT,
        status={"type": "integer"},
        detail=TEXT,
        problems=_list_of(ref("Wrong")),
        conflicts=_list_of(ref("Conflict")),
        draft=ref("Draft"),
    ),
    "Wrong": _object(
        "table id field message",
        "operation other",
        message=TEXT,
        operation=COUNT,
        other=ref("Key"),
        **_PLACE,
    ),
    "Conflict": _object(
        "table id field kind base draft live live_by live_at",
        kind={"enum": ["field", "row", "link", "order", "unique"]},
        live_by=TEXT_OR_NULL,
        live_at=TIME_OR_NULL,
        **_PLACE,
        **_SIDES,
    ),
}

# The parameters of the query string, by the names that endpoints list them under.
PARAMETERS: dict[str, dict[str, Any]] = {
    "after": {
        "name": "after",
        "schema": TEXT,
        "description": "The cursor `next` of the piece before.",
    },
    "limit": {
        "name": "limit",
        "schema": {"type": "integer", "minimum": 1, "maximum": 500, "default": 50},
    },
    "q": {
        "name": "q",
        "schema": {"type": "string", "maxLength": 200},
        "description": "Text to look for, whatever its case.",
    },
    "parent": {
        "name": "parent",
        "schema": TEXT,
        "description": "The key of the row above, spelled as in paths.",
    },
    "around": {
        "name": "around",
        "schema": TEXT,
        "description": "A key: the piece that has this row.",
    },
    "gone": {
        "name": "gone",
        "schema": {"enum": ["0", "1"]},
        "description": "1: also the rows that the draft deletes.",
    },
    "state_of_row": {
        "name": "state",
        "schema": {"enum": ["changed"]},
        "description": "Only the rows that the draft changes.",
    },
    "state_of_draft": {
        "name": "state",
        "schema": {"enum": ["open", "saved", "cancelled"]},
    },
}
