"""The editor: the tree of parts, one page of rows, the bar and the journal."""

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from draftedit.contexts import DraftContext
from draftedit.editing import EditSession
from draftedit.engine.errors import Unknown
from draftedit.security import EDIT
from draftedit.views.answering import about_draft
from draftedit.views.browsing import Browser, Wanted
from draftedit.views.drafting import draft_values
from draftedit.views.journal import tell
from draftedit.views.naming import names_for
from draftedit.views.places import DraftPlaces

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
    return page(request, context.edit, Wanted.from_request(request), request.path_qs)


def page(
    request: Request, edit: EditSession, wanted: Wanted, here: str
) -> dict[str, Any]:
    """Return what the editor shows; `here` is where its forms lead back to."""
    names = names_for(request, edit.target, edit)
    places = DraftPlaces(request, edit.info.key)
    browser = Browser(edit.target, edit.root, edit, names, places)
    look = browser.look(wanted, drafted=True)
    add = None
    if look.part and look.above.row.state != "gone":
        add = places.new(look.part, parent=look.parent, back=here)
    return {
        **draft_values(edit, names, places),
        "look": look,
        "here": here,
        "editable": edit.is_open,
        "add": add,
        "journal": tell(edit, names, request.GET.get("journal") or None),
        "older": lambda cursor: request.current_route_path(
            _query={**request.GET, "journal": cursor}
        ),
    }


def page_or_start(
    request: Request, edit: EditSession, wanted: Wanted, here: str
) -> dict[str, Any]:
    """Return the page asked for, or the first one where that is no longer there."""
    try:
        return page(request, edit, wanted, here)
    except Unknown:
        return page(request, edit, Wanted(), here)
