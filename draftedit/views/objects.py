"""An object as it is, or as it was: what everyone with an account may read."""

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from draftedit import objects
from draftedit.contexts import HistoryContext, ObjectContext
from draftedit.engine.errors import Unknown
from draftedit.engine.keys import to_path
from draftedit.object_records import LiveObject, OpenDraft
from draftedit.security import ADMIN, EDIT, READ
from draftedit.views.browsing import Browser
from draftedit.views.naming import LiveRows, names_for
from draftedit.views.places import LivePlaces
from draftedit.views.results import place_of, summary
from draftedit.views.wanted import Wanted


@view_config(
    route_name="draftedit.object",
    request_method="GET",
    permission=READ,
    renderer="draftedit:templates/object.jinja2",
)
def show(context: ObjectContext, request: Request) -> dict[str, Any]:
    """Show an object, live or as a revision had it, one page of rows at a time."""
    found, revision = context.object, context.revision
    source = LiveRows(request, context.target, found.key, revision)
    names = names_for(request, context.target, source)
    places = LivePlaces(request, context.target.name, found.key, revision)
    browser = Browser(context.target, found.key, source, names, places)
    return {
        "object": found,
        "target": context.target.name,
        "id": to_path(found.key),
        "today": LivePlaces(request, context.target.name, found.key).at(),
        "as_of": revision,
        "now": found if revision is None else find_live(context, request),
        "target_title": names.part(context.target.name),
        "look": browser.look(Wanted.from_query(request.GET), drafted=False),
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


def find_live(context: HistoryContext, request: Request) -> LiveObject | None:
    """Return the object as it is now; None where it is deleted."""
    try:
        return objects.find(
            context.drafts, request.dbsession, context.target, context.key
        )
    except Unknown:
        return None


def _changed(found: LiveObject, places: LivePlaces) -> str | None:
    """Return where it is shown what the object's revision changed, if one did."""
    if not found.revision:
        return None
    return places.history(**{"from": found.revision - 1, "to": found.revision})


def _open_drafts(context: ObjectContext, request: Request) -> list[OpenDraft]:
    if not request.has_permission(EDIT):
        return []
    return objects.open_drafts(
        context.drafts, request.dbsession, context.target, context.key
    )
