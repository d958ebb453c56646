"""Open what a command needs: the ini file, its database, a unit of work."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from pyramid.paster import get_appsettings
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from draftedit.app.models import WRITES, get_engine, migration
from draftedit.cli.host import drafts_of
from draftedit.settings import BadSettings, Settings, refuse_bad
from draftedit.settings.table import DRAFTS, OF_SQLALCHEMY, OURS, PRODUCTION

# The first argument of every command except `ini`.
ini_argument = click.argument("ini", metavar="INI")


@dataclass(frozen=True)
class Installation:
    """An ini file and its database."""

    ini: str
    settings: Settings
    engine: Engine

    @property
    def is_production(self) -> bool:
        """Return whether this is a production installation."""
        return PRODUCTION.read(self.settings)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open one unit of work: everything is committed at the end, or nothing."""
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
    """Open what the ini file describes; `migrated`: refuse outdated tables."""
    settings = settings_of(ini)
    engine = get_engine(settings)
    try:
        # A host with drafts of its own migrates its database itself.
        if migrated and not DRAFTS.read(settings):
            _check_migrated(engine, ini)
        yield Installation(ini, settings, engine)
    finally:
        engine.dispose()


def settings_of(ini: str) -> dict[str, Any]:
    """Read the ini file's application section; raise BadSettings if it is wrong."""
    path = ini.partition("#")[0]
    if not Path(path).is_file():
        raise BadSettings(f"there is no ini file {path}")
    try:
        settings = get_appsettings(ini)
    except Exception as error:  # because each fault of a file raises its own kind
        raise BadSettings(f"{path}: {' '.join(str(error).split())}") from error
    # Another application may pass arguments to SQLAlchemy that we do not know.
    prefixes = (OURS,) if DRAFTS.read(settings) else (OURS, OF_SQLALCHEMY)
    refuse_bad(settings, prefixes=prefixes, ignored=settings.global_conf)
    return dict(settings)


def _check_migrated(engine: Engine, ini: str) -> None:
    with engine.connect() as connection:
        if not migration.is_current(connection):
            raise click.ClickException(
                f"the database is not migrated: run draftedit init {ini}, or, for an"
                " application with drafts of its own, set draftedit.drafts in it to"
                " their dotted name"
            )
