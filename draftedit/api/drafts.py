"""One's own drafts: opening and finding them, and reading their rows and changes."""

from typing import Any

from pyramid.request import Request
from pyramid.response import Response

from draftedit import guards
from draftedit.api import answers, body, json_text, pieces, query, spelling
from draftedit.api.endpoint import Endpoint
from draftedit.api.handing import about_new
from draftedit.api.verbs import respond
from draftedit.contexts import DraftContext, OwnerContext, path_key
from draftedit.engine.errors import Problem, Refused, Unknown
from draftedit.guards import BadRequest
from draftedit.incoming import json_call
from draftedit.security import EDIT

STATES = ("open", "saved", "cancelled")


def listing(context: OwnerContext, request: Request) -> Response:
    """List my drafts, the newest first."""
    state = query.choice(request, "state", STATES)
    found = context.drafts.mine(
        request.dbsession, context.owner, state, **query.listed(request)
    )
    return answers.answer(
        answers.items(
            found.items, lambda info: spelling.draft(request, info), found.next
        )
    )


def open_draft(context: OwnerContext, request: Request) -> Response:
    """Open a draft on an object, or on a new one."""

    def act() -> guards.Answer:
        edit = _open(context, request)
        data = spelling.draft(request, edit.info)
        return guards.Answer(201, json_text.dumps(data), draft=edit.key)

    call = json_call(request, context.owner)
    given = guards.once(context.drafts, request.dbsession, call, act)
    return about_new(context, request, respond(given))


def _open(context: OwnerContext, request: Request) -> Any:
    members = body.Body(request, "target", "id", "revert_to")
    target = members.text("target")
    key = members.key("id") if "id" in members else None
    revision = members.number("revert_to", None)
    if revision is not None and key is None:
        raise BadRequest("“revert_to” goes with the “id” of an object.")
    try:
        return context.drafts.open(
            request.dbsession,
            target,
            key,
            owner=context.owner,
            revert_to=revision,
        )
    except Unknown as error:
        # Not the address is wrong but what the body names.
        raise Refused(Problem(str(error), table=target, key=key, field=None)) from error


def one(context: DraftContext, request: Request) -> Response:
    """Show the draft."""
    return _about(context, spelling.draft(request, context.edit.info))


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
    return _about(context, answers.items(page.rows, spelling.row, page.next))


def row(context: DraftContext, request: Request) -> Response:
    """Show one row as the draft has it."""
    key = path_key(request.matchdict["id"])
    found = context.edit.row(request.matchdict["table"], key)
    return _about(context, spelling.row(found))


def choices(context: DraftContext, request: Request) -> Response:
    """List what a reference may point to, within the draft."""
    found = context.edit.choices(
        request.matchdict["table"],
        request.matchdict["field"],
        q=query.search(request),
        limit=query.limit(request),
    )
    return _about(context, answers.items(found, spelling.choice, None))


def changes(context: DraftContext, request: Request) -> Response:
    """List the net changes of the draft."""
    found = context.edit.changes()
    return _about(context, pieces.piece(request, found, spelling.change))


def _about(context: DraftContext, data: Any) -> Response:
    return answers.about_draft(answers.answer(data), context.edit.version)


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
        "Open a draft on an object; without `id`, on a new one; or a revert.",
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
)
