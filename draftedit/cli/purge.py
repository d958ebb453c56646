"""draftedit purge: delete closed drafts for good; for cron."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from sqlalchemy.orm import Session

from draftedit.app import sign_in_failures
from draftedit.cli.durations import Duration
from draftedit.cli.environment import Installation, ini_argument, opened
from draftedit.engine.dialects import backend_named
from draftedit.engine.statistics import purge as engine
from draftedit.engine.statistics.purge import Transaction
from draftedit.settings.table import DRAFTS

LINE_EVERY = 1000  # drafts, if there is no terminal

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
    help="First cancel open drafts that were not edited for this long.",
)
@click.option("--dry-run", is_flag=True, help="Only print what would be done.")
def purge(
    ini: str, closed_before: timedelta, idle_before: timedelta | None, dry_run: bool
) -> None:
    """Delete drafts that were saved or cancelled some time ago.

    The drafts are first added to the statistics, which are kept. Live objects, their
    history and open drafts are not deleted. The purge can be stopped at any time and
    run again.
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
    """Leave a gap behind each transaction where others wait by looking again.

    The gap is long enough for a writer that has waited since the transaction began to
    try again within it.
    """
    backend = backend_named(dialect)
    if not backend.looks_again_after(0):
        return transaction

    @contextmanager
    def with_gap() -> Iterator[Session]:
        began = time.monotonic()
        with transaction() as dbsession:
            yield dbsession
        time.sleep(LATE * backend.looks_again_after(time.monotonic() - began))

    return with_gap


def _forget_failures(installation: Installation) -> None:
    # A host with drafts of its own has its own users.
    if not DRAFTS.read(installation.settings):
        with installation.writing() as dbsession:
            sign_in_failures.forget(dbsession)


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """Show a progress bar on a terminal, or write a line now and then to a log."""
    if sys.stdout.isatty():
        with ExitStack() as stack:
            yield _bar(stack)
    else:
        yield _lines


def _bar(stack: ExitStack) -> Progress:
    bars: list[Any] = []  # one, created when its length is known

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
