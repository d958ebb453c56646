"""draftedit worker: run the long tasks that were requested."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from pyramid.paster import setup_logging

from draftedit.app.task_queue import Queue, own_queue, queue_of
from draftedit.cli.environment import Installation, ini_argument, opened
from draftedit.cli.sweeping import Sweeper
from draftedit.engine.schema.task import TaskKey
from draftedit.service import task_results, task_runner
from draftedit.service.task_runner import RunnerConfig
from draftedit.settings.table import TASK_LEASE

LINE_EVERY = 5.0  # seconds between two lines about one run
PATIENCE = 10.0  # seconds that a task has to notice that the worker is to end
LOOK = 0.2  # seconds: how soon the end of a parent is noticed


class Terminated(BaseException):
    """The worker received a signal to end."""


@click.command()
@ini_argument
@click.option("--once", is_flag=True, help="Run the tasks requested so far, then exit.")
@click.option("--with-parent", is_flag=True, help="Exit when the parent process exits.")
def worker(ini: str, once: bool, with_parent: bool) -> None:
    """Run the long tasks that users and programs request.

    A worker exits on Ctrl-C, SIGTERM and SIGHUP, and may be killed at any moment:
    another worker continues its task. Any number may run, on any machines.
    """
    parent = os.getppid() if with_parent else None
    with opened(ini) as installation:
        ending = threading.Event()
        at = RunnerConfig(
            installation.drafts,
            installation.reading,
            installation.writing,
            TASK_LEASE.read(installation.settings),
            ending.is_set,
            _Lines(),
        )
        if once:
            _run_all(at)
        else:
            setup_logging(ini)
            _serve(installation, at, ending, lambda: parent in (None, os.getppid()))


def _run_all(at: RunnerConfig) -> None:
    seen: set[TaskKey] = set()
    while True:
        with at.reading() as dbsession:
            places = task_results.waiting(at.drafts, dbsession)
        new = [place for place in places if place not in seen]
        if not new:
            return
        seen.update(new)
        for place in new:
            while run(at, place) == task_runner.STALE:
                continue


def run(at: RunnerConfig, place: TaskKey) -> str:
    """Run one task and return a line about the outcome."""
    began = time.monotonic()
    outcome = task_runner.work(at, place)
    if outcome != task_runner.TAKEN:
        seconds = time.monotonic() - began
        click.echo(f"{named(place)}: {outcome} after {seconds:.1f} s")
    return outcome


def named(place: TaskKey) -> str:
    """Return a name for a task and its object."""
    return f"{place.task} of {place.target} {place.root}"


def _serve(
    installation: Installation,
    at: RunnerConfig,
    ending: threading.Event,
    is_needed: Callable[[], bool],
) -> None:
    queue = queue_of(installation.settings) or own_queue()

    def serve(target: str, root: str, task: str) -> None:
        place = TaskKey(target, root, task)
        if run(at, place) == task_runner.STALE:
            queue.wake(target, root, task)  # behind the hints that wait already

    queue.serve(serve)
    name = f"{socket.gethostname()}:{os.getpid()}"
    sweeper = Sweeper(at, queue, name, at.seconds / 6)
    with _consuming(queue, ending):
        click.echo("Waiting for tasks (Ctrl-C ends it)")
        while is_needed():
            sweeper.look()
            time.sleep(min(LOOK, sweeper.every))


@contextmanager
def _consuming(queue: Queue, ending: threading.Event) -> Iterator[None]:
    """Consume hints from the queue in a thread until the process is to end."""
    signals = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    consumer = queue.huey.create_consumer(
        workers=1, periodic=False, max_delay=1.0, shutdown_timeout=PATIENCE
    )
    try:
        # Huey installs handlers of its own and would restart at a SIGHUP: closing the
        # terminal would leave a worker behind. No signal arrives before our handlers
        # are set.
        signal.pthread_sigmask(signal.SIG_BLOCK, signals)
        consumer.start()
        for number in signals:
            signal.signal(number, _end)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, signals)
        yield
    except Terminated:
        click.echo("Ending")
    finally:
        for number in signals:
            signal.signal(number, signal.SIG_IGN)
        ending.set()
        consumer.stop(graceful=True)


def _end(_number: int, _frame: object) -> None:
    raise Terminated


class _Lines:
    """Prints the progress of a run now and then."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self, place: TaskKey, done: int, total: int | None) -> None:
        if done == 0:
            self._next = time.monotonic() + LINE_EVERY
        elif time.monotonic() >= self._next:
            self._next = time.monotonic() + LINE_EVERY
            of = "" if total is None else f" of {total}"
            click.echo(f"{named(place)}: {done}{of} rows")
