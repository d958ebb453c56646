"""How drafts are used: the figures of each day, purged drafts included."""

from pyramid.request import Request
from pyramid.response import Response

from draftedit.api import answers, pieces, query, spelling
from draftedit.api.endpoint import Endpoint
from draftedit.contexts import Site
from draftedit.security import READ


def days(context: Site, request: Request) -> Response:
    """List the figures by day and target."""
    since = query.day(request, "since")
    found = context.drafts.statistics(request.dbsession, since)
    return answers.answer(pieces.piece(request, found, spelling.day))


ENDPOINTS = (
    Endpoint(
        "GET",
        "stats",
        days,
        READ,
        "List what became of drafts, by day and target.",
        "Day",
        listed=True,
        query=("since",),
    ),
)
