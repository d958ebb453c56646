"""The editor: the tree of parts, one page of rows, the bar and the journal."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from translationstring import TranslationStringFactory

from draftedit.engine.base.errors import DraftError
from draftedit.service.session import EditSession
from draftedit.web.pages.cells import controls
from draftedit.web.pages.draft_header import draft_values
from draftedit.web.pages.flash import flash
from draftedit.web.pages.journal_text import journal_text_of
from draftedit.web.pages.labels import names_for
from draftedit.web.pages.navigation import address_of_next, changed
from draftedit.web.pages.redirects import about_draft, remember_place, see_other
from draftedit.web.pages.rows_page import Browser, RowsQuery
from draftedit.web.pages.urls import DraftUrls
from draftedit.web.permissions import EDIT
from draftedit.web.resources import DraftContext

_ = TranslationStringFactory("draftedit")

TEMPLATE = "draftedit.web:templates/editor.jinja2"


@view_config(
    route_name="draftedit.draft",
    request_method="GET",
    permission=EDIT,
    renderer=TEMPLATE,
)
def show(context: DraftContext, request: Request) -> dict[str, Any] | Response:
    """Show the draft, a page of rows at a time; `next=change` redirects to one."""
    about_draft(request.response, context.edit.info.version)
    if request.GET.get("next") == "change":
        return _to_next_change(context.edit, request)
    if context.edit.is_open:
        remember_place(request)
    journal = request.GET.get("journal") or None
    wanted = RowsQuery.from_query(request.GET)
    return page(request, context.edit, wanted, request.path_qs, journal)


def _to_next_change(edit: EditSession, request: Request) -> Response:
    places = DraftUrls(request, edit.info.key)
    asked = (request.GET.get(name, "") for name in ("part", "at"))
    found = address_of_next(places, edit.target, changed(edit), *asked)
    if found is None:
        flash(request, _("This draft changes nothing yet."))
    return see_other(found or places.to("draft"))


def page(
    request: Request,
    edit: EditSession,
    wanted: RowsQuery,
    here: str,
    journal: str | None = None,
) -> dict[str, Any]:
    """Return the template variables; `here` is the address that its forms return to.

    `journal` is the cursor of its older steps.
    """
    names = names_for(request, edit.target, edit)
    places = DraftUrls(request, edit.info.key)
    values = {
        **draft_values(edit, names, places),
        "here": here,
        "editable": edit.is_open,
        "journal": journal_text_of(edit, names, journal),
        "older": lambda cursor: _older(here, cursor),
    }
    if names.known(edit.target.name, edit.root) is None:
        # Others have deleted the object, and the draft has given it up.
        return values | {"look": None}
    browser = Browser(edit.target, edit.root, edit, names, places)
    look = browser.look(wanted, drafted=True)
    add = None
    if look.part and look.above.row.state != "gone":
        add = places.new(look.part, parent=look.parent, back=here)
    tools = controls(look.grid, names, places) if edit.is_open and look.grid else []
    return values | {"look": look, "add": add, "controls": tools}


def page_or_start(
    request: Request, edit: EditSession, query: Mapping[str, str], here: str
) -> dict[str, Any]:
    """Return the requested page, or the first one if that no longer exists."""
    try:
        return page(request, edit, RowsQuery.from_query(query), here)
    except DraftError:
        return page(request, edit, RowsQuery(), here)


def _older(here: str, cursor: str) -> str:
    """Return the address of this page, with older steps in the journal."""
    parts = urlsplit(here)
    query = [one for one in parse_qsl(parts.query) if one[0] != "journal"]
    return f"{parts.path}?{urlencode([*query, ('journal', cursor)])}"
