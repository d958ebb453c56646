"""Endpoints of live objects, for every user who may read."""

from pyramid.request import Request
from pyramid.response import Response

from draftedit.web.api import query, responses, serializers
from draftedit.web.api.endpoint import Endpoint
from draftedit.web.permissions import ADMIN, EDIT, READ
from draftedit.web.resources import (
    HistoryContext,
    ObjectContext,
    TargetContext,
    path_key,
    path_revision,
    revision_number,
)


def listing(context: TargetContext, request: Request) -> Response:
    """List the objects of a target."""
    found = context.objects.listing(
        context.target,
        q=query.search(request),
        **query.listed(request),
    )
    return responses.answer(
        responses.items(found.items, serializers.object_info, found.next)
    )


def one(context: ObjectContext, request: Request) -> Response:
    """Show an object's root row, now or at a revision."""
    found = context.object
    return responses.about_object(
        request, serializers.live_object(found), found.revision
    )


def rows(context: ObjectContext, request: Request) -> Response:
    """List the rows of a table, now or at a revision."""
    page = context.objects.page(
        context.target,
        context.key,
        request.matchdict["table"],
        parent=query.key(request, "parent"),
        search=query.search(request),
        revision=context.revision,
        **query.listed(request),
    )
    return responses.answer(responses.items(page.rows, serializers.live_row, page.next))


def row(context: ObjectContext, request: Request) -> Response:
    """Show one row, now or at a revision."""
    found = context.objects.row(
        context.target,
        context.key,
        request.matchdict["table"],
        path_key(request.matchdict["row"]),
        revision=context.revision,
    )
    return responses.answer(serializers.live_row(found))


def revisions(context: HistoryContext, request: Request) -> Response:
    """List an object's revisions, the newest first."""
    found = context.objects.revisions(
        context.target,
        context.key,
        **query.listed(request),
    )
    if not found.items:
        _find(context)
    return responses.answer(
        responses.items(found.items, serializers.revision, found.next)
    )


def changes(context: HistoryContext, request: Request) -> Response:
    """List the changes from one revision to another."""
    found = context.objects.compare(
        context.target,
        context.key,
        newer=path_revision(request.matchdict["number"]),
        older=revision_number(query.text(request, "from")),
        **query.listed(request),
    )
    return responses.answer(
        responses.items(found.changes, serializers.change, found.next)
    )


def open_drafts(context: HistoryContext, request: Request) -> Response:
    """List the open drafts of the object: owners, never content."""
    found = context.objects.open_drafts(context.target, context.key)
    if not found:
        _find(context)
    may_hand_on = bool(request.has_permission(ADMIN))
    return responses.answer(
        responses.piece(
            request, found, lambda one: serializers.open_draft(one, may_hand_on)
        )
    )


def _find(context: HistoryContext) -> None:
    """Raise 404 for an object without any trace."""
    context.objects.find(context.target, context.key)


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
    Endpoint(
        "GET",
        "object",
        one,
        READ,
        "Show an object, as it is or as a revision had it.",
        "Object",
        query=("revision",),
    ),
    Endpoint(
        "GET",
        "object_rows",
        rows,
        READ,
        "List the rows of a table, as they are or as a revision had them.",
        "Row",
        listed=True,
        query=("revision", "parent", "q"),
    ),
    Endpoint(
        "GET",
        "object_row",
        row,
        READ,
        "Show a row, as it is or as a revision had it.",
        "Row",
        query=("revision",),
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
        "revision_changes",
        changes,
        READ,
        "List what changed from one revision (the one before) to another.",
        "Change",
        listed=True,
        query=("from",),
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
