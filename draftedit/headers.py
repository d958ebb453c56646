"""The headers that tell browsers to be strict with our pages.

In a host they go on what our own routes answer, error pages among it, and leave the
host's pages as they are. The ready application has them on everything.
"""

from pyramid.config import Configurator
from pyramid.events import BeforeTraversal, NewResponse
from pyramid.request import Request
from pyramid.response import Response

from draftedit.settings import BadSettings

HEADERS = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "style-src 'self'",
            "script-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}

OUR_ROUTES = "draftedit."


def includeme(config: Configurator) -> None:
    """Make what our own routes answer strict."""
    config.add_subscriber(_on_our_routes, BeforeTraversal)


def everywhere(config: Configurator) -> None:
    """Make every answer strict; with `draftedit.hsts`, seconds, over TLS for long."""
    seconds = str(config.get_settings().get("draftedit.hsts") or "0").strip()
    if not seconds.isdecimal():
        raise BadSettings(f"draftedit.hsts={seconds} is not a number of seconds")

    def strict(event: NewResponse) -> None:
        be_strict(event.request, event.response)
        # A word of a view to pyramid_tm, of no use to anyone else.
        event.response.headers.pop("X-Tm", None)
        if int(seconds) and event.request.scheme == "https":
            event.response.headers["Strict-Transport-Security"] = f"max-age={seconds}"

    config.add_subscriber(strict, NewResponse)


def be_strict(request: Request, response: Response) -> None:
    """Add the headers that the view has not set itself."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


def _on_our_routes(event: BeforeTraversal) -> None:
    route = event.request.matched_route
    if route is not None and route.name.startswith(OUR_ROUTES):
        event.request.add_response_callback(be_strict)
