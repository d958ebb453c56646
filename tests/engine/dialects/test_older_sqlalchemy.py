"""What SQLAlchemy 2.0 lacks is given to it."""

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects.postgresql.base import PGDialect

from draftedit.engine.dialects import older_sqlalchemy
from draftedit.engine.dialects.older_sqlalchemy import (
    options_of_tables,
    set_storage_parameters,
    take_storage_parameters,
)
from draftedit.engine.schema.tables import PREFIX, build


@pytest.fixture
def listened():
    """Return whether every table is listened to, and leave it as it was."""

    def is_listening():
        return event.contains(sa.Table, "after_create", set_storage_parameters)

    before = is_listening()
    yield is_listening
    if is_listening() and not before:
        event.remove(sa.Table, "after_create", set_storage_parameters)


def created(metadata, url):
    """Return the statements that create the tables of a metadata."""
    run = []
    engine = sa.create_mock_engine(
        url, lambda ddl, *_, **__: run.append(str(ddl.compile(dialect=engine.dialect)))
    )
    metadata.create_all(engine, checkfirst=False)
    return run


def of_drafts():
    metadata = sa.MetaData()
    build(metadata, PREFIX)
    return metadata


def test_a_table_on_postgresql_has_its_storage_parameters():
    run = created(of_drafts(), "postgresql+psycopg://")
    assert len([one for one in run if "fillfactor = 70" in one]) == 1


def test_what_lacks_the_option_takes_it_and_alters_the_table(listened):
    take_storage_parameters(())
    assert listened()

    run = created(of_drafts(), "postgresql+psycopg://")

    assert "ALTER TABLE draftedit_draft SET (fillfactor = 70)" in run


@pytest.mark.parametrize("url", ["sqlite://", "mariadb+pymysql://"])
def test_other_databases_have_no_such_parameters(listened, url):
    take_storage_parameters(())
    assert "fillfactor" not in " ".join(created(of_drafts(), url))


def test_what_has_the_option_is_left_alone(listened):
    before = listened()
    take_storage_parameters({older_sqlalchemy._OPTION})
    assert listened() == before


def test_the_options_are_those_that_a_table_takes():
    assert "tablespace" in options_of_tables()
    table = sa.Table("t", sa.MetaData(), postgresql_with={"fillfactor": "70"})
    assert table.dialect_options[PGDialect.name]["with"] == {"fillfactor": "70"}
