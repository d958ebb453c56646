"""Live objects: what everyone reads, with their revisions and who has drafts."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from draftedit.drafts import Drafts
from draftedit.engine.below import below as rows_below
from draftedit.engine.choices import row_label
from draftedit.engine.errors import Key, Unknown
from draftedit.engine.keys import to_path
from draftedit.engine.listing import (
    Listing,
    Page,
    Query,
    read_number,
    read_position,
    write_cursor,
)
from draftedit.engine.rows import Row
from draftedit.engine.schema import Target
from draftedit.engine.view import View
from draftedit.object_records import (
    LiveObject,
    ObjectInfo,
    OpenDraft,
    RevisionInfo,
    current_revision,
    find_revision,
    object_info,
    saves,
    select_revisions,
    who_has_open,
)


def listing(
    drafts: Drafts,
    dbsession: Session,
    target: str | Target,
    q: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Listing[ObjectInfo]:
    """List the objects of a target in the order of their keys, found by `q`."""
    found = _target(drafts, target)
    view = View(dbsession, found, ())
    start = read_position(found.root, after, view.dialect)
    query = Query(found.name, search=q or None, limit=limit)
    rows, end = view.listed(found.root, query, None, start)
    saved = saves(drafts.tables, dbsession, found, [row.key for row in rows])
    items = [object_info(found, row, saved[to_path(row.key)]) for row in rows]
    return Listing(items, write_cursor(end))


def find(
    drafts: Drafts,
    dbsession: Session,
    target: str | Target,
    key: Sequence[Any],
    revision: int | None = None,
) -> LiveObject:
    """Return one object, as it is or as `revision` had it; raise Unknown."""
    view = _view(drafts, dbsession, target, key, revision)
    row = view.find(view.target.name, view.root)
    if row is None or row.key != view.root:
        raise Unknown(view.target.title, to_path(key))
    label = row_label(view.target.root, row.values)
    if revision is None:
        saved = saves(drafts.tables, dbsession, view.target, [row.key])
        info = saved[to_path(row.key)]
        number, at, by = info.revision, info.saved_at, info.saved_by
    else:
        then = find_revision(drafts.tables, dbsession, view.target, row.key, revision)
        number = revision
        at, by = (then.saved_at, then.saved_by) if then else (None, None)
    return LiveObject(view.target, row.key, label, number, row, at, by)


def page(
    drafts: Drafts,
    dbsession: Session,
    target: str | Target,
    key: Sequence[Any],
    table: str,
    parent: Sequence[Any] | None = None,
    after: str | None = None,
    limit: int = 50,
    search: str | None = None,
    revision: int | None = None,
) -> Page:
    """Return a page of an object's rows, as they are or as `revision` had them.

    Raises Unknown, or Refused for a cursor.
    """
    view = _view(drafts, dbsession, target, key, revision)
    part = view.part(table)
    above = None
    if parent is not None and part.parent is not None:
        above = view.key(view.part(part.parent), parent)
    return view.page(Query(table, above, after, limit, search or None))


def below(
    drafts: Drafts,
    dbsession: Session,
    target: str | Target,
    key: Sequence[Any],
    table: str,
    parents: Sequence[Key],
    revision: int | None = None,
) -> list[Row]:
    """Return all rows of a table below several rows of its parent's table."""
    view = _view(drafts, dbsession, target, key, revision)
    return list(rows_below(view, view.part(table), parents))


def row(
    drafts: Drafts,
    dbsession: Session,
    target: str | Target,
    key: Sequence[Any],
    table: str,
    row_key: Sequence[Any],
    revision: int | None = None,
) -> Row:
    """Return one row of an object, as it is or was; raise Unknown."""
    view = _view(drafts, dbsession, target, key, revision)
    return view.row(table, view.key(view.part(table), row_key))


def path(
    drafts: Drafts,
    dbsession: Session,
    target: str | Target,
    key: Sequence[Any],
    table: str,
    row_key: Sequence[Any],
    revision: int | None = None,
) -> list[Row]:
    """Return the rows above one row, the root first; raise Unknown."""
    view = _view(drafts, dbsession, target, key, revision)
    return view.ancestors(view.row(table, view.key(view.part(table), row_key)))


def revisions(
    drafts: Drafts,
    dbsession: Session,
    target: str | Target,
    key: Sequence[Any],
    after: str | None = None,
    limit: int = 50,
) -> Listing[RevisionInfo]:
    """List an object's revisions, the newest first; they outlive the object."""
    view = _view(drafts, dbsession, target, key)
    revision = drafts.tables.revision.c
    wanted = select_revisions(drafts.tables, view.target, view.root)
    start = read_number(after)
    if start is not None:
        wanted = wanted.where(revision.number < start)
    wanted = wanted.order_by(revision.number.desc()).limit(limit + 1)
    found = [RevisionInfo(*one) for one in dbsession.execute(wanted)]
    more = len(found) > limit
    return Listing(
        found[:limit], write_cursor(found[limit - 1].revision if more else None)
    )


def current(
    drafts: Drafts, dbsession: Session, target: str | Target, key: Sequence[Any]
) -> int:
    """Return the number of an object's last revision, which may have deleted it."""
    view = _view(drafts, dbsession, target, key)
    return current_revision(drafts.tables, dbsession, view.target, view.root)


def open_drafts(
    drafts: Drafts, dbsession: Session, target: str | Target, key: Sequence[Any]
) -> list[OpenDraft]:
    """Tell who has a draft open on an object, since when, and of how many rows."""
    view = _view(drafts, dbsession, target, key)
    return who_has_open(drafts.tables, dbsession, view.target, view.root)


def _target(drafts: Drafts, target: str | Target) -> Target:
    return target if isinstance(target, Target) else drafts.find_target(target)


def _view(
    drafts: Drafts,
    dbsession: Session,
    target: str | Target,
    key: Sequence[Any],
    revision: int | None = None,
) -> View:
    view = View(dbsession, _target(drafts, target), (), as_of=revision)
    view.root = view.key(view.target.root, key)
    if revision is not None:
        current = current_revision(drafts.tables, dbsession, view.target, view.root)
        if not 0 <= revision <= current:
            raise Unknown("revision", revision)
        if view.find(view.target.name, view.root) is None:
            raise Unknown(view.target.title, to_path(key))  # not there yet, or deleted
    return view
