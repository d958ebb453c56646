"""draftedit user: create or change a user."""

import sys

import click

from draftedit.app import accounts
from draftedit.app.models.user import UserAccount
from draftedit.cli.environment import ini_argument, opened
from draftedit.engine.base.errors import Unknown
from draftedit.settings.table import ROLES

NEW_ROLE = "reader"


@click.command()
@ini_argument
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), help="The role of the user.")
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line."
)
@click.option(
    "--disable/--enable",
    "disable",
    default=None,
    help="Disable the user at once, or enable them again.",
)
def user(
    ini: str, name: str, role: str | None, password_stdin: bool, disable: bool | None
) -> None:
    """Create the user NAME, or change the given properties.

    A new user is a reader unless --role is given. The password is prompted for twice on
    a terminal, and never read from the command line.
    """
    with opened(ini) as installation:
        with installation.reading() as dbsession:
            is_new = accounts.look_up(dbsession, name) is None
        if is_new and disable is not None:
            raise Unknown("user", name)
        changes_nothing = role is None and disable is None
        # No lock is held while somebody types a password.
        password = _password(password_stdin, asked=is_new or changes_nothing)
        with installation.writing() as dbsession:
            if is_new:
                account = accounts.create(
                    dbsession, name, role or NEW_ROLE, password or ""
                )
            else:
                account = accounts.find(dbsession, name)
                _change(account, role, password, disable)
            click.echo(_state(account))


def _password(from_stdin: bool, asked: bool) -> str | None:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not asked:
        return None
    if not _is_terminal():
        raise click.UsageError("no terminal to ask for a password: --password-stdin")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


def _is_terminal() -> bool:
    return sys.stdin.isatty()


def _change(
    account: UserAccount, role: str | None, password: str | None, disable: bool | None
) -> None:
    if role is not None:
        accounts.set_role(account, role)
    if password is not None:
        accounts.set_password(account, password)
    if disable is not None:
        accounts.set_disabled(account, disable)


def _state(account: UserAccount) -> str:
    state = ", disabled" if account.disabled else ""
    return f"{account.name}: {account.role}{state}"
