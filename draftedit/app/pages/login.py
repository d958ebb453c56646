"""Sign in and out, redirect to the form, and check a password with slow-down."""

import math
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from pyramid.exceptions import PredicateMismatch
from pyramid.httpexceptions import HTTPForbidden, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED, forget
from pyramid.view import forbidden_view_config, view_config
from translationstring import TranslationStringFactory

from draftedit.app import accounts, passwords, sign_in_failures
from draftedit.app.messages import say
from draftedit.app.models.user import UserAccount
from draftedit.app.security import start_session
from draftedit.engine.base.errors import Problem
from draftedit.web.pages.formatting import duration
from draftedit.web.pages.redirects import local_path
from draftedit.web.release import released
from draftedit.web.resources import API_PREFIX

_ = TranslationStringFactory("draftedit")

SAFE_METHODS = frozenset({"GET", "HEAD"})
TEMPLATE = "draftedit.web:templates/login.jinja2"


@view_config(
    route_name="draftedit_app.login",
    request_method="GET",
    renderer=TEMPLATE,
    permission=NO_PERMISSION_REQUIRED,
)
def show(request: Request) -> dict[str, Any] | Response:
    """Show the form for name and password."""
    where = request.GET.get("next")
    if request.identity is not None:
        return _to(request, where)
    return _form(request, where)


@view_config(
    route_name="draftedit_app.login",
    request_method="POST",
    renderer=TEMPLATE,
    permission=NO_PERMISSION_REQUIRED,
)
def sign_in(request: Request) -> dict[str, Any] | Response:
    """Check name and password and start a session."""
    name = field_of(request, "name").strip()
    password = field_of(request, "password")
    wrong = _("The name or the password is wrong.")
    found = slowed(request, name, password, "name", wrong)
    where = field_of(request, "next")
    if isinstance(found, Problem):
        return _form(request, where, name, found)
    start_session(request, found)
    return _to(request, where)


@view_config(
    route_name="draftedit_app.logout",
    request_method="POST",
    permission=NO_PERMISSION_REQUIRED,
)
def sign_out(request: Request) -> Response:
    """End the session; drafts stay."""
    headers = forget(request)
    return HTTPSeeOther(request.route_path("draftedit_app.login"), headers=headers)


@forbidden_view_config(is_authenticated=False)
def ask(_error: HTTPForbidden, request: Request) -> Response:
    """Redirect a browser that is not signed in to the form, and back afterwards."""
    route = request.matched_route
    if route is not None and route.name.startswith(API_PREFIX):
        raise PredicateMismatch("Programs get a problem, not a form.")
    query = {"next": _here(request)}
    return HTTPSeeOther(request.route_path("draftedit_app.login", _query=query))


def _here(request: Request) -> str:
    """Return the page to come back to: after a form, the one it was on."""
    if request.method in SAFE_METHODS:
        return str(request.path_qs)
    came_from, here = request.referrer or "", str(request.host_url)
    if came_from.startswith(f"{here}/"):
        return came_from.removeprefix(here)
    return str(request.route_path("draftedit.home"))


def _to(request: Request, where: str | None) -> Response:
    path = local_path(where) or request.route_path("draftedit.home")
    return HTTPSeeOther(quote(path, safe="/?#[]@!$&'()*+,;=:%~"))


def _form(
    request: Request, where: str | None, name: str = "", problem: Problem | None = None
) -> dict[str, Any]:
    request.response.cache_control = "no-store"
    return {
        "name": name,
        "next": local_path(where) or "",
        "problems": [problem] if problem else [],
    }


def slowed(
    request: Request, name: str, password: str, field: str, wrong: str
) -> Problem | UserAccount:
    """Return the user of name and password, or a Problem.

    Refused without a check after too many failures. The password is hashed while
    nothing is locked; afterwards attempts are counted one at a time. Sets the status of
    the response; a failure is counted although the request is refused.
    """
    dbsession, subject = request.dbsession, (name, request.remote_addr)
    wait = sign_in_failures.wait(dbsession, *subject)
    if wait > timedelta(0):
        return _too_many(request, wait, field)
    user = accounts.look_up(dbsession, name)
    known = user.password_hash if user else None
    with released(request):
        proof = passwords.prove(known, password)
    attempt = sign_in_failures.begin(dbsession, *subject)
    if attempt.wait > timedelta(0):
        return _too_many(request, attempt.wait, field)
    user = accounts.look_up(dbsession, name)
    if user is None or not accounts.admits(user, proof):
        attempt.failed()
        request.response.status_int = 422
        # Only the count was written, and it must not be rolled back.
        request.response.headers["X-Tm"] = "commit"
        return Problem(wrong, field=field)
    attempt.succeeded()
    return user


def _too_many(request: Request, wait: timedelta, field: str) -> Problem:
    seconds = math.ceil(wait.total_seconds())
    request.response.status_int = 429
    request.response.headers["Retry-After"] = str(seconds)
    return Problem(
        say("too-many-attempts", time=duration(seconds)),
        field=field,
    )


def field_of(request: Request, name: str) -> str:
    """Return the text of a field; "" if it is missing or an uploaded file."""
    value = request.POST.get(name, "")
    return value if isinstance(value, str) else ""
