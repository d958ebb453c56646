"""Serve the icon for responses that cannot name one.

A browser asks for `/favicon.ico` when it shows a plain text, such as `/healthz`, and
complains in its console if nothing is there.
"""

from importlib.resources import files

from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

SECONDS = 24 * 60 * 60  # the address stays the same if the icon changes


@view_config(route_name="draftedit_app.favicon", permission=NO_PERMISSION_REQUIRED)
def icon(_request: Request) -> Response:
    """Answer with the icon of the pages."""
    body = (files("draftedit.web") / "static" / "icon.svg").read_bytes()
    response = Response(body, content_type="image/svg+xml")
    response.cache_control = f"public, max-age={SECONDS}"
    return response
