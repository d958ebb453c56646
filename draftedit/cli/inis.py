"""draftedit ini: print the ini files that come with the package."""

import click

from draftedit.settings import shipped_ini


@click.command()
@click.argument("name", type=click.Choice(["production", "development"]))
def ini(name: str) -> None:
    """Write a shipped ini file, to start from, to the standard output."""
    click.echo(shipped_ini(f"{name}.ini"), nl=False)
