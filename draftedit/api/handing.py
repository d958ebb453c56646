"""A draft for another: handed on to another owner, or copied."""

from pyramid.request import Request
from pyramid.response import Response

from draftedit import guards
from draftedit.api import answers, body, json_text, spelling
from draftedit.api.endpoint import Endpoint
from draftedit.api.verbs import HEADERS, respond
from draftedit.contexts import DraftContext, HandOnContext, OwnerContext
from draftedit.engine.errors import Unknown
from draftedit.incoming import json_call
from draftedit.security import EDIT


def hand_on(context: HandOnContext, request: Request) -> Response:
    """Give a draft to another owner."""
    call = json_call(request, context.owner)

    def act() -> guards.Answer:
        edit = context.edit
        edit.require_open()
        edit.expect(call.version())
        to = request.draft_receiver(body.Body(request, "to").text("to"))
        data = spelling.draft(request, edit.hand_on(to))
        if not context.is_mine:  # what the draft calls the object is its content
            data["label"] = None
        return guards.Answer(200, json_text.dumps(data), draft=edit.key)

    given = guards.once(context.drafts, request.dbsession, call, act)
    response = respond(given)
    return answers.about_draft(response, response.json_body["version"])


def fork(context: DraftContext, request: Request) -> Response:
    """Copy a draft, with its journal."""

    def act() -> guards.Answer:
        context.edit.require_open()
        body.Body(request)
        copy = context.edit.fork()
        data = spelling.draft(request, copy.info)
        return guards.Answer(201, json_text.dumps(data), draft=copy.key)

    call = json_call(request, context.owner)
    given = guards.once(context.drafts, request.dbsession, call, act)
    return about_new(context, request, respond(given))


def about_new(context: OwnerContext, request: Request, response: Response) -> Response:
    """Say where a draft just made is, and its version."""
    draft = response.json_body
    response.location = draft["url"]
    # Answered again, the draft may have moved on since; the tag says where it is now.
    try:
        edit = context.drafts.resume(
            request.dbsession, draft["key"], owner=context.owner
        )
    except Unknown:  # it was handed on since
        return answers.about_draft(response, draft["version"])
    return answers.about_draft(response, edit.version)


ENDPOINTS = (
    Endpoint(
        "POST",
        "hand_on",
        hand_on,
        EDIT,
        "Give an open draft, one's own or as an admin, to another owner.",
        "Draft",
        body="Receiver",
        body_required=True,
        guards=HEADERS,
        about_draft=True,
    ),
    Endpoint(
        "POST",
        "fork",
        fork,
        EDIT,
        "Copy an open draft with its journal; both go on from here.",
        "Draft",
        status=201,
        guards=("Idempotency-Key",),
        about_draft=True,
    ),
)
