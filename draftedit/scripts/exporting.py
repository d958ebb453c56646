"""draftedit export: live rows become a listing again."""

import json

import click

from draftedit.scripts.host import bundled, refusals
from draftedit.scripts.opening import ini_argument, opened


@click.command()
@ini_argument
@click.argument("name")
def export(ini: str, name: str) -> None:
    """Write the object NAME, as it is saved.

    To the standard output, in the language that `draftedit import` reads and
    `nft -j -f` loads.
    """
    with opened(ini) as installation, installation.reading() as dbsession:
        try:
            listing = bundled("exporting", "export_ruleset")(dbsession, name)
        except refusals() as error:
            raise click.ClickException(str(error)) from error
    click.echo(json.dumps(listing, indent=1))
