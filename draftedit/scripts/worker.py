"""draftedit worker: run the long tasks that are wanted."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from pyramid.paster import setup_logging

from draftedit import results, working
from draftedit.engine.tasks.base import Place
from draftedit.scripts.opening import Installation, ini_argument, opened
from draftedit.scripts.sweeping import Sweeper
from draftedit.settings import task_lease
from draftedit.waking import Queue, own_queue, queue_of
from draftedit.working import Workplace

LINE_EVERY = 5.0  # seconds between two lines about one run
PATIENCE = 10.0  # seconds for a task to notice that the worker is to end
LOOK = 0.2  # seconds: how soon the end of a parent is noticed


class Ended(BaseException):
    """The worker was told to end."""


@click.command()
@ini_argument
@click.option("--once", is_flag=True, help="Run what is wanted now, then end.")
@click.option(
    "--with-parent", is_flag=True, help="End when the process that started this ends."
)
def worker(ini: str, once: bool, with_parent: bool) -> None:
    """Run the long tasks that people and programs ask for.

    It ends at Ctrl-C, SIGTERM and SIGHUP, and may be killed at any moment: another
    takes up what it was at. Any number may run, on any machines.
    """
    parent = os.getppid() if with_parent else None
    with opened(ini) as installation:
        ending = threading.Event()
        at = Workplace(
            installation.drafts,
            installation.reading,
            installation.writing,
            task_lease(installation.settings),
            ending.is_set,
            _Lines(),
        )
        if once:
            _run_all(at)
        else:
            setup_logging(ini)
            _serve(installation, at, ending, lambda: parent in (None, os.getppid()))


def _run_all(at: Workplace) -> None:
    seen: set[Place] = set()
    while True:
        with at.reading() as dbsession:
            places = results.waiting(at.drafts, dbsession)
        new = [place for place in places if place not in seen]
        if not new:
            return
        seen.update(new)
        for place in new:
            while run(at, place) == working.STALE:
                continue


def run(at: Workplace, place: Place) -> str:
    """Run one task, and say how that went."""
    began = time.monotonic()
    outcome = working.work(at, place)
    if outcome != working.TAKEN:
        seconds = time.monotonic() - began
        click.echo(f"{named(place)}: {outcome} after {seconds:.1f} s")
    return outcome


def named(place: Place) -> str:
    """Name a task and its object."""
    return f"{place.task} of {place.target} {place.root}"


def _serve(
    installation: Installation,
    at: Workplace,
    ending: threading.Event,
    is_needed: Callable[[], bool],
) -> None:
    queue = queue_of(installation.settings) or own_queue()

    def serve(target: str, root: str, task: str) -> None:
        place = Place(target, root, task)
        if run(at, place) == working.STALE:
            queue.wake(target, root, task)  # behind those who wait already

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
    """Let a thread take hints out of the queue until the process is told to end."""
    signals = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    consumer = queue.huey.create_consumer(
        workers=1, periodic=False, max_delay=1.0, shutdown_timeout=PATIENCE
    )
    try:
        # Huey has handlers of its own, and would begin anew at a SIGHUP: a terminal
        # that is closed would leave a worker behind. None arrives before ours are set.
        signal.pthread_sigmask(signal.SIG_BLOCK, signals)
        consumer.start()
        for number in signals:
            signal.signal(number, _end)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, signals)
        yield
    except Ended:
        click.echo("Ending")
    finally:
        for number in signals:
            signal.signal(number, signal.SIG_IGN)
        ending.set()
        consumer.stop(graceful=True)


def _end(number: int, frame: object) -> None:
    raise Ended


class _Lines:
    """Says now and then how far a run is."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self, place: Place, done: int, total: int | None) -> None:
        if done == 0:
            self._next = time.monotonic() + LINE_EVERY
        elif time.monotonic() >= self._next:
            self._next = time.monotonic() + LINE_EVERY
            of = "" if total is None else f" of {total}"
            click.echo(f"{named(place)}: {done}{of} rows")
