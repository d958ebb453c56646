"""draftedit stats: what became of the drafts, day by day."""

from datetime import datetime

import click

from draftedit import figures
from draftedit.scripts.opening import ini_argument, opened

NUMBERS = {*figures.NUMBERS, "count"}


@click.command()
@ini_argument
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, for a spreadsheet.")
@click.option(
    "--details",
    is_flag=True,
    help="How long, how many steps, of which kind, and where drafts were given up.",
)
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), help="The first day (UTC) printed."
)
def stats(ini: str, as_csv: bool, details: bool, since: datetime | None) -> None:
    """Print the figures of the statistics page.

    Day by day, purged drafts among them.
    """
    first = since and since.date()
    with opened(ini) as installation, installation.reading() as dbsession:
        days = installation.drafts.statistics(dbsession, first)
    rows = figures.in_detail(days) if details else figures.by_day(days)
    if as_csv:
        click.echo(figures.csv_text(rows), nl=False)
        return
    for row in aligned(rows):
        click.echo(row)


def aligned(rows: list[list[str]]) -> list[str]:
    """Return the rows as lines with columns below each other, numbers to the right."""
    head = rows[0]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if name in NUMBERS else cell.ljust(width)
            for name, cell, width in zip(head, row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]
