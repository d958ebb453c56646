"""How Alembic reaches our database, whoever calls it.

`draftedit.app.models.migration` hands over a connection; the command
`alembic -c development.ini …` does not, and gets one from the ini file's settings.
"""

from alembic import context
from pyramid.paster import setup_logging
from sqlalchemy import Connection

import draftedit.app.models.user  # noqa: F401 — for its tables, which join Base's
from draftedit.app.models import get_engine
from draftedit.app.models.meta import Base
from draftedit.cli.environment import settings_of
from draftedit.firewall import drafts
from draftedit.migrating import check_references, foreign_keys_off

target_metadata = [Base.metadata, drafts.metadata]


def migrate(connection: Connection) -> None:
    """Run the scripts that the command asks for."""
    sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=target_metadata,
        # SQLite changes a table by making a new one.
        render_as_batch=True,
        # Ours is a SQLite whose transactions begin where they should.
        transactional_ddl=True if sqlite else None,
    )
    with foreign_keys_off(connection), context.begin_transaction():
        context.run_migrations()
        check_references(connection)


def main() -> None:
    """Migrate on the connection handed over, or on one of our own."""
    connection = context.config.attributes.get("connection")
    if connection is not None:
        migrate(connection)
        return
    ini = context.config.config_file_name
    setup_logging(ini)
    engine = get_engine(settings_of(ini))
    with engine.connect() as own:
        migrate(own)
    engine.dispose()


main()
