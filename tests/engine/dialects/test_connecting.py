"""How each database is connected to, and what it is never asked."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from draftedit.engine.dialects import ALL, backend_named

POSTGRESQL, MARIADB = backend_named("postgresql"), backend_named("mariadb")


def arguments(backend, address, *, pgbouncer=False):
    return backend.engine_options(sa.make_url(address), pgbouncer)["connect_args"]


def test_no_statement_is_prepared_behind_pgbouncer():
    address = "postgresql+psycopg://host/name"
    assert "prepare_threshold" not in arguments(POSTGRESQL, address)
    behind = arguments(POSTGRESQL, address, pgbouncer=True)
    assert behind["prepare_threshold"] is None


@pytest.mark.parametrize(
    ("query", "given"), [("", {"charset": "utf8mb4"}), ("?charset=utf8mb3", {})]
)
def test_mariadb_takes_the_character_set_of_its_address(query, given):
    found = arguments(MARIADB, f"mariadb+pymysql://host/name{query}")
    assert {name: found[name] for name in found if name == "charset"} == given


def test_an_error_without_a_code_has_none():
    error = DBAPIError("SELECT 1", {}, Exception("no code"))
    assert POSTGRESQL.codes_in(error) == frozenset()


@pytest.mark.parametrize(
    "backend",
    [one for one in ALL if one is not POSTGRESQL],
    ids=lambda one: type(one).__name__,
)
def test_a_database_without_row_level_security_hides_no_rows(backend):
    assert backend.secured_tables(None) == []
    assert not backend.hides_rows(None, 1)
    assert [*backend.row_changes(None, [1])] == []
