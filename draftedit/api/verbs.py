"""Views of unsafe calls: the guards before, one act, an answer that can be repeated."""

from collections.abc import Callable
from typing import Any

from pyramid.request import Request
from pyramid.response import Response

from draftedit import guards
from draftedit.api import json_text
from draftedit.api.answers import about_draft, answer_text
from draftedit.api.endpoint import View
from draftedit.contexts import DraftContext
from draftedit.editing import EditSession
from draftedit.incoming import json_call

HEADERS = ("Idempotency-Key", "If-Match")

Act = Callable[[EditSession, Request], dict[str, Any]]


def verb(act: Act) -> View:
    """Make the view of an act that changes a draft and returns what to answer."""
    return _guarded(act, guards.change)


def looking(act: Act) -> View:
    """Make the view of an act that looks at an open draft and changes nothing."""
    return _guarded(act, guards.look)


def _guarded(act: Act, guard: Callable[..., guards.Answer]) -> View:
    def view(context: DraftContext, request: Request) -> Response:
        edit = context.edit

        def answer() -> guards.Answer:
            return guards.Answer(200, json_text.dumps(act(edit, request)))

        call = json_call(request, context.owner)
        given = guard(context.drafts, request.dbsession, call, edit, answer)
        return about_draft(respond(given), edit.version)

    return view


def respond(given: guards.Answer) -> Response:
    """Answer for the first time, or again."""
    response = answer_text(given.text, given.status)
    if given.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response
