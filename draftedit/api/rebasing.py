"""The verb that takes a newer revision as base, with a choice for each conflict."""

from typing import Any

from pyramid.request import Request

from draftedit.api import body, spelling
from draftedit.api.endpoint import Endpoint
from draftedit.api.verbs import HEADERS, verb
from draftedit.editing import EditSession
from draftedit.engine.rebasing.resolutions import TAKES, Resolution
from draftedit.guards import BadRequest
from draftedit.security import EDIT

_MEMBERS = frozenset({"table", "id", "field", "take", "value"})


def rebase(edit: EditSession, request: Request) -> dict[str, Any]:
    """Bring in what others have saved, and replay the draft on it."""
    choices = body.Body(request, "choices").items("choices")
    return spelling.rebased(request, edit.rebase([resolution(one) for one in choices]))


def resolution(data: Any) -> Resolution:
    """Read one choice; raise BadRequest for what is none."""
    if not isinstance(data, dict) or not data.keys() <= _MEMBERS:
        raise BadRequest("A choice has table, id, field, take and value; no more.")
    take = data.get("take")
    if take not in TAKES:
        raise BadRequest(f"“take” is one of {', '.join(TAKES)}.")
    if ("table" in data) != ("id" in data) or ("field" in data and "id" not in data):
        raise BadRequest("A choice names table and id, a field besides, or nothing.")
    if ("value" in data) != (take == "value"):
        raise BadRequest("A “value” goes with “take”: “value”, and only with that.")
    if "value" in data and "field" not in data:
        raise BadRequest("A value of one's own is that of a “field”.")
    names = [data[name] for name in ("table", "field") if name in data]
    if not all(isinstance(name, str) for name in names):
        raise BadRequest("“table” and “field” are names.")
    key = body.key_of(data["id"], "id") if "id" in data else None
    return Resolution(
        take, data.get("table"), key, data.get("field"), data.get("value")
    )


ENDPOINTS = (
    Endpoint(
        "POST",
        "rebase",
        verb(rebase),
        EDIT,
        "Take the newest revision as base, with a choice for each conflict.",
        "Rebased",
        body="Rebasing",
        guards=HEADERS,
        about_draft=True,
    ),
)
