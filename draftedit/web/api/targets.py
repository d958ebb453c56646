"""Endpoint of the targets: which objects may be drafted, their tables and fields."""

from pyramid.request import Request
from pyramid.response import Response

from draftedit.web.api import responses, serializers
from draftedit.web.api.endpoint import Endpoint
from draftedit.web.permissions import READ
from draftedit.web.resources import Root


def listing(context: Root, request: Request) -> Response:
    """List the targets."""
    found = context.readable()
    return responses.answer(
        responses.piece(request, found, lambda item: serializers.target(request, item))
    )


ENDPOINTS = (
    Endpoint(
        "GET",
        "targets",
        listing,
        READ,
        "List the kinds of objects, their tables and fields.",
        "Target",
        listed=True,
    ),
)
