"""Results of long tasks: wanted, worked out by a worker, shown with their revision.

    results.want(drafts, dbsession, Order, 42, "stock", by="ada")     # in a request
    working.work(workplace, place)                                    # in a worker
    results.listing(drafts, dbsession, Order, 42)                     # on a page

Nothing of the web and of any queue is in here: whoever has a session may call it.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.drafts import Drafts
from draftedit.engine import records
from draftedit.engine.errors import Key, Unknown
from draftedit.engine.keys import to_path
from draftedit.engine.results import parse_key
from draftedit.engine.schema import Target
from draftedit.engine.tasks import stored, wanting, workers
from draftedit.engine.tasks.base import Finding, Place, Task
from draftedit.engine.tasks.wanting import ResultRecord
from draftedit.engine.view import View
from draftedit.object_records import current_revision

NONE, QUEUED, RUNNING, DONE, STALE, FAILED = STATES = (
    "none",
    "queued",
    "running",
    "done",
    "stale",
    "failed",
)


@dataclass(frozen=True)
class Result:
    """What is known of one task of an object.

    `state` is of now: none, queued, running, done, stale (done for an older revision)
    or failed. What an earlier run found stays beside: `findings` of `revision`, the
    first of `count`; `is_current`: live is at that revision. `done` of `total` (None:
    unknown) is the progress of a run; `seen_at` when any worker was last seen.
    """

    name: str
    label: str
    state: str
    live: int
    revision: int | None = None
    stored_at: datetime.datetime | None = None
    count: int = 0
    findings: Sequence[Finding] = ()
    wanted_at: datetime.datetime | None = None
    wanted_by: str | None = None
    done: int = 0
    total: int | None = None
    seen_at: datetime.datetime | None = None

    @property
    def is_current(self) -> bool:
        """Tell whether what was found is true of what is saved now."""
        return self.revision == self.live

    @property
    def is_under_way(self) -> bool:
        """Tell whether there is something to wait for."""
        return self.state in (QUEUED, RUNNING)


def want(
    drafts: Drafts,
    dbsession: Session,
    target: type[Any] | str,
    key: Any,
    task: str,
    *,
    by: str,
) -> Place:
    """Ask for a task to be run on an object, in the caller's transaction.

    Once is enough: what is wanted already stays as it is. A queue may be told of the
    place once this is committed; a worker finds it anyhow. Raises Unknown where there
    is no such target, task or object.
    """
    found = drafts.find_target(target)
    if task not in found.tasks:
        raise Unknown("task", task)
    place = Place(found.name, _living(dbsession, found, key), task)
    wanting.want(dbsession, drafts.tables, place, by)
    return place


def listing(
    drafts: Drafts, dbsession: Session, target: type[Any] | str, key: Any
) -> list[Result]:
    """Return what is known of each task of an object, in order of registration."""
    found = drafts.find_target(target)
    if not found.tasks:
        return []
    root = to_path(_key(dbsession, found, key))
    known = wanting.found(dbsession, drafts.tables, found.name, root)
    seen_at = workers.last_seen(dbsession, drafts.tables)
    live = revision(drafts, dbsession, found.name, key)
    return [
        _result(task, known.get(task.name), live, seen_at)
        for task in found.tasks.values()
    ]


def waiting(drafts: Drafts, dbsession: Session, limit: int = 100) -> list[Place]:
    """Return what is wanted and nobody is at, the oldest first."""
    return wanting.waiting(dbsession, drafts.tables, limit)


def beat(drafts: Drafts, dbsession: Session, name: str) -> None:
    """Say that the worker called `name` is there; it does so every few seconds."""
    workers.beat(dbsession, drafts.tables, name)


def revision(
    drafts: Drafts, dbsession: Session, target: type[Any] | str, key: Any
) -> int:
    """Return the revision that an object is at; 0 where it was never saved."""
    found = drafts.find_target(target)
    root = _key(dbsession, found, key)
    return current_revision(drafts.tables, dbsession, found, root)


def hold(drafts: Drafts, dbsession: Session, target: type[Any] | str, key: Any) -> int:
    """Return the revision that an object is at, and keep it there until the commit.

    For a task that writes a column of the host's own: a save of the object waits, or
    was first and is seen. Raises Unknown where there is no such object.
    """
    found = drafts.find_target(target)
    root = _living(dbsession, found, key)
    records.current_revision(dbsession, drafts.tables, found.name, root, True)
    one = drafts.tables.object.c
    locked = sa.select(one.revision).where(one.target == found.name, one.root == root)
    return int(dbsession.scalar(locked.with_for_update()) or 0)


def _living(dbsession: Session, target: Target, key: Any) -> str:
    """Return the key of an object that is there, spelled as the tables have it."""
    root = _key(dbsession, target, key)
    row = View(dbsession, target, root).find(target.name, root)
    if row is None:
        raise Unknown(target.title, to_path(root))
    return to_path(row.key)


def _key(dbsession: Session, target: Target, key: Any) -> Key:
    columns = key if isinstance(key, tuple | list) else (key,)
    return parse_key(target.root, columns, dbsession.get_bind().dialect.name)


def _result(
    task: Task,
    record: ResultRecord | None,
    live: int,
    seen_at: datetime.datetime | None,
) -> Result:
    if record is None:
        return Result(task.name, task.label, NONE, live, seen_at=seen_at)
    count, findings = stored.read(record.found)
    return Result(
        name=task.name,
        label=task.label,
        state=_state(record),
        live=record.live,
        revision=record.revision,
        stored_at=record.stored_at,
        count=count,
        findings=findings,
        wanted_at=record.wanted_at,
        wanted_by=record.wanted_by,
        done=record.done,
        total=record.total,
        seen_at=seen_at,
    )


def _state(record: ResultRecord) -> str:
    if record.wanted_at is not None:
        is_at_work = record.lease and record.free_at and record.free_at > records.now()
        return RUNNING if is_at_work else QUEUED
    if record.failed_at is not None:
        return FAILED
    if record.revision is None:
        return NONE
    return DONE if record.revision == record.live else STALE
