"""Endpoints of the user's own drafts: open, list, read, hand on, fork."""

from typing import Any

from pyramid.request import Request
from pyramid.response import Response

from draftedit.engine.base.errors import Problem, Refused, Unknown
from draftedit.engine.base.texts import text_of
from draftedit.web import guards
from draftedit.web.api import body, json_text, query, responses, serializers
from draftedit.web.api.endpoint import Endpoint
from draftedit.web.api.unsafe_calls import HEADERS, respond
from draftedit.web.guards import BadRequest
from draftedit.web.messages import say
from draftedit.web.permissions import EDIT
from draftedit.web.request_guards import json_call
from draftedit.web.resources import DraftContext, HandOnContext, OwnerContext, path_key

STATES = ("open", "saved", "cancelled")


def listing(context: OwnerContext, request: Request) -> Response:
    """List my drafts, the newest first."""
    state = query.choice(request, "state", STATES)
    found = context.drafts.mine(
        request.dbsession,
        context.owner,
        state,
        targets=context.editable(),
        **query.listed(request),
    )
    return responses.answer(
        responses.items(
            found.items, lambda info: serializers.draft(request, info), found.next
        )
    )


def open_draft(context: OwnerContext, request: Request) -> Response:
    """Open a draft on an object, or on a new one."""

    def act() -> guards.Answer:
        edit = _open(context, request)
        data = serializers.draft(request, edit.info)
        return guards.Answer(201, json_text.dumps(data), draft=edit.key)

    call = json_call(request, context.owner)
    given = guards.once(context.drafts, request.dbsession, call, act)
    return about_new(context, request, respond(given))


def _open(context: OwnerContext, request: Request) -> Any:
    members = body.Body(request, "target", "id", "revert_to", "values")
    target = members.text("target")
    key = members.key("id") if "id" in members else None
    revision = members.number("revert_to", None)
    if revision is not None and key is None:
        raise BadRequest(say("revert-without-id"))
    try:
        return context.drafts.open(
            request.dbsession,
            target,
            key,
            owner=context.owner,
            values=members.values("values"),
            revert_to=revision,
        )
    except Unknown as error:
        # The body is wrong, not the URL.
        raise Refused(
            Problem(text_of(error), table=target, key=key, field=None)
        ) from error


def hand_on(context: HandOnContext, request: Request) -> Response:
    """Give a draft to another owner."""
    call = json_call(request, context.owner)

    def act() -> guards.Answer:
        edit = context.edit
        edit.require_open()
        edit.expect(call.version())
        to = request.draft_receiver(body.Body(request, "to").text("to"))
        data = serializers.draft(request, edit.hand_on(to))
        if not context.is_mine:  # its label in the draft is part of its content
            data["label"] = None
        return guards.Answer(200, json_text.dumps(data), draft=edit.key)

    given = guards.once(context.drafts, request.dbsession, call, act)
    response = respond(given)
    return responses.about_draft(response, response.json_body["version"])


def fork(context: DraftContext, request: Request) -> Response:
    """Copy a draft, with its journal."""

    def act() -> guards.Answer:
        context.edit.require_open()
        body.Body(request)
        copy = context.edit.fork()
        data = serializers.draft(request, copy.info)
        return guards.Answer(201, json_text.dumps(data), draft=copy.key)

    call = json_call(request, context.owner)
    given = guards.once(context.drafts, request.dbsession, call, act)
    return about_new(context, request, respond(given))


def about_new(context: OwnerContext, request: Request, response: Response) -> Response:
    """Add the location of a new draft, and its version."""
    draft = response.json_body
    response.location = draft["url"]
    # For a repeated response the draft may have changed since; the tag has its present
    # version.
    try:
        edit = context.drafts.resume(
            request.dbsession, draft["key"], owner=context.owner
        )
    except Unknown:  # it was handed on since
        return responses.about_draft(response, draft["version"])
    return responses.about_draft(response, edit.version)


def one(context: DraftContext, request: Request) -> Response:
    """Show the draft."""
    return _about(context, serializers.draft(request, context.edit.info))


def rows(context: DraftContext, request: Request) -> Response:
    """List rows as the draft has them."""
    page = context.edit.page(
        request.matchdict["table"],
        parent=query.key(request, "parent"),
        search=query.search(request),
        changed=query.choice(request, "state", ("changed",)) is not None,
        gone=query.flag(request, "gone"),
        around=query.key(request, "around"),
        **query.listed(request),
    )
    return _about(context, responses.items(page.rows, serializers.row, page.next))


def row(context: DraftContext, request: Request) -> Response:
    """Show one row as the draft has it."""
    key = path_key(request.matchdict["id"])
    found = context.edit.row(request.matchdict["table"], key)
    return _about(context, serializers.row(found))


def choices(context: DraftContext, request: Request) -> Response:
    """List the values a reference may have within the draft."""
    found = context.edit.choices(
        request.matchdict["table"],
        request.matchdict["field"],
        q=query.search(request),
        limit=query.limit(request),
    )
    return _about(context, responses.items(found, serializers.choice, None))


def changes(context: DraftContext, request: Request) -> Response:
    """List the net changes of the draft."""
    found = context.edit.changes()
    return _about(context, responses.piece(request, found, serializers.change))


def _about(context: DraftContext, data: Any) -> Response:
    return responses.about_draft(responses.answer(data), context.edit.version)


ENDPOINTS = (
    Endpoint(
        "GET",
        "drafts",
        listing,
        EDIT,
        "List one's own drafts, the newest first.",
        "Draft",
        listed=True,
        query=("state_of_draft",),
    ),
    Endpoint(
        "POST",
        "drafts",
        open_draft,
        EDIT,
        "Open a draft on an object; without `id`, on a new one, which begins with"
        " `values`; or a revert.",
        "Draft",
        status=201,
        body="Opening",
        body_required=True,
        guards=("Idempotency-Key",),
        about_draft=True,
    ),
    Endpoint(
        "GET",
        "draft",
        one,
        EDIT,
        "Show a draft.",
        "Draft",
        about_draft=True,
    ),
    Endpoint(
        "GET",
        "rows",
        rows,
        EDIT,
        "List the rows of a table as the draft has them.",
        "DraftRow",
        listed=True,
        query=("parent", "q", "state_of_row", "around", "gone"),
        about_draft=True,
    ),
    Endpoint(
        "GET",
        "row",
        row,
        EDIT,
        "Show a row as the draft has it.",
        "DraftRow",
        about_draft=True,
    ),
    Endpoint(
        "GET",
        "choices",
        choices,
        EDIT,
        "List what a reference may point to, within the draft.",
        "Choice",
        listed=True,
        query=("q",),
        about_draft=True,
    ),
    Endpoint(
        "GET",
        "changes",
        changes,
        EDIT,
        "List what save would change.",
        "Change",
        listed=True,
        about_draft=True,
    ),
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
