"""Error views of our own routes: problem details for programs, a page for people.

A host's errors stay the host's. Whatever is raised, the status is 4xx or 5xx, so that
pyramid_tm rolls back. Unexpected exceptions propagate (500). A problem's `type` is the
address of the page that explains it.
"""

import logging
from collections.abc import Callable
from html import escape
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPError, HTTPForbidden, HTTPNotFound
from pyramid.renderers import render
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from draftedit.engine.base.errors import DraftError, StaleVersion
from draftedit.engine.base.texts import Translate
from draftedit.service import problem_details
from draftedit.service.problem_types import KINDS
from draftedit.web import retry
from draftedit.web.api import serializers
from draftedit.web.pages.error_mapping import ErrorInfo, report
from draftedit.web.resources import API_PREFIX, DraftContext
from draftedit.web.retry import DATABASE_ERRORS
from draftedit.web.routes import API_PATH

TEMPLATE = "draftedit.web:templates/error.jinja2"

ANSWERED = (
    DraftError,
    HTTPError,
    # Listed by name, too: otherwise a host's view of one of these, being more specific,
    # would precede ours.
    HTTPForbidden,
    HTTPNotFound,
    UnicodeDecodeError,
    *DATABASE_ERRORS,
)

# Keys in the environ of a request whose transaction another component ends.
_IN_TRANSACTION = frozenset({"tm.active", "repoze.tm.active"})

log = logging.getLogger(__name__)

PROGRAM, PERSON, ANYONE = "program", "person", "anyone"


class AnswersErrorsOf:
    """View predicate: who made the request, and can we report this error?"""

    def __init__(self, who: str, _config: Configurator) -> None:
        """Accept "program", "person" (both on our own routes) or "anyone"."""
        self._who = who

    def text(self) -> str:
        """Return the predicate's name."""
        return f"answers_errors_of = {self._who}"

    phash = text

    def __call__(self, error: Exception, request: Request) -> bool:
        """Return whether this view is the one to respond."""
        if self._who != ANYONE and who_asks(request) != self._who:
            return False
        try:
            if isinstance(error, HTTPForbidden) and self._who != PROGRAM:
                # How users sign in is up to the application.
                return request.authenticated_userid is not None
            return report(error, request) is not None
        except DATABASE_ERRORS:
            return True  # the response reports it


def who_asks(request: Request) -> str | None:
    """Return who made the request, None if it matched none of our routes."""
    route = getattr(request, "matched_route", None)
    if route is None:
        return _who_asks_by_path(request)
    if not retry.is_ours(route, request.registry):
        return None
    return PROGRAM if route.name.startswith(API_PREFIX) else PERSON


def _who_asks_by_path(request: Request) -> str | None:
    """Decide by the path, if no route could be matched."""
    path = request.environ.get("PATH_INFO", "")
    start = request.registry.get(API_PATH)
    return PROGRAM if start and path.startswith(f"{start}/") else None


def answer_program(error: Exception, request: Request) -> Response:
    """Respond with problem details (RFC 9457)."""
    return _answer(error, request, _problem)


def answer_person(error: Exception, request: Request) -> Response:
    """Respond with a page."""
    return _answer(error, request, _page)


Write = Callable[[ErrorInfo, Exception, Request], Response]


def _answer(error: Exception, request: Request, write: Write) -> Response:
    """Respond, even if what the response needs is what has failed.

    The page reads the user, and the draft for its version: if the database fails then,
    that is reported instead; no other error is replaced. After a failed commit nothing
    is read: there is no transaction to read in, and a new one would never be ended.
    """
    if not _IN_TRANSACTION & request.environ.keys():
        return _plainly(_report(error, request), who_asks(request) == PROGRAM)
    try:
        return write(_report(error, request), error, request)
    except DATABASE_ERRORS as failure:
        is_away = retry.is_away(failure) or retry.is_not_migrated(failure)
        found = report(failure, request) if is_away else report(error, request)
        if found is None:
            raise
        log.warning("An answer had to do without the database.", exc_info=True)
        return _plainly(found, who_asks(request) == PROGRAM)


def _problem(found: ErrorInfo, error: Exception, request: Request) -> Response:
    translate = request.localizer.translate
    path = request.route_path("draftedit.problem", name=found.kind.name)
    response = _problem_of(found, translate, path, _draft_now(error, request))
    return _finished(response, found, error, request)


def _problem_of(
    found: ErrorInfo,
    translate: Translate,
    type_: str,
    members: dict[str, Any],
) -> Response:
    details = problem_details.details_of(found, translate, type_, **members)
    return Response(
        details.text.encode(),
        status=details.status,
        content_type=details.headers["Content-Type"],
        charset=None,
    )


def _page(found: ErrorInfo, error: Exception, request: Request) -> Response:
    values = {"kind": found.kind, "detail": found.detail, **found.members}
    page = render(TEMPLATE, values, request)
    response = Response(
        page, status=found.kind.status, content_type="text/html", charset="utf-8"
    )
    return _finished(response, found, error, request)


def _plainly(found: ErrorInfo, for_program: bool) -> Response:
    """Respond without reading anything: no user, no language, no draft."""
    if for_program:
        response = _problem_of(found, str, "about:blank", {})
    else:
        title, detail = escape(str(found.kind.title)), escape(str(found.detail))
        response = Response(
            f'<!doctype html>\n<html lang="en"><meta charset="utf-8">'
            f"<title>{title}</title>\n<h1>{title}</h1>\n<p>{detail}</p></html>\n",
            status=found.kind.status,
            content_type="text/html",
            charset="utf-8",
        )
    response.headers.update(found.headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def _report(error: Exception, request: Request) -> ErrorInfo:
    if isinstance(error, UnicodeDecodeError):
        # The language negotiation, or the path, would be parsed again.
        request.environ |= {"QUERY_STRING": "", "PATH_INFO": "/"}
    found = report(error, request)
    if found is None:  # the predicate has checked the same before
        raise error
    return found


def _finished(
    response: Response, found: ErrorInfo, error: Exception, request: Request
) -> Response:
    response.headers.update(found.headers)
    response.headers["Cache-Control"] = "no-store"
    context = getattr(request, "context", None)
    if isinstance(context, DraftContext) and isinstance(error, DraftError):
        response.headers["ETag"] = f'"{context.edit.version}"'
    return response


def _draft_now(error: Exception, request: Request) -> dict[str, Any]:
    """Return the present draft, for a caller with an outdated one."""
    context = getattr(request, "context", None)
    if not isinstance(error, StaleVersion) or not isinstance(context, DraftContext):
        return {}
    return {"draft": serializers.draft(request, context.edit.info)}


@view_config(
    route_name="draftedit.problem",
    request_method="GET",
    permission=NO_PERMISSION_REQUIRED,
    renderer="draftedit.web:templates/problem.jinja2",
)
def explain(request: Request) -> dict[str, Any]:
    """Explain one kind of problem, and name the others."""
    kind = KINDS.get(request.matchdict["name"])
    if kind is None:
        raise HTTPNotFound(f"There is no problem {request.matchdict['name']}.")
    return {"kind": kind, "kinds": KINDS.values()}


def includeme(config: Configurator) -> None:
    """Register the error views for our own routes."""
    config.add_view_predicate("answers_errors_of", AnswersErrorsOf)
    _add(config, answer_program, PROGRAM)
    _add(config, answer_person, PERSON)


def everywhere(config: Configurator) -> None:
    """Register a page for every error: for the ready application."""
    _add(config, answer_person, ANYONE)


def _add(config: Configurator, view: Any, who: str) -> None:
    for kind in ANSWERED:
        config.add_exception_view(view, context=kind, answers_errors_of=who)
