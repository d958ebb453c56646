"""Live objects: what everyone with an account may read."""

from pyramid.request import Request
from pyramid.response import Response

from draftedit import objects
from draftedit.api import answers, pieces, query, spelling
from draftedit.api.endpoint import Endpoint
from draftedit.contexts import HistoryContext, ObjectContext, TargetContext
from draftedit.security import EDIT, READ


def listing(context: TargetContext, request: Request) -> Response:
    """List the objects of a target."""
    found = objects.listing(
        context.drafts,
        request.dbsession,
        context.target,
        q=query.search(request),
        **query.listed(request),
    )
    return answers.answer(answers.items(found.items, spelling.object_info, found.next))


def one(context: ObjectContext, request: Request) -> Response:
    """Show an object's root row."""
    found = context.object
    return answers.about_object(request, spelling.live_object(found), found.revision)


def rows(context: ObjectContext, request: Request) -> Response:
    """List the live rows of a table."""
    page = objects.page(
        context.drafts,
        request.dbsession,
        context.target,
        context.key,
        request.matchdict["table"],
        parent=query.key(request, "parent"),
        search=query.search(request),
        **query.listed(request),
    )
    return answers.answer(answers.items(page.rows, spelling.live_row, page.next))


def revisions(context: HistoryContext, request: Request) -> Response:
    """List an object's revisions, the newest first."""
    found = objects.revisions(
        context.drafts,
        request.dbsession,
        context.target,
        context.key,
        **query.listed(request),
    )
    if not found.items:
        _find(context, request)
    return answers.answer(answers.items(found.items, spelling.revision, found.next))


def open_drafts(context: HistoryContext, request: Request) -> Response:
    """List who has the object open; never what they did."""
    found = objects.open_drafts(
        context.drafts, request.dbsession, context.target, context.key
    )
    if not found:
        _find(context, request)
    return answers.answer(pieces.piece(request, found, spelling.open_draft))


def _find(context: HistoryContext, request: Request) -> None:
    """Answer 404 for an object of which there is nothing at all."""
    objects.find(context.drafts, request.dbsession, context.target, context.key)


ENDPOINTS = (
    Endpoint(
        "GET",
        "objects",
        listing,
        READ,
        "List the objects of a target.",
        "ObjectInfo",
        listed=True,
        query=("q",),
    ),
    Endpoint("GET", "object", one, READ, "Show a live object.", "Object"),
    Endpoint(
        "GET",
        "object_rows",
        rows,
        READ,
        "List the live rows of a table.",
        "Row",
        listed=True,
        query=("parent", "q"),
    ),
    Endpoint(
        "GET",
        "revisions",
        revisions,
        READ,
        "List an object's revisions, the newest first.",
        "Revision",
        listed=True,
    ),
    Endpoint(
        "GET",
        "object_drafts",
        open_drafts,
        EDIT,
        "List who has a draft of the object open; never its content.",
        "OpenDraft",
        listed=True,
    ),
)
