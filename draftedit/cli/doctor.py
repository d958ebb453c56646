"""draftedit doctor: check that the database is what the application needs."""

import click

from draftedit.app.models import WRITES
from draftedit.cli.environment import ini_argument, opened
from draftedit.service.doctor import OWN, PartReport


@click.command()
@ini_argument
@click.pass_context
def doctor(context: click.Context, ini: str) -> None:
    """Compare the tables with the models, and try each editing action.

    Prints a line for each part of an object, with its faults and what they mean. The
    exit status is 1 if there are any. Everything is rolled back; only keys that the
    database counts may have gone up.
    """
    with opened(ini) as installation:
        engine = installation.engine.execution_options(**{WRITES: True})
        report = installation.drafts.probe(engine)
    for part in report.parts:
        click.echo(line(part))
    if not report.is_healthy:
        context.exit(1)


def line(report: PartReport) -> str:
    """Return the result for one part as one line."""
    names = dict.fromkeys((report.target, report.part))
    where = "its own tables" if report.target == OWN else " / ".join(names)
    notes = [one.meaning for one in report.notes]
    if report.is_healthy:
        suffix = f" (note: {'; '.join(notes)})" if notes else ""
        return f"fine   {where}{suffix}"
    return f"WRONG  {where}: {'; '.join(one.meaning for one in report.faults)}"
