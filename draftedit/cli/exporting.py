"""draftedit export: write live rows as a listing."""

import json

import click

from draftedit.cli.environment import ini_argument, opened
from draftedit.cli.host import bundled, refusals


@click.command()
@ini_argument
@click.argument("name")
def export(ini: str, name: str) -> None:
    """Write the saved object NAME to the standard output.

    The format is the JSON that `draftedit import` reads and `nft -j -f` loads.
    """
    with opened(ini) as installation, installation.reading() as dbsession:
        try:
            listing = bundled("exporting", "export_ruleset")(dbsession, name)
        except refusals() as error:
            raise click.ClickException(str(error)) from error
    click.echo(json.dumps(listing, indent=1))
