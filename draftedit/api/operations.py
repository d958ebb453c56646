"""The verbs on a draft: operate, undo, redo, check, save, cancel; and its journal."""

from collections.abc import Callable
from typing import Any

from pyramid.request import Request
from pyramid.response import Response

from draftedit.api import answers, body, query, spelling
from draftedit.api.endpoint import Endpoint
from draftedit.api.verbs import HEADERS, looking, verb
from draftedit.contexts import DraftContext
from draftedit.editing import EditSession
from draftedit.engine.errors import Problem, Refused
from draftedit.guards import BadRequest
from draftedit.security import EDIT
from draftedit.settings import shows_notes

MAX_MESSAGE = 2000


def operate(edit: EditSession, request: Request) -> dict[str, Any]:
    """Apply the operation of the body."""
    data = body.operation(request)
    operation = request.drafts.operation_from_json(data)
    return spelling.outcome(edit.apply(operation))


def undo(edit: EditSession, request: Request) -> dict[str, Any]:
    """Take back the last operations."""
    return _move(edit.undo, request)


def redo(edit: EditSession, request: Request) -> dict[str, Any]:
    """Do again what was taken back."""
    return _move(edit.redo, request)


def check(edit: EditSession, request: Request) -> dict[str, Any]:
    """Say what save would say now."""
    body.Body(request)
    return spelling.checked(request, edit.check(notes=shows_notes(request)))


def save(edit: EditSession, request: Request) -> dict[str, Any]:
    """Swap the draft in for the live object."""
    message = body.Body(request, "message").text("message", None)
    if message is not None and len(message) > MAX_MESSAGE:
        raise Refused(
            Problem(f"A message has at most {MAX_MESSAGE} characters.", field="message")
        )
    return spelling.saved(edit.save(message=message))


def cancel(edit: EditSession, request: Request) -> dict[str, Any]:
    """Close the draft; live stays as it is."""
    body.Body(request)
    return spelling.draft(request, edit.cancel())


def journal(context: DraftContext, request: Request) -> Response:
    """List the operations of the draft."""
    found = context.edit.journal(**query.listed(request))
    data = answers.items(found.items, spelling.entry, found.next)
    return answers.about_draft(answers.answer(data), context.edit.version)


def _move(move: Callable[..., Any], request: Request) -> dict[str, Any]:
    members = body.Body(request, "count", "to")
    if "to" in members:
        if "count" in members:
            raise BadRequest("Say either “count” or “to”.")
        return spelling.moved(move(to=members.number("to")))
    count = members.number("count", 1)
    if count == 0:
        raise BadRequest("“count” is 1 or more.")
    return spelling.moved(move(count=count))


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
        body="Message",
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
