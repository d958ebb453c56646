"""draftedit ini: the ini files that come with the package."""

import click

from draftedit.settings import shipped_ini


@click.command()
@click.argument("name", type=click.Choice(["production", "development"]))
def ini(name: str) -> None:
    """Write a shipped ini file to the standard output, to begin with."""
    click.echo(shipped_ini(f"{name}.ini"), nl=False)
