"""Redirects after forms, and caching headers of pages."""

import re
from urllib.parse import quote

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response

from draftedit.web import guards
from draftedit.web.pages.flash import has_session, size
from draftedit.web.request_guards import form_call
from draftedit.web.resources import OwnerContext, ResultsContext

# Browsers drop control characters and treat "\" as "/": what looks like a path here may
# lead elsewhere there.
_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\x7f\\]*")

_PLACE = "draftedit.place"
LONGEST_PLACE = 500  # bytes; the session may be a cookie


def local_path(text: str | None) -> str | None:
    """Return `text` if it is a path of this site, maybe with a query; else None."""
    return text if text and _PATH.fullmatch(text) else None


def see_other(path: str) -> Response:
    """Redirect to a page that can be reloaded without repeating an action."""
    return HTTPSeeOther(quote(path, safe="/?#[]@!$&'()*+,;=:%~"))


def remember_place(request: Request) -> None:
    """Remember this address, so that the first page links to it."""
    path = request.path_qs
    if has_session(request) and size(path) <= LONGEST_PLACE:
        request.session[_PLACE] = path


def remembered_place(request: Request, start: str) -> str:
    """Return this browser's last address that begins with `start`, or `start`."""
    place = request.session.get(_PLACE, "") if has_session(request) else ""
    path: str = place.partition("?")[0]
    return place if path == start else start


def about_draft(response: Response, version: int) -> None:
    """Forbid caching of a page about a draft, and set the version it shows."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["ETag"] = f'"{version}"'


def once(
    context: OwnerContext | ResultsContext, request: Request, act: guards.Act
) -> Response:
    """Act at most once on a form, and redirect."""
    call = form_call(request, context.owner)
    answer = guards.once(context.drafts, request.dbsession, call, act)
    return see_other(answer.text)
