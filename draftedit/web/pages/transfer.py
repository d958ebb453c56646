"""Hand a draft on to another owner, or fork it."""

from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from translationstring import TranslationStringFactory

from draftedit.engine.base.errors import Key, Unknown
from draftedit.engine.base.keys import to_path
from draftedit.engine.schema.model import Target
from draftedit.service.objects import Objects
from draftedit.web import guards
from draftedit.web.pages.flash import flash
from draftedit.web.pages.redirects import once, see_other
from draftedit.web.pages.urls import LiveUrls
from draftedit.web.permissions import ADMIN, EDIT
from draftedit.web.request_guards import form_call
from draftedit.web.resources import DraftContext, HandOnContext, HistoryContext

_ = TranslationStringFactory("draftedit")

TEMPLATE = "draftedit.web:templates/open_drafts.jinja2"


@view_config(
    route_name="draftedit.object_drafts",
    request_method="GET",
    permission=ADMIN,
    renderer=TEMPLATE,
)
def show(context: HistoryContext, request: Request) -> dict[str, Any]:
    """List the owners of open drafts of an object, never their content."""
    request.response.headers["Cache-Control"] = "no-store"
    return page(request, context.target, context.key)


def page(request: Request, target: Target, key: Key) -> dict[str, Any]:
    """Return the template variables of the list of open drafts; raise Unknown."""
    found = Objects(request.drafts, request.dbsession).open_drafts(target, key)
    label = to_path(key)
    try:
        label = Objects(request.drafts, request.dbsession).find(target, key).label
    except Unknown:
        if not found:
            raise  # a deleted object may still have drafts
    places = LiveUrls(request, target.name, key)
    return {"label": label, "places": places, "open_drafts": found}


@view_config(
    route_name="draftedit.hand_on",
    request_method="POST",
    permission=EDIT,
    require_csrf=True,
)
def hand_on(context: HandOnContext, request: Request) -> Response:
    """Give a draft to another owner, and redirect to a page the user may still see."""
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
    return LiveUrls(request, context.edit.target.name, context.edit.root).drafts()


@view_config(
    route_name="draftedit.fork",
    request_method="POST",
    permission=EDIT,
    require_csrf=True,
)
def fork(context: DraftContext, request: Request) -> Response:
    """Fork a draft, and redirect to the copy."""

    def act() -> guards.Answer:
        info = context.edit.fork().info
        flash(request, _("This is a copy with all its steps; the other draft stays."))
        where = request.route_path("draftedit.draft", key=info.key)
        return guards.Answer(303, where, draft=info.key)

    return once(context, request, act)
