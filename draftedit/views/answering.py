"""How pages answer: where to go after a form, and what must not be kept."""

from typing import Any
from urllib.parse import quote

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.interfaces import ISessionFactory
from pyramid.request import Request
from pyramid.response import Response

from draftedit import guards
from draftedit.contexts import OwnerContext, ResultsContext
from draftedit.incoming import form_call
from draftedit.views.site import WARNINGS

_PLACE = "draftedit.place"
LONGEST_PLACE = 500  # characters; the session may be a cookie


def see_other(path: str) -> Response:
    """Send the browser to a page that a reload cannot repeat anything with."""
    return HTTPSeeOther(quote(path, safe="/?#[]@!$&'()*+,;=:%~"))


def flash(request: Request, text: Any) -> None:
    """Say something on the next page, in the language of now, if there is a session."""
    if _has_session(request):
        request.session.flash(request.localizer.translate(text))


def warn(request: Request, text: Any) -> None:
    """Say on the next page what could not be done, if there is a session."""
    if _has_session(request):
        request.session.flash(request.localizer.translate(text), WARNINGS)


def remember_place(request: Request) -> None:
    """Let the first page lead back to here, in this browser."""
    path = request.path_qs
    if _has_session(request) and len(path) < LONGEST_PLACE:
        request.session[_PLACE] = path


def remembered_place(request: Request, start: str) -> str:
    """Return where this browser was on the pages that begin at `start`, else that."""
    place = request.session.get(_PLACE, "") if _has_session(request) else ""
    path: str = place.partition("?")[0]
    return place if path == start else start


def _has_session(request: Request) -> bool:
    return request.registry.queryUtility(ISessionFactory) is not None


def about_draft(response: Response, version: int) -> None:
    """Let nobody keep a page about a draft; say which version it shows."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["ETag"] = f'"{version}"'


def once(
    context: OwnerContext | ResultsContext, request: Request, act: guards.Act
) -> Response:
    """Act at most once on a form, and lead on."""
    call = form_call(request, context.owner)
    answer = guards.once(context.drafts, request.dbsession, call, act)
    return see_other(answer.text)
