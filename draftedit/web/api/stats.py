"""Endpoint of the statistics: the figures of each day, purged drafts included."""

from pyramid.request import Request
from pyramid.response import Response

from draftedit.web.api import query, responses, serializers
from draftedit.web.api.endpoint import Endpoint
from draftedit.web.permissions import READ
from draftedit.web.resources import Root


def days(context: Root, request: Request) -> Response:
    """List the figures by day and target."""
    since = query.day(request, "since")
    hidden = context.unreadable()
    every = context.drafts.statistics(request.dbsession, since)
    found = [one for one in every if one.target not in hidden]
    return responses.answer(responses.piece(request, found, serializers.day))


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
