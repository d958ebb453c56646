"""Schemas of problems and conflicts."""

from draftedit.engine.base.errors import ConflictKind
from draftedit.web.api.schemas.terms import (
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
CODE: Schema = {
    "description": "Which kind of message it is, for programs: docs/codes.md.",
    **TEXT,
}
PARAMS: Schema = {
    "description": "The values in the message: numbers and texts.",
    "type": "object",
    "additionalProperties": {"type": ["string", "number", "boolean"]},
}
_PLACE: dict[str, Schema] = {
    "table": TEXT_OR_NULL,
    "id": KEY_OR_NULL,
    "field": TEXT_OR_NULL,
}

PROBLEMS: dict[str, Schema] = {
    "Problem": an_object(
        "type title status code",
        "params detail problems conflicts incoming draft consequences consent",
        type={"type": "string", "format": "uri-reference"},
        title=TEXT,
        code=CODE,
        params=PARAMS,
        status={"type": "integer"},
        detail=TEXT,
        problems=list_of(ref("Wrong")),
        conflicts=list_of(ref("Conflict")),
        incoming=list_of(ref("Incoming")),
        draft=ref("Draft"),
        consequences=list_of(ref("Consequence")),
        consent=TEXT,
    ),
    "Wrong": an_object(
        "table id field code params message",
        "operation other",
        code=CODE,
        params=PARAMS,
        message=TEXT,
        operation=COUNT,
        other=ref("Key"),
        **_PLACE,
    ),
    "Note": an_object("table id field message", message=TEXT, **_PLACE),
    "Conflict": an_object(
        "table id field kind base draft live live_by live_at",
        "other",
        kind={"enum": [kind.value for kind in ConflictKind]},
        live_by=TEXT_OR_NULL,
        live_at=TIME_OR_NULL,
        other={
            **ref("Key"),
            "description": "The row that has taken the same unique value.",
        },
        **_PLACE,
        **_SIDES,
    ),
    "Consequence": {
        "description": (
            "What a save does to rows of a table outside the object, as they refer to"
            " rows that it deletes: they are deleted, too, or their reference is"
            " cleared or reset to its default. Or a revert brings back what went with a"
            " row: they are returned, or cannot be. `count` of them, or with `more`"
            " more than that; `rows` are the first. What is not `kept` no revert brings"
            " back, for that `reason`."
        ),
        **an_object(
            "table effect count more rows kept reason",
            table=TEXT,
            effect={
                "enum": ["deleted", "cleared", "reset", "returned", "not_returned"]
            },
            count=COUNT,
            more={"type": "boolean"},
            rows=list_of(an_object("id label", id={"type": "array"}, label={})),
            kept={"type": "boolean"},
            reason=TEXT_OR_NULL,
        ),
    },
    "Incoming": an_object(
        "revision saved_by saved_at message changes",
        revision=COUNT,
        saved_by=TEXT,
        saved_at=TIME,
        message=TEXT_OR_NULL,
        changes=COUNT,
    ),
}
