"""An object's revisions, the changes between two of them, and the way back to one.

Also the page of one live row: who set each value, when and in which revision.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pyramid.renderers import render_to_response
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from translationstring import TranslationStringFactory

from draftedit.engine.base.errors import Unknown
from draftedit.engine.base.keys import to_path
from draftedit.engine.reading.rows import Row
from draftedit.engine.schema.model import Part
from draftedit.service.object_info import LiveObject
from draftedit.web.pages.diff import sections, shown
from draftedit.web.pages.formatting import FormattedValue
from draftedit.web.pages.labels import Labels, LiveRows, names_for
from draftedit.web.pages.layout import Link
from draftedit.web.pages.objects import find_live
from draftedit.web.pages.urls import LiveUrls
from draftedit.web.permissions import ADMIN, EDIT, READ
from draftedit.web.resources import (
    HistoryContext,
    ObjectContext,
    path_key,
    revision_number,
)

_ = TranslationStringFactory("draftedit")

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
    template = f"draftedit.web:templates/{name}.jinja2"
    return render_to_response(template, values, request)


def _listed(context: HistoryContext, request: Request) -> dict[str, Any]:
    after = request.GET.get("after") or None
    found = context.objects.revisions(context.target, context.key, after=after)
    live = find_live(context)
    if live is None and not found.items:
        raise Unknown(context.target.title, to_path(context.key))
    places = LiveUrls(request, context.target.name, context.key)
    return {
        **_about(context, request, places, live),
        "revisions": found.items,
        "endings": context.objects.ended(context.target, context.key),
        # The state before any draft; an object that a draft has created had none.
        "earliest": None if found.next else _at(context, 0),
        "first": places.history() if after else None,
        "next": places.history(after=found.next) if found.next else None,
    }


def _compared(
    context: HistoryContext, request: Request, newer: int, older: int | None
) -> dict[str, Any]:
    after = request.GET.get("after") or None
    found = context.objects.compare(
        context.target,
        context.key,
        newer=newer,
        older=older,
        after=after,
        limit=COMPARED,
    )
    names = names_for(request, context.target, found)
    places = LiveUrls(request, context.target.name, context.key)
    pair = {"from": found.older, "to": found.newer}
    return {
        **_about(context, request, places, find_live(context)),
        "older": found.older,
        "newer": found.newer,
        "sections": sections(found.changes, names, lambda table, key: None),
        "before": _at(context, found.older),
        "then": _at(context, found.newer),
        "first": places.history(**pair) if after else None,
        "next": places.history(**pair, after=found.next) if found.next else None,
    }


def _about(
    context: HistoryContext,
    request: Request,
    places: LiveUrls,
    live: LiveObject | None,
) -> dict[str, Any]:
    """Return what both pages show of the object and its actions."""
    where = to_path(context.key)
    title = request.localizer.translate(context.target.title)
    return {
        "object": live,
        "target": context.target.name,
        "id": where,
        "label": live.label if live else f"{title} {where}",
        "places": places,
        "current": context.objects.current(context.target, context.key),
        "may_edit": request.has_permission(EDIT),
        "may_hand_on": request.has_permission(ADMIN),
    }


def _at(context: HistoryContext, number: int) -> LiveObject | None:
    """Return the object at a revision; None if it did not exist then."""
    try:
        return context.objects.find(context.target, context.key, number)
    except Unknown:
        return None


@dataclass(frozen=True)
class Author:
    """One field; `by` is the revision that set its value, if one did."""

    label: str
    shown: FormattedValue | None
    by: Any
    url: str | None


@view_config(
    route_name="draftedit.live_row",
    request_method="GET",
    permission=READ,
    renderer="draftedit.web:templates/live_row.jinja2",
)
def show(context: ObjectContext, request: Request) -> dict[str, Any]:
    """Show a live row, field by field."""
    source = LiveRows(request, context.target, context.object.key)
    names = names_for(request, context.target, source)
    places = LiveUrls(request, context.target.name, context.object.key)
    table, key = request.matchdict["table"], path_key(request.matchdict["row"])
    row = source.row(table, key)
    path = source.path(row.table, row.key)
    names.know([*path, row])
    part = context.target.tables[row.table]
    by = context.objects.authorship(context.target, context.key, table, row.key)
    return {
        "object": context.object,
        "title": names.title(row),
        "crumbs": _crumbs([*path, row], names, places),
        "authors": _authors(part, row, by, names, places),
        "places": places,
    }


def _authors(
    part: Part, row: Row, by: Mapping[str, Any], names: Labels, places: LiveUrls
) -> list[Author]:
    """Return the author of every column; for an order key, only since when."""
    return [
        Author(
            label=names.translate(_("Place")) if is_order else names.field(one),
            shown=None if is_order else shown(one, row.values[name], names),
            by=by.get(name),
            url=_changes(places, by[name].revision) if name in by else None,
        )
        for name, one in part.fields.items()
        for is_order in [one.role == "order"]
    ]


def _changes(places: LiveUrls, revision: int) -> str:
    return places.history(**{"from": revision - 1, "to": revision})


def _crumbs(rows: Sequence[Row], names: Labels, places: LiveUrls) -> list[Link]:
    """Return links to each row above the last, at the part that leads on."""
    if len(rows) == 1:
        return [Link(names.row(rows[0]), places.at())]
    tables = names.target.tables
    return [
        Link(names.row(row), places.page("" if part.is_link else part.name, row.key))
        for row, below in pairwise(rows)
        for part in [tables[below.table]]
    ]
