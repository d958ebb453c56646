"""Build views of unsafe calls: guards, then one act, and a repeatable response."""

from collections.abc import Callable
from typing import Any

from pyramid.request import Request
from pyramid.response import Response

from draftedit.service.session import EditSession
from draftedit.web import guards
from draftedit.web.api import json_text
from draftedit.web.api.endpoint import View
from draftedit.web.api.responses import about_draft, answer_text
from draftedit.web.request_guards import json_call
from draftedit.web.resources import DraftContext

HEADERS = ("Idempotency-Key", "If-Match")

Act = Callable[[EditSession, Request], dict[str, Any]]


def verb(act: Act) -> View:
    """Build the view of an act that changes a draft and returns the response."""
    return _guarded(act, guards.change)


def looking(act: Act) -> View:
    """Build the view of an act on an open draft that changes nothing."""
    return _guarded(act, guards.look)


def _guarded(act: Act, guard: Callable[..., guards.Answer]) -> View:
    def view(context: DraftContext, request: Request) -> Response:
        edit = context.edit

        def answer() -> guards.Answer:
            return guards.Answer(200, json_text.dumps(act(edit, request)))

        call = json_call(request, context.owner)
        given = guard(context.drafts, request.dbsession, call, edit, answer)
        return about_draft(respond(given), context.edit.version)

    return view


def respond(given: guards.Answer) -> Response:
    """Send a response, new or stored."""
    response = answer_text(given.text, given.status)
    if given.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response
