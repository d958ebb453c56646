"""First and last: lock and increment the object's record, insert the revision's."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from draftedit.engine.base.errors import Key, SaveRace
from draftedit.engine.base.keys import to_path
from draftedit.engine.schema.tables import Tables
from draftedit.engine.store import draft_records
from draftedit.engine.store.draft_records import DraftRecord


@dataclass
class Revision:
    """The revision that is being made: its number, its object, its time.

    `root` is the object's key in the form of paths. A new object gets its number and
    its key only when its root is inserted: see `adopt`.
    """

    target: str
    root: str
    number: int
    is_recorded: bool
    is_first: bool
    at: datetime.datetime = field(default_factory=draft_records.now)


def lock(dbsession: Session, tables: Tables, record: DraftRecord) -> bool:
    """Lock the object's record; return whether there is one. Raises SaveRace."""
    current = locked(dbsession, tables, record.target, record.root)
    if (current or 0) != record.base:
        raise SaveRace(record.base)
    return current is not None


def locked(dbsession: Session, tables: Tables, target: str, root: str) -> int | None:
    """Lock an object's record, if there is one, and return its revision.

    In a statement of its own, which reads the state after the wait: a subselect in the
    locking statement might see that from before it.
    """
    one = tables.object.c
    wanted = sa.select(one.revision).where(one.target == target, one.root == root)
    return dbsession.scalar(wanted.with_for_update())


def count_up(dbsession: Session, tables: Tables, record: DraftRecord) -> None:
    """Increment the revision: decides the race before a row of the host is written.

    The condition holds even if a lock can be lost, as in a Galera cluster; then it
    raises SaveRace.
    """
    one = tables.object.c
    counted = dbsession.connection().execute(
        sa.update(tables.object)
        .where(one.target == record.target, one.root == record.root)
        .where(one.revision == record.base)
        .values(revision=record.base + 1)
    )
    if counted.rowcount != 1:
        raise SaveRace(record.base)


def adopt(dbsession: Session, tables: Tables, revision: Revision, root: Key) -> None:
    """Record a new object under its real key.

    Databases reuse the keys of deleted rows: if an object of this key existed before,
    its numbers go on, so that its history stays apart. Raises SaveRace if that one is
    being recorded at the same time.
    """
    revision.root = to_path(root)
    seen = locked(dbsession, tables, revision.target, revision.root)
    place = {"target": revision.target, "root": revision.root}
    if seen is None:
        record = {**place, "revision": revision.number}
        with _racing(revision.number - 1):
            dbsession.execute(sa.insert(tables.object), record)
    else:
        revision.number = seen + 1
        revision.is_first = False
        one = tables.object.c
        known = (one.target == revision.target, one.root == revision.root)
        statement = sa.update(tables.object).where(*known)
        dbsession.execute(statement.values(revision=revision.number))
    revision.is_recorded = True


def record_revision(
    dbsession: Session,
    tables: Tables,
    record: DraftRecord,
    revision: Revision,
    changes: int,
    message: str | None,
) -> None:
    """Record the revision; its primary key forbids a second one of this number.

    Raises SaveRace if there is one.
    """
    values = {
        "target": revision.target,
        "root": revision.root,
        "number": revision.number,
        "saved_at": revision.at,
        "saved_by": record.owner,
        "message": message,
        "draft": record.key,
        "changes": changes,
    }
    with _racing(revision.number - 1):
        dbsession.execute(sa.insert(tables.revision), values)


@contextmanager
def _racing(base: int) -> Iterator[None]:
    """Raise SaveRace if the record exists already, because another save was quicker."""
    try:
        yield
    except IntegrityError as error:
        raise SaveRace(base) from error
