"""What would be saved, and the draft as JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from draftedit import comparing, exporting
from draftedit.contexts import DraftContext
from draftedit.editing import EditSession
from draftedit.security import EDIT
from draftedit.views.answering import about_draft
from draftedit.views.differing import Live, Section, sections
from draftedit.views.drafting import draft_values
from draftedit.views.naming import names_for
from draftedit.views.places import DraftPlaces

TEMPLATE = "draftedit:templates/changes.jinja2"

SHOWN = 200  # changed rows on one page
OTHERS = 50  # rows that others have saved meanwhile; a link leads to the rest


@dataclass(frozen=True)
class Others:
    """What others have saved since a draft's base; `more`: it is not all of it."""

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
    """Give the whole draft away as a file."""
    about_draft(request.response, context.edit.info.version)
    response = request.response
    data = json.dumps(exporting.export(context.edit), indent=2, ensure_ascii=False)
    response.content_type = "application/json"
    response.body = data.encode()
    name = f"draft-{context.edit.info.key}.json"
    response.content_disposition = f'attachment; filename="{name}"'
    return response


def page(request: Request, edit: EditSession, message: str = "") -> dict[str, Any]:
    """Return what the page shows; `message` is what was typed for the revision."""
    names = names_for(request, edit.target, edit)
    places = DraftPlaces(request, edit.info.key)
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
    """Return what the changed rows are now; a closed draft has met what was live."""
    if not edit.is_open:
        return None
    return edit.live_values((one.table, one.key) for one in shown)


def _others(request: Request, edit: EditSession) -> Others:
    info = edit.info
    found = comparing.compare(
        request.drafts,
        request.dbsession,
        edit.target,
        edit.root,
        newer=info.base + info.behind,
        older=info.base,
        limit=OTHERS,
    )
    names = names_for(request, edit.target, found)
    told = sections(found.changes, names, lambda table, key: None)
    return Others(told, len(found.changes), found.next is not None)


def _start(request: Request) -> int:
    text = request.GET.get("after", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
