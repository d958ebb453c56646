"""Endpoint that rebases a draft, with a choice for each conflict."""

from typing import Any

from pyramid.request import Request

from draftedit.engine.rebasing.resolutions import TAKES, Resolution
from draftedit.service.session import EditSession
from draftedit.web.api import body, serializers
from draftedit.web.api.endpoint import Endpoint
from draftedit.web.api.unsafe_calls import HEADERS, verb
from draftedit.web.guards import BadRequest
from draftedit.web.messages import say
from draftedit.web.permissions import EDIT

_MEMBERS = frozenset({"table", "id", "field", "take", "value"})


def rebase(edit: EditSession, request: Request) -> dict[str, Any]:
    """Bring in what others have saved, and replay the draft on it."""
    choices = body.Body(request, "choices").items("choices")
    return serializers.rebased(
        request, edit.rebase([resolution(one) for one in choices])
    )


def resolution(data: Any) -> Resolution:
    """Parse one choice; raise BadRequest if it is malformed."""
    if not isinstance(data, dict) or not data.keys() <= _MEMBERS:
        raise BadRequest(say("choice-members"))
    take = data.get("take")
    if take not in TAKES:
        raise BadRequest(say("choice-take-unknown", choices=", ".join(TAKES)))
    if ("table" in data) != ("id" in data) or ("field" in data and "id" not in data):
        raise BadRequest(say("choice-names-too-little"))
    if ("value" in data) != (take == "value"):
        raise BadRequest(say("choice-value-without-take"))
    if "value" in data and "field" not in data:
        raise BadRequest(say("choice-value-without-field"))
    names = [data[name] for name in ("table", "field") if name in data]
    if not all(isinstance(name, str) for name in names):
        raise BadRequest(say("choice-names-not-text"))
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
