"""The shapes of what is live: targets, objects, their rows and revisions."""

from draftedit.api.schema_terms import (
    COUNT,
    FLAG,
    TEXT,
    TEXT_OR_NULL,
    TIME,
    TIME_OR_NULL,
    Schema,
    an_object,
    list_of,
    nullable,
    ref,
)

LIVE: dict[str, Schema] = {
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
            {**an_object("ref", ref=TEXT), "additionalProperties": False},
        ],
    },
    "Target": an_object(
        "name label tables", name=TEXT, label=TEXT, tables=list_of(ref("Table"))
    ),
    "Table": an_object(
        "name key parent ordered fields",
        name=TEXT,
        key=list_of(TEXT),
        parent=TEXT_OR_NULL,
        ordered=FLAG,
        fields=list_of(ref("Field")),
    ),
    "Field": an_object(
        "name type label required read_only",
        "choices references",
        name=TEXT,
        type=TEXT,
        label=TEXT,
        required=FLAG,
        read_only=FLAG,
        choices=list_of(TEXT),
        references=TEXT,
    ),
    "ObjectInfo": an_object(
        "id label revision saved_at saved_by drafts",
        id=ref("Key"),
        label=TEXT_OR_NULL,
        revision=COUNT,
        saved_at=TIME_OR_NULL,
        saved_by=TEXT_OR_NULL,
        drafts=COUNT,
    ),
    "Object": an_object(
        "target id label revision row",
        target=TEXT,
        id=ref("Key"),
        label=TEXT_OR_NULL,
        revision=COUNT,
        row=ref("Row"),
    ),
    "Row": {
        **an_object("_id", _id=ref("Key")),
        "description": "The columns of the row by name, and its key.",
    },
    "DraftRow": {
        **an_object(
            "_id _state",
            _id=ref("Key"),
            _state={"enum": ["same", "new", "changed", "gone"]},
        ),
        "description": "The columns of the row by name, its key, what was done to it.",
    },
    "Revision": an_object(
        "revision saved_at saved_by message draft changes",
        revision=COUNT,
        saved_at=TIME,
        saved_by=TEXT_OR_NULL,
        message=TEXT_OR_NULL,
        draft=nullable("integer"),
        changes=COUNT,
    ),
    "OpenDraft": {
        **an_object(
            "owner since rows",
            "key version",
            owner=TEXT,
            since=TIME,
            rows=COUNT,
            key={"type": "integer"},
            version=COUNT,
        ),
        "description": "Who has a draft; an admin, who may hand it on, is told which.",
    },
}
