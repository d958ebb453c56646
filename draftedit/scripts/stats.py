"""draftedit stats: what became of the drafts, day by day."""

import click

from draftedit.scripts.opening import ini_argument, opened

COLUMNS = (
    "day",
    "target",
    "opened",
    "saved",
    "cancelled",
    "abandoned",
    "operations",
    "undos",
    "seconds_open",
)


@click.command()
@ini_argument
def stats(ini: str) -> None:
    """Print the figures of the statistics page.

    Day by day, purged drafts among them.
    """
    with opened(ini) as installation, installation.reading() as dbsession:
        days = installation.drafts.statistics(dbsession)
        rows = [[str(getattr(day, name)) for name in COLUMNS] for day in days]
    for row in aligned([list(COLUMNS), *rows]):
        click.echo(row)


def aligned(rows: list[list[str]]) -> list[str]:
    """Return the rows as lines with columns below each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if place < 2 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
