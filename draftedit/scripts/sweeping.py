"""What a worker does beside its tasks: it is seen, and finds what no hint tells of."""

import logging
import time

from draftedit import results
from draftedit.waking import Queue
from draftedit.working import Workplace

log = logging.getLogger(__name__)


class Sweeper:
    """Looks every few seconds; a database or queue that is away is asked again."""

    def __init__(self, at: Workplace, queue: Queue, name: str, every: float) -> None:
        """Be seen as `name` every so many seconds."""
        self._at, self._queue, self._name = at, queue, name
        self.every = every
        self._next = time.monotonic()

    def look(self) -> None:
        """Do both, if it is time."""
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
            results.beat(self._at.drafts, dbsession, self._name)

    def sweep(self) -> None:
        """Put hints of all that is wanted into the queue, where that has none.

        So one whose hint was lost, with a crash between the commit and the queue, or
        with a worker that was killed, is taken up again; nothing is put in twice.
        """
        if not self._queue.is_empty():
            return
        with self._at.reading() as dbsession:
            waiting = results.waiting(self._at.drafts, dbsession)
        for place in waiting:
            self._queue.wake(place.target, place.root, place.task)
