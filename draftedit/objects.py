"""Live objects: what everyone reads, with their revisions and who has drafts."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.drafts import Drafts
from draftedit.engine import records
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


@dataclass(frozen=True)
class ObjectInfo:
    """One object in a list; `drafts`: how many are open on it."""

    key: Key
    label: str
    revision: int
    saved_at: datetime.datetime | None
    saved_by: str | None
    drafts: int


@dataclass(frozen=True)
class LiveObject:
    """One object as it is saved."""

    target: Target
    key: Key
    label: str
    revision: int
    row: Row
    saved_at: datetime.datetime | None
    saved_by: str | None


@dataclass(frozen=True)
class RevisionInfo:
    """One saved state; `changes`: how many rows its save changed."""

    revision: int
    saved_at: datetime.datetime
    saved_by: str
    message: str | None
    draft: int | None
    changes: int


@dataclass(frozen=True)
class OpenDraft:
    """Who has a draft open: never what is in it."""

    owner: str
    since: datetime.datetime
    rows: int


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
    saved = _saved(drafts, dbsession, found, [row.key for row in rows])
    items = [_object_info(found, row, saved[to_path(row.key)]) for row in rows]
    return Listing(items, write_cursor(end))


def find(
    drafts: Drafts, dbsession: Session, target: str | Target, key: Sequence[Any]
) -> LiveObject:
    """Return one object; raise Unknown."""
    view = _view(drafts, dbsession, target, key)
    row = view.find(view.target.name, view.root)
    if row is None or row.key != view.root:
        raise Unknown(view.target.title, to_path(key))
    saved = _saved(drafts, dbsession, view.target, [row.key])[to_path(row.key)]
    info = _object_info(view.target, row, saved)
    return LiveObject(
        view.target,
        row.key,
        info.label,
        info.revision,
        row,
        info.saved_at,
        info.saved_by,
    )


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
) -> Page:
    """Return a page of an object's rows. Raises Unknown, or Refused for a cursor."""
    view = _view(drafts, dbsession, target, key)
    part = view.part(table)
    above = None
    if parent is not None and part.parent is not None:
        above = view.key(view.part(part.parent), parent)
    return view.page(Query(table, above, after, limit, search or None))


def row(
    drafts: Drafts,
    dbsession: Session,
    target: str | Target,
    key: Sequence[Any],
    table: str,
    row_key: Sequence[Any],
) -> Row:
    """Return one row of an object; raise Unknown."""
    view = _view(drafts, dbsession, target, key)
    return view.row(table, view.key(view.part(table), row_key))


def path(
    drafts: Drafts,
    dbsession: Session,
    target: str | Target,
    key: Sequence[Any],
    table: str,
    row_key: Sequence[Any],
) -> list[Row]:
    """Return the rows above one row, the root first; raise Unknown."""
    view = _view(drafts, dbsession, target, key)
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
    wanted = sa.select(
        revision.number,
        revision.saved_at,
        revision.saved_by,
        revision.message,
        revision.draft,
        revision.changes,
    ).where(revision.target == view.target.name, revision.root == to_path(view.root))
    start = read_number(after)
    if start is not None:
        wanted = wanted.where(revision.number < start)
    wanted = wanted.order_by(revision.number.desc()).limit(limit + 1)
    found = [RevisionInfo(*one) for one in dbsession.execute(wanted)]
    more = len(found) > limit
    return Listing(
        found[:limit], write_cursor(found[limit - 1].revision if more else None)
    )


def open_drafts(
    drafts: Drafts, dbsession: Session, target: str | Target, key: Sequence[Any]
) -> list[OpenDraft]:
    """Tell who has a draft open on an object, since when, and of how many rows."""
    view = _view(drafts, dbsession, target, key)
    found = records.open_on(dbsession, drafts.tables, view.target.name, view.root)
    counts = dict.fromkeys((one["key"] for one in found), 0)
    for part in view.target.tables.values():
        draft = part.draft.c.draft
        # The root's row is copied when the draft is opened: it is not counted.
        counted = sa.select(draft, sa.func.count()).where(draft.in_(list(counts)))
        if part is not view.target.root and counts:
            for number, rows in dbsession.execute(counted.group_by(draft)):
                counts[number] += rows
    return [OpenDraft(f["owner"], f["opened_at"], counts[f["key"]]) for f in found]


def _target(drafts: Drafts, target: str | Target) -> Target:
    return target if isinstance(target, Target) else drafts.find_target(target)


def _view(
    drafts: Drafts, dbsession: Session, target: str | Target, key: Sequence[Any]
) -> View:
    view = View(dbsession, _target(drafts, target), ())
    view.root = view.key(view.target.root, key)
    return view


@dataclass(frozen=True)
class _Saved:
    revision: int = 0
    saved_at: datetime.datetime | None = None
    saved_by: str | None = None
    drafts: int = 0


def _saved(
    drafts: Drafts, dbsession: Session, target: Target, keys: Sequence[Key]
) -> dict[str, _Saved]:
    """Return revision, last save and number of open drafts by key."""
    roots = [to_path(key) for key in keys]
    tables = drafts.tables
    one, revision = tables.object.c, tables.revision.c
    same_save = sa.and_(
        revision.target == one.target,
        revision.root == one.root,
        revision.number == one.revision,
    )
    wanted = (
        sa.select(one.root, one.revision, revision.saved_at, revision.saved_by)
        .select_from(tables.object.outerjoin(tables.revision, same_save))
        .where(one.target == target.name, one.root.in_(roots))
    )
    counts = _open_counts(drafts, dbsession, target, roots)
    saved = {root: _Saved(drafts=counts.get(root, 0)) for root in roots}
    for root, number, at, by in dbsession.execute(wanted):
        saved[root] = _Saved(number, at, by, counts.get(root, 0))
    return saved


def _open_counts(
    drafts: Drafts, dbsession: Session, target: Target, roots: Sequence[str]
) -> dict[str, int]:
    draft, place = drafts.tables.draft, drafts.tables.draft_object
    wanted = (
        sa.select(place.c.root, sa.func.count())
        .select_from(place.join(draft, draft.c.key == place.c.draft))
        .where(place.c.target == target.name, place.c.root.in_(roots))
        .where(draft.c.state == records.OPEN)
        .group_by(place.c.root)
    )
    return {str(root): int(count) for root, count in dbsession.execute(wanted)}


def _object_info(target: Target, row: Row, saved: _Saved) -> ObjectInfo:
    return ObjectInfo(
        key=row.key,
        label=row_label(target.root, row.values),
        revision=saved.revision,
        saved_at=saved.saved_at,
        saved_by=saved.saved_by,
        drafts=saved.drafts,
    )
