"""Periodic work of a worker: its heartbeat, and a sweep for tasks without a hint."""

import logging
import time

from draftedit.app.task_queue import Queue
from draftedit.service import task_results
from draftedit.service.task_runner import RunnerConfig

log = logging.getLogger(__name__)


class Sweeper:
    """Runs the heartbeat and the sweep every few seconds, and survives outages."""

    def __init__(self, at: RunnerConfig, queue: Queue, name: str, every: float) -> None:
        """Report as worker `name` every `every` seconds."""
        self._at, self._queue, self._name = at, queue, name
        self.every = every
        self._next = time.monotonic()

    def look(self) -> None:
        """Run the heartbeat and the sweep, if it is time."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + self.every
        try:
            self._beat()
            self.sweep()
        except Exception:  # because a worker outlives the restart of a server
            log.exception("the worker could not look for what is wanted")

    def _beat(self) -> None:
        with self._at.writing() as dbsession:
            task_results.beat(self._at.drafts, dbsession, self._name)

    def sweep(self) -> None:
        """Put a hint for every wanted result into the queue, if the queue is empty.

        So a task whose hint was lost, by a crash between the commit and the queue or by
        a killed worker, is picked up again; no hint is put in twice.
        """
        if not self._queue.is_empty():
            return
        with self._at.reading() as dbsession:
            waiting = task_results.waiting(self._at.drafts, dbsession)
        for place in waiting:
            self._queue.wake(place.target, place.root, place.task)
