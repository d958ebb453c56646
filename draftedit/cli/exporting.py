"""draftedit export: write live rows as a listing."""

import json

import click

from draftedit.cli.host import bundled, refusals
from draftedit.cli.opening import ini_argument, opened


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
