"""What is answered when a view raises: a problem for programs, a page for people.

Only on our own routes: a host's errors stay the host's. Whatever is raised, the status
is 4xx or 5xx, so that pyramid_tm undoes what was begun. A fault of ours is not caught.
"""

from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPError, HTTPForbidden, HTTPNotFound
from pyramid.renderers import render
from pyramid.request import Request
from pyramid.response import Response

from draftedit.api import json_text, spelling
from draftedit.contexts import API_PREFIX, DraftContext
from draftedit.engine.errors import DraftError, StaleVersion
from draftedit.retry import DATABASE_ERRORS
from draftedit.views.reports import Report, report

OUR_ROUTES = "draftedit."
TEMPLATE = "draftedit:templates/error.jinja2"

ANSWERED = (
    DraftError,
    HTTPError,
    # By name, too: a host's view of one of these must not come before ours, being
    # more specific.
    HTTPForbidden,
    HTTPNotFound,
    UnicodeDecodeError,
    *DATABASE_ERRORS,
)

PROGRAM, PERSON, ANYONE = "program", "person", "anyone"


class AnswersErrorsOf:
    """View predicate: whose request failed, and can we say anything about it?"""

    def __init__(self, who: str, _config: Configurator) -> None:
        """Take "program", "person" (both on our own routes) or "anyone"."""
        self._who = who

    def text(self) -> str:
        """Name the predicate."""
        return f"answers_errors_of = {self._who}"

    phash = text

    def __call__(self, error: Exception, request: Request) -> bool:
        """Tell whether this view is the one to answer."""
        if self._who != ANYONE and who_asks(request) != self._who:
            return False
        if isinstance(error, HTTPForbidden) and self._who != PROGRAM:
            # How people sign in is the application's business, not ours.
            return request.authenticated_userid is not None
        return report(error, request) is not None


def who_asks(request: Request) -> str | None:
    """Return who is to be answered, None if the request came to none of our routes."""
    route = getattr(request, "matched_route", None)
    if route is None or not route.name.startswith(OUR_ROUTES):
        return None
    return PROGRAM if route.name.startswith(API_PREFIX) else PERSON


def tell_program(error: Exception, request: Request) -> Response:
    """Answer with a problem as RFC 9457 has it."""
    found = _report(error, request)
    translate = request.localizer.translate
    path = request.route_path("draftedit.problem", name=found.kind.name)
    problem = {
        "type": path,
        "title": translate(found.kind.title),
        "status": found.kind.status,
        "detail": translate(found.detail),
        **found.members,
        **_draft_now(error, request),
    }
    response = Response(
        json_text.dumps(problem).encode(),
        status=found.kind.status,
        content_type="application/problem+json",
        charset=None,
    )
    return _finished(response, found, error, request)


def tell_person(error: Exception, request: Request) -> Response:
    """Answer with a page."""
    found = _report(error, request)
    values = {"kind": found.kind, "detail": found.detail, **found.members}
    try:
        page = render(TEMPLATE, values, request)
    except DATABASE_ERRORS:
        # The page would ask who is signed in, and the database is what is missing.
        page = f"{request.localizer.translate(found.detail)}\n"
    content_type = "text/html" if page.lstrip().startswith("<") else "text/plain"
    response = Response(
        page, status=found.kind.status, content_type=content_type, charset="utf-8"
    )
    return _finished(response, found, error, request)


def _report(error: Exception, request: Request) -> Report:
    found = report(error, request)
    if found is None:  # the predicate asked the same before
        raise error
    if isinstance(error, UnicodeDecodeError):
        # Whoever asks for the language, or for the path, would read it again.
        request.environ |= {"QUERY_STRING": "", "PATH_INFO": "/"}
    return found


def _finished(
    response: Response, found: Report, error: Exception, request: Request
) -> Response:
    response.headers.update(found.headers)
    response.headers["Cache-Control"] = "no-store"
    context = getattr(request, "context", None)
    if isinstance(context, DraftContext) and isinstance(error, DraftError):
        response.headers["ETag"] = f'"{context.edit.info.version}"'
    return response


def _draft_now(error: Exception, request: Request) -> dict[str, Any]:
    """Return the draft as it is, for a caller who saw it as it was."""
    context = getattr(request, "context", None)
    if not isinstance(error, StaleVersion) or not isinstance(context, DraftContext):
        return {}
    return {"draft": spelling.draft(request, context.edit.info)}


def includeme(config: Configurator) -> None:
    """Answer the errors of our own routes."""
    config.add_view_predicate("answers_errors_of", AnswersErrorsOf)
    _add(config, tell_program, PROGRAM)
    _add(config, tell_person, PERSON)


def everywhere(config: Configurator) -> None:
    """Answer all errors with pages: for the ready application."""
    _add(config, tell_person, ANYONE)


def _add(config: Configurator, view: Any, who: str) -> None:
    for kind in ANSWERED:
        config.add_exception_view(view, context=kind, answers_errors_of=who)
