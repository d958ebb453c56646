"""An object's revisions, what changed between two of them, and the way back to one."""

from typing import Any

from pyramid.renderers import render_to_response
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from draftedit import comparing, objects
from draftedit.contexts import HistoryContext, revision_number
from draftedit.engine.errors import Unknown
from draftedit.engine.keys import to_path
from draftedit.object_records import LiveObject
from draftedit.security import ADMIN, EDIT, READ
from draftedit.views.differing import sections
from draftedit.views.naming import names_for
from draftedit.views.objects import find_live
from draftedit.views.places import LivePlaces

COMPARED = 200  # changed rows on one page


@view_config(route_name="draftedit.history", request_method="GET", permission=READ)
def history(context: HistoryContext, request: Request) -> Response:
    """List an object's revisions, which outlive it, or compare two of them."""
    newer = revision_number(request.GET.get("to"))
    if newer is None:
        name, values = "history", _listed(context, request)
    else:
        older = revision_number(request.GET.get("from"))
        name, values = "compare", _compared(context, request, newer, older)
    template = f"draftedit:templates/{name}.jinja2"
    return render_to_response(template, values, request)


def _listed(context: HistoryContext, request: Request) -> dict[str, Any]:
    after = request.GET.get("after") or None
    found = objects.revisions(
        context.drafts, request.dbsession, context.target, context.key, after=after
    )
    live = find_live(context, request)
    if live is None and not found.items:
        raise Unknown(context.target.title, to_path(context.key))
    places = LivePlaces(request, context.target.name, context.key)
    return {
        **_about(context, request, places, live),
        "revisions": found.items,
        # What was there before any draft; of an object that a draft has made, nothing.
        "earliest": None if found.next else _at(context, request, 0),
        "first": places.history() if after else None,
        "next": places.history(after=found.next) if found.next else None,
    }


def _compared(
    context: HistoryContext, request: Request, newer: int, older: int | None
) -> dict[str, Any]:
    after = request.GET.get("after") or None
    found = comparing.compare(
        context.drafts,
        request.dbsession,
        context.target,
        context.key,
        newer=newer,
        older=older,
        after=after,
        limit=COMPARED,
    )
    names = names_for(request, context.target, found)
    places = LivePlaces(request, context.target.name, context.key)
    pair = {"from": found.older, "to": found.newer}
    return {
        **_about(context, request, places, find_live(context, request)),
        "older": found.older,
        "newer": found.newer,
        "sections": sections(found.changes, names, lambda table, key: None),
        "before": _at(context, request, found.older),
        "then": _at(context, request, found.newer),
        "first": places.history(**pair) if after else None,
        "next": places.history(**pair, after=found.next) if found.next else None,
    }


def _about(
    context: HistoryContext,
    request: Request,
    places: LivePlaces,
    live: LiveObject | None,
) -> dict[str, Any]:
    """Return what both pages show of the object, and of what can be done."""
    where = to_path(context.key)
    title = request.localizer.translate(context.target.title)
    return {
        "object": live,
        "target": context.target.name,
        "id": where,
        "label": live.label if live else f"{title} {where}",
        "places": places,
        "current": objects.current(
            context.drafts, request.dbsession, context.target, context.key
        ),
        "may_edit": request.has_permission(EDIT),
        "may_hand_on": request.has_permission(ADMIN),
    }


def _at(context: HistoryContext, request: Request, number: int) -> LiveObject | None:
    """Return the object at a revision; None where it was not there."""
    try:
        return objects.find(
            context.drafts, request.dbsession, context.target, context.key, number
        )
    except Unknown:
        return None
