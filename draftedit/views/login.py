"""Signing in and out, and being asked to."""

from typing import Any
from urllib.parse import quote

from pyramid.exceptions import PredicateMismatch
from pyramid.httpexceptions import HTTPForbidden, HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED, forget
from pyramid.view import forbidden_view_config, view_config

from draftedit import accounts
from draftedit.contexts import API_PREFIX
from draftedit.engine.errors import Problem
from draftedit.security import start_session
from draftedit.views.back import local_path
from draftedit.views.signing_in import field_of, slowed

_ = TranslationStringFactory("draftedit")

SAFE_METHODS = frozenset({"GET", "HEAD"})
TEMPLATE = "draftedit:templates/login.jinja2"


@view_config(
    route_name="login",
    request_method="GET",
    renderer=TEMPLATE,
    permission=NO_PERMISSION_REQUIRED,
)
def show(request: Request) -> dict[str, Any] | Response:
    """Ask for name and password."""
    where = request.GET.get("next")
    if request.identity is not None:
        return _to(request, where)
    return _form(request, where)


@view_config(
    route_name="login",
    request_method="POST",
    renderer=TEMPLATE,
    permission=NO_PERMISSION_REQUIRED,
)
def sign_in(request: Request) -> dict[str, Any] | Response:
    """Start a session for whoever knows the password."""
    name = field_of(request, "name").strip()
    password = field_of(request, "password")
    user = accounts.look_up(request.dbsession, name)
    problem = slowed(
        request,
        name,
        "name",
        lambda: accounts.check_password(user, password),
        _("The name or the password is wrong."),
    )
    where = field_of(request, "next")
    if problem is not None or user is None:
        return _form(request, where, name, problem)
    start_session(request, user)
    return _to(request, where)


@view_config(
    route_name="logout", request_method="POST", permission=NO_PERMISSION_REQUIRED
)
def sign_out(request: Request) -> Response:
    """End the session; drafts stay."""
    headers = forget(request)
    return HTTPSeeOther(request.route_path("login"), headers=headers)


@forbidden_view_config(is_authenticated=False)
def ask(error: HTTPForbidden, request: Request) -> Response:
    """Send a browser that nobody has signed in with to the form, and back later."""
    route = request.matched_route
    if route is not None and route.name.startswith(API_PREFIX):
        raise PredicateMismatch("Programs get a problem, not a form.")
    query = {"next": _here(request)}
    return HTTPSeeOther(request.route_path("login", _query=query))


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
