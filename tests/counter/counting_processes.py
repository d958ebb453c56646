"""Processes that count in one SQLite file, each a given number of times."""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from draftedit.app.models import make_engine
from draftedit.web.retry import is_retryable
from tests.counter import counting

PATIENCE = 60  # seconds; nothing is expected to come near


@dataclass(frozen=True)
class Job:
    """How often one process is to count; `right`: by `Counters`, or read and write."""

    url: str
    times: int
    right: bool


@contextmanager
def pool(processes: int) -> Iterator[ProcessPoolExecutor]:
    """Start processes that can meet one another."""
    # One server has imported everything, and each process is a copy of it.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    barrier = context.Barrier(processes)
    with ProcessPoolExecutor(
        processes, context, initializer=_share, initargs=(barrier,)
    ) as pool:
        yield pool


def _share(barrier) -> None:
    global _barrier
    _barrier = barrier


def run(job: Job) -> list[int]:
    """Be one process: begin with all others, and return the numbers it was given."""
    engine = make_engine(job.url) if job.right else sa.create_engine(job.url)
    way = counting.next_and_a_ticket if job.right else counting.read_then_write
    act = counting.actor(engine, way, locked=job.right)
    if not job.right:
        # All have read before anybody writes: for the first number that is enough.
        sa.event.listen(engine, "before_cursor_execute", _Meeting())
    _barrier.wait(PATIENCE)
    numbers = [_until_done(act) for _ in range(job.times)]
    engine.dispose()
    return numbers


class _Meeting:
    def __init__(self) -> None:
        self.was = False

    def __call__(self, _connection, _cursor, statement, *_rest) -> None:
        if statement.startswith("UPDATE") and not self.was:
            self.was = True
            _barrier.wait(PATIENCE)


def _until_done(act) -> int:
    while True:
        try:
            return act()
        except OperationalError as error:
            if not is_retryable(error):
                raise
