"""One live row: each value, with who gave it, when and in which revision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pyramid.i18n import TranslationStringFactory
from pyramid.request import Request
from pyramid.view import view_config

from draftedit import comparing
from draftedit.contexts import ObjectContext, path_key
from draftedit.engine.rows import Row
from draftedit.engine.schema import Part
from draftedit.security import READ
from draftedit.views.differing import shown
from draftedit.views.names import Names
from draftedit.views.naming import LiveRows, names_for
from draftedit.views.places import LivePlaces
from draftedit.views.showing import Shown
from draftedit.views.site import Link

_ = TranslationStringFactory("draftedit")


@dataclass(frozen=True)
class Author:
    """One field; `by` tells of the revision that gave it its value, if one did."""

    label: str
    shown: Shown | None
    by: Any
    url: str | None


@view_config(
    route_name="draftedit.live_row",
    request_method="GET",
    permission=READ,
    renderer="draftedit:templates/live_row.jinja2",
)
def show(context: ObjectContext, request: Request) -> dict[str, Any]:
    """Show a live row, field by field."""
    source = LiveRows(request, context.target, context.object.key)
    names = names_for(request, context.target, source)
    places = LivePlaces(request, context.target.name, context.object.key)
    table, key = request.matchdict["table"], path_key(request.matchdict["row"])
    row = source.row(table, key)
    path = source.path(row.table, row.key)
    names.know([*path, row])
    part = context.target.tables[row.table]
    by = comparing.authorship(
        context.drafts, request.dbsession, context.target, context.key, table, row.key
    )
    return {
        "object": context.object,
        "title": names.title(row),
        "crumbs": _crumbs([*path, row], names, places),
        "authors": _authors(part, row, by, names, places),
        "places": places,
    }


def _authors(
    part: Part, row: Row, by: Mapping[str, Any], names: Names, places: LivePlaces
) -> list[Author]:
    """Tell of every column; of an order key, only since when the row stands there."""
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


def _changes(places: LivePlaces, revision: int) -> str:
    return places.history(**{"from": revision - 1, "to": revision})


def _crumbs(rows: Sequence[Row], names: Names, places: LivePlaces) -> list[Link]:
    """Lead to each row above the last, at the part that one comes from."""
    if len(rows) == 1:
        return [Link(names.row(rows[0]), places.at())]
    tables = names.target.tables
    return [
        Link(names.row(row), places.page("" if part.is_link else part.name, row.key))
        for row, below in pairwise(rows)
        for part in [tables[below.table]]
    ]
