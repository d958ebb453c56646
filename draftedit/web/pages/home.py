"""The first page: resume open drafts, and find objects."""

from dataclasses import dataclass
from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from draftedit.engine.base.keys import to_path
from draftedit.engine.base.paging import Listing
from draftedit.engine.schema.model import Target
from draftedit.service.object_info import ObjectInfo
from draftedit.service.results import DraftInfo
from draftedit.web.form_values import searched
from draftedit.web.pages.labels import capital
from draftedit.web.pages.redirects import remembered_place
from draftedit.web.permissions import EDIT, READ
from draftedit.web.resources import Root

OVERVIEW, FULL = 20, 50  # objects of each target, if all or one is shown
RESUMED = 5


@dataclass(frozen=True)
class Shelf:
    """The objects of one target, or one page of them.

    `asks_key`: the key of a new one must be given.
    """

    target: Target
    title: str
    asks_key: bool
    listing: Listing[ObjectInfo]
    first: str | None
    next: str | None


@dataclass(frozen=True)
class Resumed:
    """An open draft, and the address where the user left it."""

    info: DraftInfo
    url: str


@view_config(
    route_name="draftedit.home",
    request_method="GET",
    permission=READ,
    renderer="draftedit.web:templates/home.jinja2",
)
def home(context: Root, request: Request) -> dict[str, Any]:
    """Show the user's open drafts, and the objects of all targets or of one."""
    chosen = request.GET.get("target")
    readable = context.readable()
    targets = [one for one in readable if one.name == chosen]
    return {
        "resumed": _open_drafts(context, request),
        "shelves": [
            _shelf(context, request, target, full=bool(targets))
            for target in targets or readable
        ],
        "one": targets[0] if targets else None,
        "q": searched(request.GET.get("q", "")),
        "to_path": to_path,
        "capital": capital,
        "may_edit": request.has_permission(EDIT),
    }


def _open_drafts(context: Root, request: Request) -> list[Resumed]:
    owner = request.authenticated_userid
    if owner is None or not request.has_permission(EDIT):
        return []
    mine = context.drafts.mine(
        request.dbsession,
        owner,
        state="open",
        limit=RESUMED,
        targets=context.editable(),
    )
    return [
        Resumed(info, remembered_place(request, _start(request, info)))
        for info in mine.items
    ]


def _start(request: Request, info: DraftInfo) -> str:
    path: str = request.route_path("draftedit.draft", key=info.key)
    return path


def _shelf(context: Root, request: Request, target: Target, full: bool) -> Shelf:
    q, after = searched(request.GET.get("q", "")), request.GET.get("after") or None
    listing = context.objects.listing(
        target,
        q=q if full else None,
        after=after if full else None,
        limit=FULL if full else OVERVIEW,
    )
    query = {"target": target.name, **({"q": q} if q and full else {})}
    first = request.route_path("draftedit.home", _query=query)
    following = request.route_path(
        "draftedit.home", _query={**query, "after": listing.next or ""}
    )
    return Shelf(
        target=target,
        title=capital(request.localizer.translate(target.title_plural)),
        asks_key=bool(context.drafts.keys_to_give(target.name)),
        listing=listing,
        first=first if full and after else None,
        next=following if listing.next else None,
    )
