"""Pages of an object, live or at a revision, for every user who may read."""

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from draftedit.engine.base.errors import Unknown
from draftedit.engine.base.keys import to_path
from draftedit.service.object_info import LiveObject, OpenDraft
from draftedit.web.pages.labels import LiveRows, names_for
from draftedit.web.pages.rows_page import Browser, RowsQuery
from draftedit.web.pages.task_results import place_of, summary
from draftedit.web.pages.urls import LiveUrls
from draftedit.web.permissions import ADMIN, EDIT, READ
from draftedit.web.resources import HistoryContext, ObjectContext


@view_config(
    route_name="draftedit.object",
    request_method="GET",
    permission=READ,
    renderer="draftedit.web:templates/object.jinja2",
)
def show(context: ObjectContext, request: Request) -> dict[str, Any]:
    """Show an object, live or as a revision had it, one page of rows at a time."""
    found, revision = context.object, context.revision
    source = LiveRows(request, context.target, found.key, revision)
    names = names_for(request, context.target, source)
    places = LiveUrls(request, context.target.name, found.key, revision)
    browser = Browser(context.target, found.key, source, names, places)
    return {
        "object": found,
        "target": context.target.name,
        "id": to_path(found.key),
        "today": LiveUrls(request, context.target.name, found.key).at(),
        "as_of": revision,
        "now": found if revision is None else find_live(context),
        "target_title": names.part(context.target.name),
        "look": browser.look(RowsQuery.from_query(request.GET), drafted=False),
        "names": names,
        "places": places,
        "changed": _changed(found, places),
        "just_saved": revision is None
        and request.GET.get("saved") == str(found.revision),
        "here": None,
        "editable": False,
        "may_edit": request.has_permission(EDIT),
        "may_hand_on": request.has_permission(ADMIN),
        "open_drafts": _open_drafts(context, request) if revision is None else [],
        "tasks": summary(context, request) if revision is None else [],
        "results_url": place_of(request, context.target.name, found.key),
    }


def find_live(context: HistoryContext) -> LiveObject | None:
    """Return the live object; None if it is deleted."""
    try:
        return context.objects.find(context.target, context.key)
    except Unknown:
        return None


def _changed(found: LiveObject, places: LiveUrls) -> str | None:
    """Return the address of the changes of the object's revision, if it has one."""
    if not found.revision:
        return None
    return places.history(**{"from": found.revision - 1, "to": found.revision})


def _open_drafts(context: ObjectContext, request: Request) -> list[OpenDraft]:
    if not request.has_permission(EDIT):
        return []
    return context.objects.open_drafts(context.target, context.key)
