"""Run one task in a worker: store its result, or discard a stale one."""

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from draftedit.engine.schema.task import TaskKey
from draftedit.engine.tasks import lease as leases
from draftedit.engine.tasks import stored_findings
from draftedit.engine.tasks.lease import Lease
from draftedit.engine.tasks.revision_reader import RevisionReader
from draftedit.service.drafts import Drafts

log = logging.getLogger(__name__)

LEASE = 30.0  # seconds; a run that reports nothing for so long is considered dead
REPORT_EVERY = 1.0  # seconds between two reports of progress to the database

KEPT, STALE, TAKEN, GONE, FAILED, STOPPED = (
    "kept",
    "stale",
    "taken",
    "gone",
    "failed",
    "stopped",
)

Transaction = Callable[[], AbstractContextManager[Session]]
Progress = Callable[[TaskKey, int, int | None], None]


class Pointless(Exception):
    """The run must stop; `outcome` says why."""

    def __init__(self, outcome: str) -> None:
        """Keep the outcome of the run."""
        super().__init__(outcome)
        self.outcome = outcome


@dataclass(frozen=True)
class RunnerConfig:
    """Configuration of a worker.

    `reading` opens a session for reading, `writing` one that commits at its end: each
    is held for one small statement or page, never while a task works. `seconds`: the
    length of a lease. `is_stopping` is called at each progress report of a task.
    """

    drafts: Drafts
    reading: Transaction
    writing: Transaction
    seconds: float = LEASE
    is_stopping: Callable[[], bool] = field(default=lambda: False)
    progress: Progress = field(default=lambda place, done, total: None)


def work(at: RunnerConfig, place: TaskKey) -> str:
    """Run one task if it is queued and not leased, and return the outcome.

    kept: stored for the revision that was read, which is still the object's. stale: it
    was saved during the run; nothing is stored, and the task stays queued. taken: not
    queued, or another run has it. gone: the object is deleted. failed: the task raised;
    it is tried again after a while, three times in all. stopped: `is_stopping`.
    """
    target = at.drafts.targets.get(place.target)
    task = target.tasks.get(place.task) if target else None
    if target is None or task is None:
        return TAKEN  # of an application with other tasks, on the same database
    with at.writing() as dbsession:
        lease = leases.claim(dbsession, at.drafts.tables, place, at.seconds)
    if lease is None:
        return TAKEN
    run = _Run(at, lease)
    reader = RevisionReader(at.reading, target, place.root, lease.revision, run.report)
    try:
        if not reader.exists():
            return run.end(GONE)
        found = stored_findings.write(task.run(reader))
    except Pointless as reason:
        return run.end(reason.outcome)
    except Exception:  # because a host's task may raise anything
        log.exception("%s of %s %s failed", place.task, place.target, place.root)
        return run.end(FAILED)
    return run.keep(found)


class _Run:
    """Reports of one run to the database."""

    def __init__(self, at: RunnerConfig, lease: Lease) -> None:
        self._at, self._lease = at, lease
        self._tables = at.drafts.tables
        self._next = time.monotonic()

    def report(self, done: int, total: int | None) -> None:
        """Renew the lease, now and then; raise Pointless if the run must stop."""
        if self._at.is_stopping():
            raise Pointless(STOPPED)
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + min(REPORT_EVERY, self._at.seconds / 4)
        self._at.progress(self._lease.place, done, total)
        with self._at.writing() as dbsession:
            where = (dbsession, self._tables, self._lease)
            if not leases.renew(*where, self._at.seconds, done, total):
                raise Pointless(TAKEN)
            if leases.is_outdated(*where):
                raise Pointless(STALE)

    def keep(self, found: str) -> str:
        """Store the findings, or discard them."""
        with self._at.writing() as dbsession:
            if leases.keep(dbsession, self._tables, self._lease, found):
                return KEPT
        return self.end(STALE)

    def end(self, outcome: str) -> str:
        """Release the lease without a result; do nothing if the lease was lost."""
        with self._at.writing() as dbsession:
            where = (dbsession, self._tables, self._lease)
            if outcome == GONE:
                is_mine = leases.drop(*where)
            elif outcome == FAILED:
                is_mine = leases.fail(*where, self._at.seconds)
            else:
                is_mine = leases.release(*where)
        return outcome if is_mine else TAKEN
