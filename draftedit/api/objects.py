"""Live objects: what everyone with an account may read."""

from pyramid.request import Request
from pyramid.response import Response

from draftedit import comparing, objects
from draftedit.api import answers, pieces, query, spelling
from draftedit.api.endpoint import Endpoint
from draftedit.contexts import (
    HistoryContext,
    ObjectContext,
    TargetContext,
    path_key,
    path_revision,
    revision_number,
)
from draftedit.security import ADMIN, EDIT, READ


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
    """Show an object's root row, as it is or was."""
    found = context.object
    return answers.about_object(request, spelling.live_object(found), found.revision)


def rows(context: ObjectContext, request: Request) -> Response:
    """List the rows of a table, as they are or were."""
    page = objects.page(
        context.drafts,
        request.dbsession,
        context.target,
        context.key,
        request.matchdict["table"],
        parent=query.key(request, "parent"),
        search=query.search(request),
        revision=context.revision,
        **query.listed(request),
    )
    return answers.answer(answers.items(page.rows, spelling.live_row, page.next))


def row(context: ObjectContext, request: Request) -> Response:
    """Show one row, as it is or was."""
    found = objects.row(
        context.drafts,
        request.dbsession,
        context.target,
        context.key,
        request.matchdict["table"],
        path_key(request.matchdict["row"]),
        revision=context.revision,
    )
    return answers.answer(spelling.live_row(found))


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


def changes(context: HistoryContext, request: Request) -> Response:
    """List what changed from one revision to another."""
    found = comparing.compare(
        context.drafts,
        request.dbsession,
        context.target,
        context.key,
        newer=path_revision(request.matchdict["number"]),
        older=revision_number(query.text(request, "from")),
        **query.listed(request),
    )
    return answers.answer(answers.items(found.changes, spelling.change, found.next))


def open_drafts(context: HistoryContext, request: Request) -> Response:
    """List who has the object open; never what they did."""
    found = objects.open_drafts(
        context.drafts, request.dbsession, context.target, context.key
    )
    if not found:
        _find(context, request)
    may_hand_on = bool(request.has_permission(ADMIN))
    return answers.answer(
        pieces.piece(request, found, lambda one: spelling.open_draft(one, may_hand_on))
    )


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
