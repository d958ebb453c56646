"""The object for the database of the test, and tables to try it on."""

import pytest

from draftedit.engine.dialects import backend_of
from tests.engine.dialects.provoking import FIRST, HOW, metadata


@pytest.fixture(scope="session")
def database(fresh_database):
    return fresh_database(metadata)


@pytest.fixture
def here(dbengine):
    return backend_of(dbengine)


@pytest.fixture
def how(backend):
    return HOW[backend]


@pytest.fixture
def rows(connection):
    """Insert one row into each table."""
    for statement in FIRST:
        connection.exec_driver_sql(statement)
