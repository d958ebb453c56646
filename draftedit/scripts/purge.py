"""draftedit purge: delete closed drafts for good; for cron."""

import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from sqlalchemy.orm import Session

from draftedit import sign_in_failures
from draftedit.engine import purge as engine
from draftedit.engine.purge import Transaction
from draftedit.scripts.durations import Duration
from draftedit.scripts.opening import Installation, ini_argument, opened

LINE_EVERY = 1000  # drafts, where there is no terminal

# Who waits for SQLite's one writer is told nothing, but sleeps and looks again. While
# it has waited for less than so many seconds, it sleeps for so many at most:
# `sqliteDefaultBusyCallback` in https://www.sqlite.org/src/file?name=src/main.c
SLEEPS = ((0.128, 0.025), (0.228, 0.05), (math.inf, 0.1))
LATE = 1.2  # a sleep may last that much longer than was wished

Progress = Callable[[int, int], None]


@click.command()
@ini_argument
@click.option(
    "--closed-before",
    type=Duration(),
    required=True,
    help="Delete drafts closed longer ago than this: 30d, 12h.",
)
@click.option(
    "--idle-before",
    type=Duration(),
    help="First cancel open drafts that nobody touched for this long.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
def purge(
    ini: str, closed_before: timedelta, idle_before: timedelta | None, dry_run: bool
) -> None:
    """Delete drafts that were saved or cancelled a while ago.

    What is deleted is counted first: the statistics stay. Live objects, their history
    and open drafts are not touched. It can be stopped at any time and run again.
    """
    now = datetime.now(UTC)
    with opened(ini) as installation:
        drafts = installation.drafts
        with shown_progress() as progress:
            purged = engine.purge(
                with_gaps(installation.writing, installation.engine.dialect.name),
                drafts.tables,
                drafts.targets,
                closed_before=now - closed_before,
                idle_before=None if idle_before is None else now - idle_before,
                dry_run=dry_run,
                progress=progress,
            )
        would = "would be " if dry_run else ""
        click.echo(f"{purged.abandoned} idle drafts {would}cancelled")
        click.echo(f"{purged.deleted} closed drafts {would}deleted")
        if not dry_run:
            _forget_failures(installation)


def with_gaps(transaction: Transaction, dialect: str) -> Transaction:
    """Leave a gap behind each transaction on SQLite, for others to write in.

    So long that one who waits since the transaction began looks again within it.
    """
    if dialect != "sqlite":
        return transaction

    @contextmanager
    def with_gap() -> Iterator[Session]:
        began = time.monotonic()
        with transaction() as dbsession:
            yield dbsession
        time.sleep(gap_after(time.monotonic() - began))

    return with_gap


def gap_after(seconds: float) -> float:
    """Return how long the gap is behind a transaction that took so long, in seconds."""
    return LATE * next(sleep for waited, sleep in SLEEPS if seconds < waited)


def _forget_failures(installation: Installation) -> None:
    # A host of other drafts has users of its own.
    if not installation.settings.get("draftedit.drafts"):
        with installation.writing() as dbsession:
            sign_in_failures.forget(dbsession)


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """Show a bar on a terminal and a line now and then to a log."""
    if sys.stdout.isatty():
        with ExitStack() as stack:
            yield _bar(stack)
    else:
        yield _lines


def _bar(stack: ExitStack) -> Progress:
    bars: list[Any] = []  # one, once it is known how long it is

    def progress(done: int, total: int) -> None:
        if not bars and total:
            bar = click.progressbar(length=total, label="Deleting", show_pos=True)
            bars.append(stack.enter_context(bar))
        for bar in bars:
            bar.update(done - bar.pos)

    return progress


def _lines(done: int, total: int) -> None:
    if done and done % LINE_EVERY == 0:
        click.echo(f"{done} of {total} drafts deleted")
