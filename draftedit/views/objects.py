"""A live object and its revisions: what everyone with an account may read."""

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from draftedit import objects
from draftedit.contexts import HistoryContext, ObjectContext
from draftedit.engine.errors import Unknown
from draftedit.engine.keys import to_path
from draftedit.object_records import LiveObject, OpenDraft
from draftedit.security import EDIT, READ
from draftedit.views.browsing import Browser
from draftedit.views.naming import LiveRows, names_for
from draftedit.views.places import LivePlaces
from draftedit.views.wanted import Wanted


@view_config(
    route_name="draftedit.object",
    request_method="GET",
    permission=READ,
    renderer="draftedit:templates/object.jinja2",
)
def show(context: ObjectContext, request: Request) -> dict[str, Any]:
    """Show a live object, one page of rows at a time."""
    live = context.object
    source = LiveRows(request, context.target, live.key)
    names = names_for(request, context.target, source)
    places = LivePlaces(request, context.target.name, live.key)
    browser = Browser(context.target, live.key, source, names, places)
    return {
        "object": live,
        "id": to_path(live.key),
        "target_title": names.part(context.target.name),
        "look": browser.look(Wanted.from_query(request.GET), drafted=False),
        "names": names,
        "editable": False,
        "may_edit": request.has_permission(EDIT),
        "open_drafts": _open_drafts(context, request),
    }


@view_config(
    route_name="draftedit.history",
    request_method="GET",
    permission=READ,
    renderer="draftedit:templates/history.jinja2",
)
def history(context: HistoryContext, request: Request) -> dict[str, Any]:
    """List an object's revisions; they outlive it."""
    after = request.GET.get("after") or None
    where = {"target": context.target.name, "id": to_path(context.key)}
    found = objects.revisions(
        context.drafts, request.dbsession, context.target, context.key, after=after
    )
    live = _live(context, request)
    if live is None and not found.items:
        raise Unknown(context.target.title, where["id"])
    title = request.localizer.translate(context.target.title)
    here = request.route_path("draftedit.history", **where)
    following = request.route_path(
        "draftedit.history", **where, _query={"after": found.next or ""}
    )
    return {
        "object": live,
        "label": live.label if live else f"{title} {where['id']}",
        "url": request.route_path("draftedit.object", **where) if live else None,
        "revisions": found.items,
        "first": here if after else None,
        "next": following if found.next else None,
    }


def _live(context: HistoryContext, request: Request) -> LiveObject | None:
    try:
        return objects.find(
            context.drafts, request.dbsession, context.target, context.key
        )
    except Unknown:
        return None


def _open_drafts(context: ObjectContext, request: Request) -> list[OpenDraft]:
    if not request.has_permission(EDIT):
        return []
    return objects.open_drafts(
        context.drafts, request.dbsession, context.target, context.key
    )
