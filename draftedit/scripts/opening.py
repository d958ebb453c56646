"""What each command opens: the ini file, the database it names, a unit of work."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from pyramid.paster import get_appsettings
from pyramid.settings import asbool
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from draftedit.models import WRITES, get_engine, migration
from draftedit.scripts.host import drafts_of
from draftedit.settings import BadSettings, Settings

# The first argument of every command but `ini`.
ini_argument = click.argument("ini", metavar="INI")


@dataclass(frozen=True)
class Installation:
    """An ini file and its database."""

    ini: str
    settings: Settings
    engine: Engine

    @property
    def is_production(self) -> bool:
        """Tell whether others than its developer use it."""
        return asbool(self.settings.get("draftedit.production"))

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open one unit of work: all of it is stored at the end, or nothing."""
        engine = self.engine.execution_options(**{WRITES: True})
        with sessionmaker(engine).begin() as dbsession:
            yield dbsession

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that stores nothing."""
        with Session(self.engine) as dbsession:
            yield dbsession

    @property
    def drafts(self) -> Any:
        """The drafts of the application."""
        return drafts_of(self.settings)


@contextmanager
def opened(ini: str, migrated: bool = True) -> Iterator[Installation]:
    """Open what the ini file describes; `migrated`: refuse tables of another time."""
    settings = settings_of(ini)
    engine = get_engine(settings)
    try:
        # A host of other drafts migrates its database by itself.
        if migrated and not settings.get("draftedit.drafts"):
            _check_migrated(engine, ini)
        yield Installation(ini, settings, engine)
    finally:
        engine.dispose()


def settings_of(ini: str) -> dict[str, Any]:
    """Read the ini file's application."""
    path = ini.partition("#")[0]
    if not Path(path).is_file():
        raise BadSettings(f"there is no ini file {path}")
    try:
        return dict(get_appsettings(ini))
    except Exception as error:  # because each fault of a file raises its own kind
        raise BadSettings(f"{path}: {' '.join(str(error).split())}") from error


def _check_migrated(engine: Engine, ini: str) -> None:
    with engine.connect() as connection:
        if not migration.is_current(connection):
            raise click.ClickException(
                f"the database is not migrated: run draftedit init {ini}"
            )
