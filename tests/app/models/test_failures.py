"""Errors that the databases really raise are classified rightly."""

import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from draftedit.app.models import make_engine
from draftedit.engine.schema import tables
from draftedit.testing.race import one_order
from draftedit.web.retry import is_away, is_not_migrated, is_retryable

METADATA = sa.MetaData()
NOTES = sa.Table(
    "notes",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("text", sa.String(10), nullable=False, server_default=""),
)
REQUEST = tables.build(METADATA, tables.PREFIX).request
ANSWERED = {
    "owner": "ada",
    "key": "a key",
    "digest": "",
    "status": 200,
    "answer": "",
    "at": datetime.datetime.now(datetime.UTC),
}


@pytest.fixture
def engine(empty_database):
    METADATA.create_all(empty_database.engine)
    with empty_database.engine.begin() as connection:
        connection.execute(NOTES.insert(), [{"id": 1}, {"id": 2}])
    return empty_database.engine


def lock(connection, key):
    """Lock a row, or on SQLite the database, without waiting."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")
        connection.execute(NOTES.update().values(text="locked"))
        return
    row = sa.select(NOTES).where(NOTES.c.id == key)
    connection.execute(row.with_for_update(nowait=True))


def test_a_row_that_another_has_locked_is_retryable(engine):
    with engine.connect() as one, engine.connect() as other:
        lock(one, 1)
        with pytest.raises(DBAPIError) as raised:
            lock(other, 1)
    assert is_retryable(raised.value)
    assert not is_away(raised.value)
    assert not is_not_migrated(raised.value)


@pytest.mark.only_on("postgresql", "mariadb")
def test_a_deadlock_is_retryable(engine):
    def taker(*keys):
        def take():
            with engine.connect() as connection:
                change = NOTES.update().values(text="mine")
                for key in keys:
                    connection.execute(change.where(NOTES.c.id == key))

        return take

    # Each holds one row, and wants the other's.
    run = one_order(engine, [taker(1, 2), taker(2, 1)], "ABAB", at="UPDATE notes")
    assert [is_retryable(error) for error in run.raised] == [True]


@pytest.mark.only_on("postgresql")
def test_two_transactions_that_cannot_be_put_in_order_are_retryable(engine):
    strict = engine.execution_options(isolation_level="SERIALIZABLE")
    with strict.connect() as one, strict.connect() as other:
        for connection, key in ((one, 1), (other, 2)):
            connection.execute(sa.select(NOTES)).all()
            change = NOTES.update().where(NOTES.c.id == key)
            connection.execute(change.values(text="seen"))
        other.commit()
        with pytest.raises(DBAPIError) as raised:
            one.commit()
    assert is_retryable(raised.value)


@pytest.mark.parametrize(
    ("table", "values", "retryable"),
    [(REQUEST, ANSWERED, True), (NOTES, {"id": 3}, False)],
    ids=["request", "notes"],
)
def test_a_key_that_exists_is_retryable_in_the_table_of_requests_only(
    engine, table, values, retryable
):
    with engine.connect() as connection:
        connection.execute(sa.insert(table), values)
        with pytest.raises(IntegrityError) as raised:
            connection.execute(sa.insert(table), values)
    assert is_retryable(raised.value) is retryable


def test_a_broken_rule_other_than_a_key_is_not_retryable(engine):
    with engine.connect() as connection, pytest.raises(DBAPIError) as raised:
        connection.execute(sa.insert(REQUEST), ANSWERED | {"answer": None})
    assert not is_retryable(raised.value)


def test_a_table_or_column_that_is_not_there_is_told(engine):
    for question in ("SELECT 1 FROM nowhere", "SELECT colour FROM notes"):
        with engine.connect() as connection, pytest.raises(DBAPIError) as raised:
            connection.execute(sa.text(question))
        assert is_not_migrated(raised.value)
        assert not is_retryable(raised.value)
        assert not is_away(raised.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://nobody@127.0.0.1:1/none",
        "mariadb+pymysql://nobody@127.0.0.1:1/none",
        "sqlite:////nowhere/at/all.sqlite",
    ],
)
def test_a_database_that_is_not_there_is_away(url):
    with pytest.raises(DBAPIError) as raised:
        make_engine(url).connect()
    assert is_away(raised.value)
    assert not is_retryable(raised.value)
    assert not is_not_migrated(raised.value)


@pytest.mark.only_on("postgresql", "mariadb")
def test_a_connection_that_was_cut_is_away(engine):
    cut = {
        "postgresql": "SELECT pg_terminate_backend(pg_backend_pid())",
        "mysql": "KILL CONNECTION_ID()",
        "mariadb": "KILL CONNECTION_ID()",
    }[engine.dialect.name]
    with engine.connect() as connection, pytest.raises(DBAPIError) as raised:
        connection.exec_driver_sql(cut)
    assert is_away(raised.value)


def test_a_pool_without_a_free_connection_is_away(tmp_path):
    url = f"sqlite:///{tmp_path}/one.sqlite"
    engine = make_engine(url, pool_size=1, max_overflow=0, pool_timeout=0)
    with engine.connect(), pytest.raises(sa.exc.TimeoutError) as raised:
        engine.connect()
    assert is_away(raised.value)


def test_what_is_no_failure_of_a_database_is_none_of_these():
    for error in (None, ValueError("no"), sa.exc.InvalidRequestError("no")):
        assert not is_retryable(error)
        assert not is_away(error)
        assert not is_not_migrated(error)
