"""Information about live objects beside their rows: revisions, saves, open drafts."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.base.errors import Key, Unknown
from draftedit.engine.base.keys import to_path
from draftedit.engine.reading.change import Change
from draftedit.engine.reading.reference_choices import row_label
from draftedit.engine.reading.rows import Row
from draftedit.engine.reading.view import View
from draftedit.engine.schema.model import Target
from draftedit.engine.schema.tables import Tables
from draftedit.engine.store import draft_lists, draft_records


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
    """One object as it is saved, or as an older revision had it."""

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
    """An open draft as others may see it: its owner, never its content.

    `key` and `version` are for callers who may hand it on.
    """

    owner: str
    since: datetime.datetime
    rows: int
    key: int
    version: int


@dataclass(frozen=True)
class Saves:
    """An object's revision, its last author, and its number of open drafts."""

    revision: int = 0
    saved_at: datetime.datetime | None = None
    saved_by: str | None = None
    drafts: int = 0


@dataclass(frozen=True)
class RevisionDiff:
    """A page of what changed between two revisions of an object.

    `next` is the cursor to go on from (None: that was all).
    """

    older: int
    newer: int
    changes: list[Change]
    next: str | None
    before: View = field(repr=False)
    after: View = field(repr=False)

    def row(self, table: str, key: Key) -> Row:
        """Return a row as the newer revision has it, else the older; raise Unknown."""
        try:
            return self.after.row(table, key)
        except Unknown:
            return self.before.row(table, key)


def saves(
    tables: Tables, dbsession: Session, target: Target, keys: Sequence[Key]
) -> dict[str, Saves]:
    """Return revision, last save and number of open drafts by key."""
    roots = [to_path(key) for key in keys]
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
    counts = _open_counts(tables, dbsession, target, roots)
    saved = {root: Saves(drafts=counts.get(root, 0)) for root in roots}
    for root, number, at, by in dbsession.execute(wanted):
        saved[root] = Saves(number, at, by, counts.get(root, 0))
    return saved


def current_revision(
    tables: Tables, dbsession: Session, target: Target, root: Key
) -> int:
    """Return an object's revision, which outlives the object."""
    one = tables.object.c
    wanted = sa.select(one.revision).where(
        one.target == target.name, one.root == to_path(root)
    )
    return dbsession.scalar(wanted) or 0


def select_revisions(
    tables: Tables, target: Target, root: Key
) -> sa.Select[tuple[Any, ...]]:
    """Select the revisions of an object, for `RevisionInfo`."""
    revision = tables.revision.c
    return sa.select(
        revision.number,
        revision.saved_at,
        revision.saved_by,
        revision.message,
        revision.draft,
        revision.changes,
    ).where(revision.target == target.name, revision.root == to_path(root))


def find_revision(
    tables: Tables, dbsession: Session, target: Target, root: Key, number: int
) -> RevisionInfo | None:
    """Return one revision; None for 0, and for one that was never saved."""
    wanted = select_revisions(tables, target, root)
    found = dbsession.execute(
        wanted.where(tables.revision.c.number == number)
    ).one_or_none()
    return None if found is None else RevisionInfo(*found)


def _open_counts(
    tables: Tables, dbsession: Session, target: Target, roots: Sequence[str]
) -> dict[str, int]:
    draft, place = tables.draft, tables.draft_object
    wanted = (
        sa.select(place.c.root, sa.func.count())
        .select_from(place.join(draft, draft.c.key == place.c.draft))
        .where(place.c.target == target.name, place.c.root.in_(roots))
        .where(draft.c.state == draft_records.OPEN)
        .group_by(place.c.root)
    )
    return {str(root): int(count) for root, count in dbsession.execute(wanted)}


def object_info(target: Target, row: Row, saved: Saves) -> ObjectInfo:
    """Return the information about one object in a list."""
    return ObjectInfo(
        key=row.key,
        label=row_label(target.root, row.values),
        revision=saved.revision,
        saved_at=saved.saved_at,
        saved_by=saved.saved_by,
        drafts=saved.drafts,
    )


def who_has_open(
    tables: Tables, dbsession: Session, target: Target, root: Key
) -> list[OpenDraft]:
    """Return the open drafts on an object: owner, opening time, number of rows."""
    found = draft_lists.open_on(dbsession, tables, target.name, root)
    counts = draft_lists.touched(dbsession, target, [one["key"] for one in found])
    return [
        OpenDraft(
            one["owner"],
            one["opened_at"],
            counts[one["key"]],
            one["key"],
            one["version"],
        )
        for one in found
    ]
