"""draftedit token: manage bearer tokens for programs that call the API."""

import click
from sqlalchemy.orm import Session

from draftedit.app import accounts
from draftedit.app.models.user import UserAccount
from draftedit.cli.environment import ini_argument, opened

TIME = "%Y-%m-%d %H:%M UTC"


@click.command()
@ini_argument
@click.argument("name")
@click.option(
    "--label",
    default="made on the command line",
    show_default=True,
    help="The purpose of the token.",
)
@click.option("--list", "list_", is_flag=True, help="List the user's tokens.")
@click.option("--revoke", metavar="ID", type=int, help="Revoke the token ID.")
def token(ini: str, name: str, label: str, list_: bool, revoke: int | None) -> None:
    """Create a token for the user NAME, or list or revoke tokens.

    The token is printed as the last line, and cannot be shown again.
    """
    if list_ and revoke is not None:
        raise click.UsageError("--list and --revoke are two calls")
    with opened(ini) as installation:
        if list_:
            with installation.reading() as dbsession:
                _list(dbsession, accounts.find(dbsession, name))
            return
        with installation.writing() as dbsession:
            account = accounts.find(dbsession, name)
            if revoke is not None:
                accounts.revoke(dbsession, account, revoke)
                last = f"Token {revoke} of {account.name} is revoked."
            else:
                last = _make(dbsession, account, label)
        # Printed only after the commit.
        click.echo(last)


def _make(dbsession: Session, account: UserAccount, label: str) -> str:
    made, text = accounts.new_token(dbsession, account, label)
    click.echo(f"Token {made.id} of {account.name}; it is not shown again:", err=True)
    return text


def _list(dbsession: Session, account: UserAccount) -> None:
    for one in accounts.tokens(dbsession, account):
        revoked = f", revoked {one.revoked_at:{TIME}}" if one.revoked_at else ""
        click.echo(f"{one.id}  {one.label}, made {one.created_at:{TIME}}{revoked}")
