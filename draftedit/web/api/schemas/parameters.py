"""Descriptions of the query parameters."""

from typing import Any

from draftedit.web.api.schemas.terms import TEXT

# Query parameters by the names that endpoints list them under.
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
    "revision": {
        "name": "revision",
        "schema": {"type": "integer", "minimum": 0},
        "description": "As this revision had it; not given: as it is now.",
    },
    "from": {
        "name": "from",
        "schema": {"type": "integer", "minimum": 0},
        "description": "The revision to compare with; not given: the one before.",
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
    "since": {
        "name": "since",
        "schema": {"type": "string", "format": "date"},
        "description": "The first day (UTC) that is listed.",
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
