"""draftedit import: turn a listing into live rows."""

import sys
from pathlib import Path

import click

from draftedit.cli.environment import ini_argument, opened
from draftedit.cli.host import bundled, refusals


@click.command("import")
@ini_argument
@click.argument("file")
@click.option("--name", required=True, help="The name of the imported object.")
def import_(ini: str, file: str, name: str) -> None:
    """Import FILE as a new object, at revision 0.

    FILE (-: the standard input) is the output of `nft -j list ruleset`. Either all of
    it is imported, or nothing.
    """
    load, import_listing = (
        bundled("nft", "load"),
        bundled("importing", "import_listing"),
    )
    with opened(ini) as installation:
        try:
            listing = load(_read(file))
            with installation.writing() as dbsession:
                import_listing(dbsession, listing, name)
        except refusals() as error:
            raise click.ClickException(f"{file}: {error}") from error
        with installation.writing() as dbsession:
            bundled("importing", "analyze")(dbsession.connection())
    click.echo(f"{name} is imported.")
    count = sum(map(len, bundled("unreadable", "unreadable")(listing).values()))
    if count:
        click.echo(f"Of its rules, nft could not read {count} back: kept as listed.")


def _read(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except (OSError, ValueError) as error:
        raise click.ClickException(f"{file}: {error}") from error
