"""What may be drafted here, and of which tables and fields it consists."""

from pyramid.request import Request
from pyramid.response import Response

from draftedit.api import answers, pieces, spelling
from draftedit.api.endpoint import Endpoint
from draftedit.contexts import Site
from draftedit.security import READ


def listing(context: Site, request: Request) -> Response:
    """List the targets."""
    found = list(context.drafts.targets.values())
    return answers.answer(
        pieces.piece(request, found, lambda item: spelling.target(request, item))
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
