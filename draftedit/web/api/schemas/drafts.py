"""Schemas of requests to drafts and their responses."""

from draftedit.web.api.schemas.terms import (
    COUNT,
    DRAFT_ROWS,
    FLAG,
    STACKS,
    TEXT,
    TEXT_OR_NULL,
    TIME,
    TIME_OR_NULL,
    Schema,
    an_object,
    by_name,
    exactly,
    list_of,
    ref,
)

_DRAFT = an_object(
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
    **STACKS,
)

DRAFTS: dict[str, Schema] = {
    "Opening": {
        **exactly(
            "target",
            "id revert_to values",
            target=TEXT,
            id=ref("GivenKey"),
            revert_to=COUNT,
            values={
                "type": "object",
                "description": "What a new object begins with, its key among it",
            },
        ),
        "dependentRequired": {"revert_to": ["id"]},
    },
    "Draft": _DRAFT,
    "Rebased": {
        "type": "object",
        "properties": {
            **_DRAFT["properties"],
            "dropped": list_of(ref("Dropped")),
            "merged": {
                **list_of(COUNT),
                "description": "The revisions that came in.",
            },
        },
        "required": [*_DRAFT["required"], "dropped", "merged"],
    },
    "Dropped": an_object(
        "sequence operation problems",
        sequence=COUNT,
        operation=ref("DoneOperation"),
        problems=list_of(ref("Wrong")),
    ),
    "Rebasing": exactly("", "choices", choices=list_of(ref("Resolution"))),
    "Resolution": {
        "description": (
            "What becomes of a conflict: of the one named by `table`, `id` and `field`,"
            " of all those of a row without `field`, of all there are without `table`"
            " and `id`. The choice that points closest counts. A value of one's own"
            " goes with a `field`; for a place in an order it is the key of the row to"
            " stand after, or null for the first place."
        ),
        **exactly(
            "take",
            "table id field value",
            table=TEXT,
            id=ref("GivenKey"),
            field=TEXT,
            take={"enum": ["base", "draft", "live", "value"]},
        ),
    },
    "Choice": an_object("id label", id=ref("Key"), label=TEXT_OR_NULL),
    "Change": an_object(
        "table id kind fields",
        table=TEXT,
        id=ref("Key"),
        kind={"enum": ["new", "changed", "gone"]},
        fields={
            "type": "object",
            "additionalProperties": an_object("draft", "base"),
        },
    ),
    "Entry": an_object(
        "sequence done label operation inverse at",
        sequence={"type": "integer"},
        done=FLAG,
        label=TEXT_OR_NULL,
        operation=ref("DoneOperation"),
        inverse=ref("DoneOperation"),
        at=TIME,
    ),
    "Steps": {
        **exactly("", "count to", count={"type": "integer", "minimum": 1}, to=COUNT),
        "not": {"required": ["count", "to"]},
    },
    "Moved": an_object(
        "version undo redo operations rows",
        operations=list_of(ref("DoneOperation")),
        rows=DRAFT_ROWS,
        **STACKS,
    ),
    "Checked": an_object(
        "problems conflicts notes consequences consent",
        problems=list_of(ref("Wrong")),
        conflicts=list_of(ref("Conflict")),
        notes=list_of(ref("Note")),
        consequences=list_of(ref("Consequence")),
        consent={
            **TEXT_OR_NULL,
            "description": "Where not null, a save needs it as `accept`.",
        },
    ),
    "Saving": exactly(
        "",
        "message accept",
        message=TEXT,
        accept={
            **TEXT,
            "description": "The `consent` of a check or a refusal: it agrees to exactly"
            " those consequences.",
        },
    ),
    "Receiver": exactly("to", to=TEXT),
    "Saved": an_object(
        "target id revision ids merged consequences",
        target=TEXT,
        id=ref("Key"),
        revision=COUNT,
        ids={
            "description": "By table: draft-made keys, as in paths, and the real ones.",
            **by_name(by_name(ref("Key"))),
        },
        merged=list_of({}),
        consequences=list_of(ref("Consequence")),
    ),
    "Day": an_object(
        "day target opened saved cancelled abandoned"
        " operations undos redos seconds_open figures",
        day={"type": "string", "format": "date"},
        target=TEXT,
        opened=COUNT,
        saved=COUNT,
        cancelled=COUNT,
        abandoned=COUNT,
        operations=COUNT,
        undos=COUNT,
        redos=COUNT,
        seconds_open=COUNT,
        figures={
            "description": "Closed drafts by outcome (saved, cancelled, abandoned):"
            " by measure (seconds, operations, undos: how many drafts, by where the"
            " span begins; kind: how many steps, by operation; last: how many drafts,"
            " by the last step before they were given up) and value, how many.",
            **by_name(by_name(by_name(COUNT))),
        },
    ),
}
