"""A database of a test's own, which it may spoil."""

import pytest
import sqlalchemy as sa

from tests.databases import create_tables, new_database
from tests.service.doctor import menu


@pytest.fixture
def engine(servers, backend):
    """Return a database with the tables of the menu, and one object."""
    with new_database(servers, backend) as database:
        create_tables(database.engine, menu.Base.metadata, menu.drafts.metadata)
        menu.fill(database.engine)
        yield database.engine


@pytest.fixture
def spoil(engine):
    """Return `spoil(*statements)`, which changes the tables for good."""

    def spoil(*statements):
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(sa.text(statement))

    return spoil


@pytest.fixture
def faults(engine):
    """Return `faults()`: what the doctor says is wrong, by part."""

    def faults():
        report = menu.drafts.probe(engine)
        return [(one.part, one.meaning) for one in report.faults]

    return faults
