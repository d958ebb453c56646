"""The shapes of problems and conflicts."""

from draftedit.api.schema_terms import (
    COUNT,
    KEY_OR_NULL,
    TEXT,
    TEXT_OR_NULL,
    TIME,
    TIME_OR_NULL,
    Schema,
    an_object,
    list_of,
    ref,
)

_SIDES: dict[str, Schema] = {"base": {}, "draft": {}, "live": {}}
_PLACE: dict[str, Schema] = {
    "table": TEXT_OR_NULL,
    "id": KEY_OR_NULL,
    "field": TEXT_OR_NULL,
}

PROBLEMS: dict[str, Schema] = {
    "Problem": an_object(
        "type title status",
        "detail problems conflicts incoming draft",
        type={"type": "string", "format": "uri-reference"},
        title=TEXT,
        status={"type": "integer"},
        detail=TEXT,
        problems=list_of(ref("Wrong")),
        conflicts=list_of(ref("Conflict")),
        incoming=list_of(ref("Incoming")),
        draft=ref("Draft"),
    ),
    "Wrong": an_object(
        "table id field message",
        "operation other",
        message=TEXT,
        operation=COUNT,
        other=ref("Key"),
        **_PLACE,
    ),
    "Note": an_object("table id field message", message=TEXT, **_PLACE),
    "Conflict": an_object(
        "table id field kind base draft live live_by live_at",
        "other",
        kind={"enum": ["field", "row", "link", "order", "unique"]},
        live_by=TEXT_OR_NULL,
        live_at=TIME_OR_NULL,
        other={
            **ref("Key"),
            "description": "The row that has taken the same unique value.",
        },
        **_PLACE,
        **_SIDES,
    ),
    "Incoming": an_object(
        "revision saved_by saved_at message changes",
        revision=COUNT,
        saved_by=TEXT,
        saved_at=TIME,
        message=TEXT_OR_NULL,
        changes=COUNT,
    ),
}
