"""Show the changes of a draft, check them, and export the draft as JSON.

The result of a check is shown by the POST itself and stored nowhere. It is about this
moment and changes nothing, so a reload may repeat it. A GET does not check: the check
writes first what it then rolls back, and on SQLite only a POST announces a write.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from translationstring import TranslationStringFactory

from draftedit.service import draft_export
from draftedit.service.dry_run import CheckResult
from draftedit.service.objects import Objects
from draftedit.service.session import EditSession
from draftedit.web import guards, release
from draftedit.web.pages.diff import Live, Section, sections
from draftedit.web.pages.draft_header import draft_values
from draftedit.web.pages.flash import flash
from draftedit.web.pages.labels import names_for
from draftedit.web.pages.navigation import address_of_next, stopping
from draftedit.web.pages.redirects import about_draft, local_path, see_other
from draftedit.web.pages.urls import DraftUrls
from draftedit.web.permissions import EDIT
from draftedit.web.request_guards import form_call
from draftedit.web.resources import DraftContext

_ = TranslationStringFactory("draftedit")

TEMPLATE = "draftedit.web:templates/changes.jinja2"

SHOWN = 200  # changed rows on one page
OTHERS = 50  # rows that others have saved since the base; a link leads to the others


@dataclass(frozen=True)
class OthersChanges:
    """Changes that others have saved since a base; `more`: some are left out."""

    sections: Sequence[Section]
    count: int
    more: bool


@view_config(
    route_name="draftedit.changes",
    request_method="GET",
    permission=EDIT,
    renderer=TEMPLATE,
)
def show(context: DraftContext, request: Request) -> dict[str, Any]:
    """Show what save would change."""
    about_draft(request.response, context.edit.info.version)
    return page(request, context.edit)


@view_config(route_name="draftedit.export", request_method="GET", permission=EDIT)
def export(context: DraftContext, request: Request) -> Response:
    """Send the whole draft as a file."""
    about_draft(request.response, context.edit.info.version)
    response = request.response
    data = json.dumps(draft_export.export(context.edit), indent=2, ensure_ascii=False)
    response.content_type = "application/json"
    response.body = data.encode()
    name = f"draft-{context.edit.info.key}.json"
    response.content_disposition = f'attachment; filename="{name}"'
    return response


def page(request: Request, edit: EditSession, message: str = "") -> dict[str, Any]:
    """Return the template variables; `message` is what was typed for the revision."""
    names = names_for(request, edit.target, edit)
    places = DraftUrls(request, edit.info.key)
    found = edit.changes()
    start = _start(request)
    shown = found[start : start + SHOWN]
    values = draft_values(edit, names, places)
    return {
        **values,
        "others": _others(request, edit) if values["coming"] else None,
        "sections": sections(shown, names, places.row, _live(edit, shown)),
        "count": len(found),
        "message": message,
        "deletes": any(
            one.kind == "gone" and one.table == edit.target.name for one in found
        ),
        "first": places.to("changes") if start else None,
        "next": places.to("changes", after=start + SHOWN)
        if start + SHOWN < len(found)
        else None,
    }


def _live(edit: EditSession, shown: Sequence[Any]) -> Live | None:
    """Return the live values of the changed rows; none for a closed draft."""
    if not edit.is_open:
        return None
    return edit.live_values((one.table, one.key) for one in shown)


def _others(request: Request, edit: EditSession) -> OthersChanges:
    info = edit.info
    found = Objects(request.drafts, request.dbsession).compare(
        edit.target,
        edit.root,
        newer=info.base + info.behind,
        older=info.base,
        limit=OTHERS,
    )
    names = names_for(request, edit.target, found)
    described = sections(found.changes, names, lambda table, key: None)
    return OthersChanges(described, len(found.changes), found.next is not None)


def _start(request: Request) -> int:
    text = request.GET.get("after", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


@view_config(
    route_name="draftedit.check",
    request_method="POST",
    permission=EDIT,
    renderer=TEMPLATE,
    require_csrf=True,
)
def check(context: DraftContext, request: Request) -> dict[str, Any] | Response:
    """Show what would be saved, and what save would report.

    `next=problem` redirects to the next row with a problem instead.
    """
    edit, found = context.edit, []

    def look() -> guards.Answer:
        found.append(release.check(request))
        return guards.Answer(200, "")

    call = form_call(request, context.owner)
    guards.look(context.drafts, request.dbsession, call, edit, look)
    edit = context.edit
    if request.POST.get("next") == "problem":
        address = _to_next_problem(edit, request, found[0])
        if address is not None:
            return see_other(address)
    about_draft(request.response, edit.info.version)
    values = page(request, edit, request.POST.get("message", ""))
    outside = {"consequences": found[0].consequences, "consent": found[0].consent}
    return values | {"checked": found[0]} | outside


def _to_next_problem(
    edit: EditSession, request: Request, checked: CheckResult
) -> str | None:
    """Return the address of that row; None if no problem is about a row."""
    places = DraftUrls(request, edit.info.key)
    if checked.is_clear:
        flash(request, _("A save would succeed as it is now."))
        return local_path(request.POST.get("back")) or places.to("draft")
    asked = (request.POST.get(name, "") for name in ("part", "at"))
    return address_of_next(places, edit.target, stopping(edit, checked), *asked)


@view_config(route_name="draftedit.check", request_method="GET", permission=EDIT)
def see_changes(context: DraftContext, request: Request) -> Response:
    """Redirect a GET of this address to the page with the check button."""
    return see_other(request.route_path("draftedit.changes", key=context.edit.info.key))
