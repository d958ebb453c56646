"""Drafts for others: handed on to another owner, or copied."""

from typing import Any

from pyramid.i18n import TranslationStringFactory
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from draftedit import guards, objects
from draftedit.contexts import DraftContext, HandOnContext, HistoryContext
from draftedit.engine.errors import Key, Unknown
from draftedit.engine.keys import to_path
from draftedit.engine.schema import Target
from draftedit.incoming import form_call
from draftedit.security import ADMIN, EDIT
from draftedit.views.answering import flash, once, see_other
from draftedit.views.places import LivePlaces

_ = TranslationStringFactory("draftedit")

TEMPLATE = "draftedit:templates/open_drafts.jinja2"


@view_config(
    route_name="draftedit.object_drafts",
    request_method="GET",
    permission=ADMIN,
    renderer=TEMPLATE,
)
def show(context: HistoryContext, request: Request) -> dict[str, Any]:
    """List who has a draft of an object open, never what is in it."""
    request.response.headers["Cache-Control"] = "no-store"
    return page(request, context.target, context.key)


def page(request: Request, target: Target, key: Key) -> dict[str, Any]:
    """Return what the list of an object's open drafts shows; raise Unknown."""
    found = objects.open_drafts(request.drafts, request.dbsession, target, key)
    label = to_path(key)
    try:
        label = objects.find(request.drafts, request.dbsession, target, key).label
    except Unknown:
        if not found:
            raise  # of what is deleted there may still be drafts
    places = LivePlaces(request, target.name, key)
    return {"label": label, "places": places, "open_drafts": found}


@view_config(
    route_name="draftedit.hand_on",
    request_method="POST",
    permission=EDIT,
    require_csrf=True,
)
def hand_on(context: HandOnContext, request: Request) -> Response:
    """Give a draft to another owner, and lead to where one may still be."""
    call = form_call(request, context.owner)

    def act() -> guards.Answer:
        edit = context.edit
        edit.require_open()
        edit.expect(call.version())
        info = edit.hand_on(request.draft_receiver(request.POST.get("to", "").strip()))
        flash(request, _("The draft is with ${who} now.", mapping={"who": info.owner}))
        return guards.Answer(303, _after(context, request), draft=info.key)

    return see_other(guards.once(context.drafts, request.dbsession, call, act).text)


def _after(context: HandOnContext, request: Request) -> str:
    if context.is_mine:
        path: str = request.route_path("draftedit.drafts")
        return path
    return LivePlaces(request, context.edit.target.name, context.edit.root).drafts()


@view_config(
    route_name="draftedit.fork",
    request_method="POST",
    permission=EDIT,
    require_csrf=True,
)
def fork(context: DraftContext, request: Request) -> Response:
    """Copy a draft, and go to the copy."""

    def act() -> guards.Answer:
        info = context.edit.fork().info
        flash(request, _("This is a copy with all its steps; the other draft stays."))
        where = request.route_path("draftedit.draft", key=info.key)
        return guards.Answer(303, where, draft=info.key)

    return once(context, request, act)
