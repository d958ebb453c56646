"""draftedit init: create the tables and seed a database."""

from dataclasses import dataclass
from pathlib import Path

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from draftedit.app import accounts, passwords
from draftedit.app.models import migration
from draftedit.cli.environment import Installation, ini_argument, opened
from draftedit.cli.host import bundled, is_bundled
from draftedit.engine.dialects import backend_of
from draftedit.settings.table import DRAFTS


@dataclass(frozen=True)
class SampleUser:
    """A user with a published password, for development."""

    name: str
    role: str
    password: str


SAMPLE_USERS = (
    SampleUser("ann", "editor", "ann-edits-drafts"),
    SampleUser("ada", "admin", "ada-hands-them-on"),
)


@click.command()
@ini_argument
@click.option("--no-sample", is_flag=True, help="Do not create the sample object.")
def init(ini: str, no_sample: bool) -> None:
    """Create or migrate the tables, and add initial data.

    Adds a sample object and, for development, two users whose passwords are printed.
    Existing data is not changed: the command can be run again at any time. It refuses
    an ini file with the drafts of another application, because it would create the
    tables of the ready application's users there.
    """
    with opened(ini, migrated=False) as installation:
        if DRAFTS.read(installation.settings):
            raise click.ClickException(
                "draftedit.drafts names the drafts of another application: its own"
                " migrations make its tables"
            )
        _make_folder(installation.engine)
        migration.upgrade(installation.engine)
        click.echo("The database is migrated.")
        if is_bundled() and not no_sample:
            _seed(installation)
        if installation.is_production:
            _say_how_to_begin(installation)
        else:
            _add_users(installation)


def _make_folder(engine: Engine) -> None:
    path = backend_of(engine).file_of(engine.url)
    if path is not None and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)


def _seed(installation: Installation) -> None:
    with installation.writing() as dbsession:
        is_new = bundled("sample", "seed")(dbsession)
    if is_new:
        click.echo("There is a sample to look at.")


def _add_users(installation: Installation) -> None:
    with installation.writing() as dbsession:
        lines = [_add(dbsession, sample) for sample in SAMPLE_USERS]
    click.echo("Sign in as")
    for line in lines:
        click.echo(f"  {line}")


def _add(dbsession: Session, sample: SampleUser) -> str:
    user = accounts.look_up(dbsession, sample.name)
    if user is None:
        user = accounts.create(dbsession, sample.name, sample.role, sample.password)
    known = passwords.verify(user.password_hash, sample.password)
    secret = sample.password if known else "(the one it was changed to)"
    return f"{user.name}, password {secret}: {user.role}"


def _say_how_to_begin(installation: Installation) -> None:
    with installation.reading() as dbsession:
        if not accounts.all_users(dbsession):
            click.echo(
                "There are no users yet:"
                f" draftedit user {installation.ini} NAME --role admin"
            )
