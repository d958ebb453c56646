"""Request long tasks and read their results, each with the revision it is about.

    results.want(drafts, dbsession, Order, 42, "stock", by="ada")     # in a request
    task_runner.work(config, place)                                    # in a worker
    results.listing(drafts, dbsession, Order, 42)                     # on a page

Independent of web and queue: any code with a session may call it.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.base.errors import Key, Unknown
from draftedit.engine.base.keys import to_path
from draftedit.engine.reading.binds import parse_key
from draftedit.engine.reading.view import View
from draftedit.engine.schema.model import Target
from draftedit.engine.schema.task import Finding, Task, TaskKey
from draftedit.engine.store import draft_records
from draftedit.engine.tasks import result_requests, stored_findings, workers
from draftedit.engine.tasks.result_requests import ResultRecord
from draftedit.service.drafts import Drafts
from draftedit.service.object_info import current_revision
from draftedit.service.unit_of_work import verb

NONE, QUEUED, RUNNING, DONE, STALE, FAILED = STATES = (
    "none",
    "queued",
    "running",
    "done",
    "stale",
    "failed",
)


@dataclass(frozen=True)
class TaskResult:
    """The result of one task of an object.

    `state` is the present one: none, queued, running, done, stale (done for an older
    revision) or failed. The result of an earlier run is kept beside it: `findings` of
    `revision`, the first of `count`; `is_current`: live is at that revision. `done` of
    `total` (None: unknown) is the progress of a run; `seen_at` when any worker was last
    seen.
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
        """Return whether the findings are about the saved state."""
        return self.revision == self.live

    @property
    def is_under_way(self) -> bool:
        """Return whether a run is queued or running."""
        return self.state in (QUEUED, RUNNING)


@verb
def want(
    drafts: Drafts,
    dbsession: Session,
    target: type[Any] | str,
    key: Any,
    task: str,
    *,
    by: str,
) -> TaskKey:
    """Request a run of a task on an object, in the caller's transaction.

    Requesting it again changes nothing. The caller may put the key into a queue after
    the commit; a worker finds it anyhow. Raises Unknown if there is no such target,
    task or object.
    """
    found = drafts.find_target(target)
    if task not in found.tasks:
        raise Unknown("task", task)
    place = TaskKey(found.name, _living(dbsession, found, key), task)
    result_requests.want(dbsession, drafts.tables, place, by)
    return place


def listing(
    drafts: Drafts, dbsession: Session, target: type[Any] | str, key: Any
) -> list[TaskResult]:
    """Return the result of each task of an object, in order of registration."""
    found = drafts.find_target(target)
    if not found.tasks:
        return []
    root = to_path(_key(dbsession, found, key))
    known = result_requests.found(dbsession, drafts.tables, found.name, root)
    seen_at = workers.last_seen(dbsession, drafts.tables)
    live = revision(drafts, dbsession, found.name, key)
    return [
        _result(task, known.get(task.name), live, seen_at)
        for task in found.tasks.values()
    ]


def waiting(drafts: Drafts, dbsession: Session, limit: int = 100) -> list[TaskKey]:
    """Return the tasks that are queued and not leased, the oldest first."""
    return result_requests.waiting(dbsession, drafts.tables, limit)


@verb
def beat(drafts: Drafts, dbsession: Session, name: str) -> None:
    """Record a heartbeat of the worker `name`; called every few seconds."""
    workers.beat(dbsession, drafts.tables, name)


def revision(
    drafts: Drafts, dbsession: Session, target: type[Any] | str, key: Any
) -> int:
    """Return the revision of an object; 0 if it was never saved."""
    found = drafts.find_target(target)
    root = _key(dbsession, found, key)
    return current_revision(drafts.tables, dbsession, found, root)


@verb
def hold(drafts: Drafts, dbsession: Session, target: type[Any] | str, key: Any) -> int:
    """Return the revision of an object, and lock it until the commit.

    For a task that writes a column of the host's own: a save of the object waits, or
    came first and is seen. Raises Unknown if there is no such object.
    """
    found = drafts.find_target(target)
    root = _living(dbsession, found, key)
    draft_records.current_revision(dbsession, drafts.tables, found.name, root, True)
    one = drafts.tables.object.c
    locked = sa.select(one.revision).where(one.target == found.name, one.root == root)
    return int(dbsession.scalar(locked.with_for_update()) or 0)


def _living(dbsession: Session, target: Target, key: Any) -> str:
    """Return the key of an existing object, serialised as the tables have it."""
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
) -> TaskResult:
    if record is None:
        return TaskResult(task.name, task.label, NONE, live, seen_at=seen_at)
    count, findings = stored_findings.read(record.found)
    return TaskResult(
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
        is_at_work = (
            record.lease and record.free_at and record.free_at > draft_records.now()
        )
        return RUNNING if is_at_work else QUEUED
    if record.failed_at is not None:
        return FAILED
    if record.revision is None:
        return NONE
    return DONE if record.revision == record.live else STALE
