"""An application that includes draftedit beside pages of its own, under a prefix."""

from collections.abc import Callable
from typing import Any

from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import Response
from pyramid.session import SignedCookieSessionFactory
from sqlalchemy import Engine

from draftedit import Drafts

PREFIX = "/edit"


class TrustingPolicy:
    """The host's own idea of who asks: the bearer token, or a cookie, is the name."""

    def identity(self, request: Request) -> str | None:
        header = request.headers.get("Authorization", "")
        name = header.removeprefix("Bearer ") or request.cookies.get("name")
        return name or None

    def authenticated_userid(self, request: Request) -> str | None:
        return self.identity(request)

    def permits(self, request: Request, context: object, permission: str) -> bool:
        return self.identity(request) is not None

    def remember(self, request: Request, userid: str, **kw: Any) -> list[Any]:
        return []

    def forget(self, request: Request, **kw: Any) -> list[Any]:
        return []


def host_page(request: Request) -> Response:
    """Answer what would swallow our pages if they were looked for after it."""
    return Response(f"host {request.matchdict['a']} {request.matchdict['b']}")


def make_host(
    engine: Engine, drafts: Drafts, prefix: str | None = PREFIX
) -> Callable[..., Any]:
    """Build the application on `engine`; draftedit lives under `prefix`."""
    with Configurator(settings={"dbengine": engine}) as config:
        config.include("draftedit.app.models")
        config.include("draftedit.web.retry")
        config.set_session_factory(SignedCookieSessionFactory("a secret of the tests"))
        config.set_security_policy(TrustingPolicy())
        config.include("draftedit", route_prefix=prefix)
        config.add_drafts(drafts)
        for name in ("login", "logout", "account"):  # which no page of ours links to
            config.add_route(name, f"/people/{name}")
        config.add_route("host", "/{a}/{b}")
        config.add_view(host_page, route_name="host")
        return config.make_wsgi_app()
