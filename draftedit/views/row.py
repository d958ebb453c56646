"""The form of one row, there or to be."""

from collections.abc import Mapping
from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from draftedit.contexts import DraftContext, path_key
from draftedit.editing import EditSession
from draftedit.engine.errors import Key, Unknown
from draftedit.security import EDIT
from draftedit.views.answering import about_draft
from draftedit.views.naming import names_for
from draftedit.views.places import DraftPlaces
from draftedit.views.row_page import Refusal, RowPage

TEMPLATE = "draftedit:templates/row.jinja2"


@view_config(
    route_name="draftedit.row",
    request_method="GET",
    permission=EDIT,
    renderer=TEMPLATE,
)
def edit_row(context: DraftContext, request: Request) -> dict[str, Any]:
    """Show the form of a row that is there."""
    about_draft(request.response, context.edit.info.version)
    key = path_key(request.matchdict["id"])
    table = request.matchdict["table"]
    return form(request, context.edit, table, key, request.GET, here=request.path_qs)


@view_config(
    route_name="draftedit.row_new",
    request_method="GET",
    permission=EDIT,
    renderer=TEMPLATE,
)
def new_row(context: DraftContext, request: Request) -> dict[str, Any]:
    """Show the form of a new row."""
    about_draft(request.response, context.edit.info.version)
    table = request.matchdict["table"]
    return form(request, context.edit, table, None, request.GET, here=request.path_qs)


def form(
    request: Request,
    edit: EditSession,
    table: str,
    key: Key | None,
    asked: Mapping[str, str],
    refusal: Refusal | None = None,
    here: str | None = None,
) -> dict[str, Any]:
    """Return what the page of a row shows, with what was said in a refused form.

    `asked` is the query that the page at `here` was asked with.
    """
    part = edit.target.tables.get(table)
    if part is None or (key is None and part.parent is None):
        raise Unknown("table", table)
    names = names_for(request, edit.target, edit)
    places = DraftPlaces(request, edit.info.key)
    own = places.row(table, key) if key else places.new(table)
    page = RowPage(edit, part, names, places, asked, refusal, here or str(own))
    return page.new() if key is None else page.existing(edit.row(table, key))
