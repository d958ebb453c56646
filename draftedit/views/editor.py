"""The editor: the tree of parts, one page of rows, the bar and the journal."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from pyramid.request import Request
from pyramid.view import view_config

from draftedit.contexts import DraftContext
from draftedit.editing import EditSession
from draftedit.engine.errors import DraftError
from draftedit.security import EDIT
from draftedit.views.answering import about_draft, remember_place
from draftedit.views.browsing import Browser
from draftedit.views.drafting import draft_values
from draftedit.views.journal import tell
from draftedit.views.naming import names_for
from draftedit.views.places import DraftPlaces
from draftedit.views.wanted import Wanted

TEMPLATE = "draftedit:templates/editor.jinja2"


@view_config(
    route_name="draftedit.draft",
    request_method="GET",
    permission=EDIT,
    renderer=TEMPLATE,
)
def show(context: DraftContext, request: Request) -> dict[str, Any]:
    """Show the draft, one page of rows at a time."""
    about_draft(request.response, context.edit.info.version)
    if context.edit.is_open:
        remember_place(request)
    journal = request.GET.get("journal") or None
    wanted = Wanted.from_query(request.GET)
    return page(request, context.edit, wanted, request.path_qs, journal)


def page(
    request: Request,
    edit: EditSession,
    wanted: Wanted,
    here: str,
    journal: str | None = None,
) -> dict[str, Any]:
    """Return what the editor shows; `here` is where its forms lead back to.

    `journal` is the cursor of its older steps.
    """
    names = names_for(request, edit.target, edit)
    places = DraftPlaces(request, edit.info.key)
    values = {
        **draft_values(edit, names, places),
        "here": here,
        "editable": edit.is_open,
        "journal": tell(edit, names, journal),
        "older": lambda cursor: _older(here, cursor),
    }
    if names.known(edit.target.name, edit.root) is None:
        # Others have deleted the object, and the draft has let it go.
        return values | {"look": None}
    browser = Browser(edit.target, edit.root, edit, names, places)
    look = browser.look(wanted, drafted=True)
    add = None
    if look.part and look.above.row.state != "gone":
        add = places.new(look.part, parent=look.parent, back=here)
    return values | {"look": look, "add": add}


def page_or_start(
    request: Request, edit: EditSession, query: Mapping[str, str], here: str
) -> dict[str, Any]:
    """Return the page asked for, or the first one where that is no longer there."""
    try:
        return page(request, edit, Wanted.from_query(query), here)
    except DraftError:
        return page(request, edit, Wanted(), here)


def _older(here: str, cursor: str) -> str:
    """Return this page, with older steps in the journal."""
    parts = urlsplit(here)
    query = [one for one in parse_qsl(parts.query) if one[0] != "journal"]
    return f"{parts.path}?{urlencode([*query, ('journal', cursor)])}"
