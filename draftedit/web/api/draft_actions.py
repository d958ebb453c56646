"""Endpoints that act on a draft: operate, undo, redo, check, save, cancel, journal."""

from collections.abc import Callable
from typing import Any

from pyramid.request import Request
from pyramid.response import Response

from draftedit.engine.base.errors import Problem, Refused
from draftedit.service.session import EditSession
from draftedit.web import release
from draftedit.web.api import body, query, responses, serializers
from draftedit.web.api.endpoint import Endpoint
from draftedit.web.api.unsafe_calls import HEADERS, looking, verb
from draftedit.web.guards import BadRequest
from draftedit.web.messages import say
from draftedit.web.permissions import EDIT
from draftedit.web.resources import DraftContext

MAX_MESSAGE = 2000


def operate(edit: EditSession, request: Request) -> dict[str, Any]:
    """Apply the operation of the body."""
    data = body.operation(request)
    operation = request.drafts.operation_from_json(data)
    return serializers.outcome(edit.apply(operation))


def undo(edit: EditSession, request: Request) -> dict[str, Any]:
    """Undo the last operations."""
    return _move(edit.undo, request)


def redo(edit: EditSession, request: Request) -> dict[str, Any]:
    """Redo what was undone."""
    return _move(edit.redo, request)


def check(_edit: EditSession, request: Request) -> dict[str, Any]:
    """Report what save would report now."""
    body.Body(request)
    return serializers.checked(request, release.check(request))


def save(edit: EditSession, request: Request) -> dict[str, Any]:
    """Write the draft into the live object."""
    members = body.Body(request, "message", "accept")
    message, accept = members.text("message", None), members.text("accept", "")
    if message is not None and len(message) > MAX_MESSAGE:
        raise Refused(
            Problem(say("message-too-long", limit=MAX_MESSAGE), field="message")
        )
    return serializers.saved(request, edit.save(message, accept))


def cancel(edit: EditSession, request: Request) -> dict[str, Any]:
    """Cancel the draft; live is not changed."""
    body.Body(request)
    return serializers.draft(request, edit.cancel())


def journal(context: DraftContext, request: Request) -> Response:
    """List the operations of the draft."""
    found = context.edit.journal(**query.listed(request))
    data = responses.items(found.items, serializers.entry, found.next)
    return responses.about_draft(responses.answer(data), context.edit.version)


def _move(move: Callable[..., Any], request: Request) -> dict[str, Any]:
    members = body.Body(request, "count", "to")
    if "to" in members:
        if "count" in members:
            raise BadRequest(say("count-or-to"))
        return serializers.moved(move(to=members.number("to")))
    count = members.number("count", 1)
    if count == 0:
        raise BadRequest(say("count-below-one"))
    return serializers.moved(move(count=count))


ENDPOINTS = (
    Endpoint(
        "POST",
        "operations",
        verb(operate),
        EDIT,
        "Apply an operation to the draft.",
        "Outcome",
        body="Operation",
        body_required=True,
        guards=HEADERS,
        about_draft=True,
    ),
    Endpoint(
        "GET",
        "operations",
        journal,
        EDIT,
        "List the draft's operations, done and undone.",
        "Entry",
        listed=True,
        about_draft=True,
    ),
    Endpoint(
        "POST",
        "undo",
        verb(undo),
        EDIT,
        "Take back the last operations, or all after the one named.",
        "Moved",
        body="Steps",
        guards=HEADERS,
        about_draft=True,
    ),
    Endpoint(
        "POST",
        "redo",
        verb(redo),
        EDIT,
        "Do again what was taken back, or all up to the one named.",
        "Moved",
        body="Steps",
        guards=HEADERS,
        about_draft=True,
    ),
    Endpoint(
        "POST",
        "check",
        looking(check),
        EDIT,
        "Say what save would refuse now; nothing is changed.",
        "Checked",
        guards=HEADERS,
        version_required=False,
        about_draft=True,
    ),
    Endpoint(
        "POST",
        "save",
        verb(save),
        EDIT,
        "Swap the draft in for the live object, and keep what it replaces as history.",
        "Saved",
        body="Saving",
        guards=HEADERS,
        about_draft=True,
    ),
    Endpoint(
        "POST",
        "cancel",
        verb(cancel),
        EDIT,
        "Close the draft and leave the live object as it is.",
        "Draft",
        guards=HEADERS,
        about_draft=True,
    ),
)
