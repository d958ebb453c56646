"""What save would say: asked on the page of what would be saved.

The answer is shown by the POST itself and kept nowhere. It is about this moment, and
changes nothing, so that a reload may ask again. A GET does not ask: what is to be
taken back is written first, and on SQLite only a POST has said that it will write.
"""

from typing import Any

from pyramid.i18n import TranslationStringFactory
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from draftedit import guards
from draftedit.checking import Checked
from draftedit.contexts import DraftContext
from draftedit.editing import EditSession
from draftedit.incoming import form_call
from draftedit.security import EDIT
from draftedit.settings import shows_notes
from draftedit.views import changes
from draftedit.views.answering import about_draft, flash, see_other
from draftedit.views.back import local_path
from draftedit.views.next_row import address_of_next, stopping
from draftedit.views.places import DraftPlaces

_ = TranslationStringFactory("draftedit")


@view_config(
    route_name="draftedit.check",
    request_method="POST",
    permission=EDIT,
    renderer=changes.TEMPLATE,
    require_csrf=True,
)
def check(context: DraftContext, request: Request) -> dict[str, Any] | Response:
    """Show what would be saved, and what save would say to it.

    `next=problem` leads to the next row that a save would stumble over instead.
    """
    edit, found = context.edit, []

    def look() -> guards.Answer:
        found.append(edit.check(notes=shows_notes(request)))
        return guards.Answer(200, "")

    call = form_call(request, context.owner)
    guards.look(context.drafts, request.dbsession, call, edit, look)
    if request.POST.get("next") == "problem":
        address = _to_next_problem(edit, request, found[0])
        if address is not None:
            return see_other(address)
    about_draft(request.response, edit.info.version)
    values = changes.page(request, edit, request.POST.get("message", ""))
    return values | {"checked": found[0]}


def _to_next_problem(
    edit: EditSession, request: Request, checked: Checked
) -> str | None:
    """Return where to go; None: what is wrong is wrong with no row in particular."""
    places = DraftPlaces(request, edit.info.key)
    if checked.is_clear:
        flash(request, _("A save would succeed as it is now."))
        return local_path(request.POST.get("back")) or places.to("draft")
    asked = (request.POST.get(name, "") for name in ("part", "at"))
    return address_of_next(places, edit.target, stopping(edit, checked), *asked)


@view_config(route_name="draftedit.check", request_method="GET", permission=EDIT)
def see_changes(context: DraftContext, request: Request) -> Response:
    """Lead whoever comes back by the address to the page that asks."""
    return see_other(request.route_path("draftedit.changes", key=context.edit.info.key))
