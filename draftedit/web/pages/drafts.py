"""The user's drafts: the list, and opening another one."""

from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from draftedit.engine.base.errors import Problem, Refused, Unknown
from draftedit.engine.base.keys import from_path
from draftedit.engine.base.texts import text_of
from draftedit.service.session import EditSession
from draftedit.web import guards
from draftedit.web.pages.labels import capital
from draftedit.web.pages.redirects import once
from draftedit.web.permissions import EDIT
from draftedit.web.resources import OwnerContext, revision_number

STATES = ("open", "saved", "cancelled")


@view_config(
    route_name="draftedit.drafts",
    request_method="GET",
    permission=EDIT,
    renderer="draftedit.web:templates/drafts.jinja2",
)
def mine(context: OwnerContext, request: Request) -> dict[str, Any]:
    """List the user's drafts, the newest first."""
    request.response.headers["Cache-Control"] = "no-store"
    state = request.GET.get("state")
    state = state if state in STATES else None
    after = request.GET.get("after") or None
    editable = context.editable()
    found = context.drafts.mine(
        request.dbsession, context.owner, state, after, targets=editable
    )
    query = {"state": state} if state else {}
    first = request.route_path("draftedit.drafts", _query=query)
    following = request.route_path(
        "draftedit.drafts", _query={**query, "after": found.next or ""}
    )
    return {
        "drafts": found.items,
        "targets": context.drafts.targets,
        "capital": capital,
        "state": state,
        "states": STATES,
        "first": first if after else None,
        "next": following if found.next else None,
    }


@view_config(
    route_name="draftedit.drafts",
    request_method="POST",
    permission=EDIT,
    require_csrf=True,
)
def open_draft(context: OwnerContext, request: Request) -> Response:
    """Open a draft on an object, or on a new one, and redirect to it."""

    return once(context, request, lambda: opened(request, _open(context, request)))


def opened(request: Request, edit: EditSession) -> guards.Answer:
    """Return the redirect to a draft that was just opened."""
    where = request.route_path("draftedit.draft", key=edit.key)
    return guards.Answer(303, where, draft=edit.key)


def _open(context: OwnerContext, request: Request) -> EditSession:
    target, text = request.POST.get("target", ""), request.POST.get("id")
    try:
        key = from_path(text) if text else None
        edit: EditSession = context.drafts.open(
            request.dbsession,
            target,
            key,
            owner=context.owner,
            revert_to=revision_number(request.POST.get("revert_to")),
        )
    except (Unknown, ValueError) as error:
        # The form is wrong, not the URL.
        raise Refused(Problem(text_of(error), table=target)) from error
    return edit
