"""Security headers for our pages.

In a host they are added to the responses of our own routes, including error pages, and
the host's pages are left alone. The ready application adds them to everything.
"""

from pyramid.config import Configurator
from pyramid.events import BeforeTraversal, NewResponse
from pyramid.request import Request
from pyramid.response import Response

from draftedit.settings.table import HSTS
from draftedit.web.retry import is_ours

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


def includeme(config: Configurator) -> None:
    """Add the headers to the responses of our own routes."""
    config.add_subscriber(_on_our_routes, BeforeTraversal)


def everywhere(config: Configurator) -> None:
    """Add the headers to every response, and with `draftedit.hsts` HSTS."""
    seconds = HSTS.read(config.get_settings())

    def strict(event: NewResponse) -> None:
        be_strict(event.request, event.response)
        # A hint of a view to pyramid_tm, of no use to anyone else.
        event.response.headers.pop("X-Tm", None)
        if seconds and event.request.scheme == "https":
            event.response.headers["Strict-Transport-Security"] = f"max-age={seconds}"

    config.add_subscriber(strict, NewResponse)


def be_strict(_request: Request, response: Response) -> None:
    """Add the headers that the view has not set itself."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


def _on_our_routes(event: BeforeTraversal) -> None:
    route = event.request.matched_route
    if is_ours(route, event.request.registry):
        event.request.add_response_callback(be_strict)
