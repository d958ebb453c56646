"""draftedit stats: print the daily figures of the drafts."""

from datetime import datetime

import click

from draftedit.cli.environment import ini_argument, opened
from draftedit.service import stats_tables

NUMBERS = {*stats_tables.NUMBERS, "count"}


@click.command()
@ini_argument
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
@click.option(
    "--details",
    is_flag=True,
    help="Print durations, steps by kind, and the last steps before cancelling.",
)
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), help="The first day (UTC) printed."
)
def stats(ini: str, as_csv: bool, details: bool, since: datetime | None) -> None:
    """Print the numbers of the statistics page.

    They are grouped by day and include purged drafts.
    """
    first = since and since.date()
    with opened(ini) as installation, installation.reading() as dbsession:
        days = installation.drafts.statistics(dbsession, first)
    rows = stats_tables.in_detail(days) if details else stats_tables.by_day(days)
    if as_csv:
        click.echo(stats_tables.csv_text(rows), nl=False)
        return
    for row in aligned(rows):
        click.echo(row)


def aligned(rows: list[list[str]]) -> list[str]:
    """Return the rows as lines with aligned columns, numbers to the right."""
    head = rows[0]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if name in NUMBERS else cell.ljust(width)
            for name, cell, width in zip(head, row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]
