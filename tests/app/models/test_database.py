"""The database decisions hold on every database, and in every session."""

import sqlite3

import pytest
import sqlalchemy as sa
import transaction

from draftedit.app.models import (
    database_url,
    get_engine,
    get_session_factory,
    get_tm_session,
    make_engine,
)
from draftedit.settings import BadSettings

NOTES = sa.Table(
    "notes",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("text", sa.String(10, collation=None)),
)


@pytest.fixture
def engine(empty_database):
    NOTES.create(empty_database.engine)
    return empty_database.engine


@pytest.fixture
def manager():
    return transaction.TransactionManager(explicit=True)


class Asked:
    """As much of a request as the session looks at."""

    def __init__(self, method):
        self.method = method


def rows(engine):
    with engine.connect() as connection:
        return connection.execute(sa.select(NOTES.c.text)).scalars().all()


def test_a_core_statement_on_a_table_is_committed_by_the_transaction_manager(
    engine, manager
):
    manager.begin()
    dbsession = get_tm_session(get_session_factory(engine), manager)
    dbsession.execute(NOTES.insert().values(id=1, text="kept"))
    manager.commit()
    assert rows(engine) == ["kept"]


def test_an_abort_leaves_nothing(engine, manager):
    manager.begin()
    dbsession = get_tm_session(get_session_factory(engine), manager)
    dbsession.execute(NOTES.insert().values(id=1, text="lost"))
    manager.abort()
    assert rows(engine) == []


def test_a_rolled_back_savepoint_leaves_nothing_of_its_rows(engine, manager):
    manager.begin()
    dbsession = get_tm_session(get_session_factory(engine), manager)
    with dbsession.begin_nested() as savepoint:
        dbsession.execute(NOTES.insert().values(id=1, text="lost"))
        savepoint.rollback()
    dbsession.execute(NOTES.insert().values(id=2, text="kept"))
    manager.commit()
    assert rows(engine) == ["kept"]


@pytest.mark.only_on("postgresql", "mariadb")
def test_a_statement_after_a_wait_sees_what_was_committed_meanwhile(engine):
    with engine.connect() as reader, engine.begin() as writer:
        assert reader.execute(sa.select(NOTES)).all() == []
        writer.execute(NOTES.insert().values(id=1, text="new"))
        writer.commit()
        assert reader.execute(sa.select(NOTES)).all() == [(1, "new")]


@pytest.mark.only_on("postgresql", "mariadb")
def test_a_value_that_does_not_fit_is_an_error_and_never_cut_off(engine):
    with engine.connect() as connection, pytest.raises(sa.exc.DataError):
        connection.execute(NOTES.insert().values(id=1, text="far too long a text"))


def test_four_byte_characters_are_kept(engine):
    with engine.begin() as connection:
        connection.execute(NOTES.insert().values(id=1, text="🦊"))
    assert rows(engine) == ["🦊"]


def test_lower_knows_umlauts(engine):
    with engine.connect() as connection:
        found = connection.execute(sa.select(sa.func.lower(sa.literal("ÄRGER"))))
        assert found.scalar() == "ärger"
        assert connection.execute(sa.select(sa.func.lower(sa.null()))).scalar() is None


def test_sqlite_begins_a_writing_transaction_for_unsafe_methods_only(tmp_path, manager):
    engine = make_engine(f"sqlite:///{tmp_path}/one.sqlite")
    began = []
    sa.event.listen(
        engine,
        "before_cursor_execute",
        lambda *args: began.append(args[2]) if args[2].startswith("BEGIN") else None,
    )
    for method in ("GET", "HEAD", "POST"):
        manager.begin()
        factory = get_session_factory(engine)
        dbsession = get_tm_session(factory, manager, Asked(method))
        dbsession.execute(sa.select(1))
        manager.abort()
    assert began == ["BEGIN", "BEGIN", "BEGIN IMMEDIATE"]


def test_sqlite_enforces_foreign_keys_and_lets_readers_read(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path}/one.sqlite")
    with engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("foreign_keys", "journal_mode", "busy_timeout", "synchronous")
        }
    assert pragmas == {
        "foreign_keys": 1,
        "journal_mode": "wal",
        "busy_timeout": 5000,
        "synchronous": 2,  # FULL, which is not left to how the library was compiled
    }


def test_the_environment_wins_over_the_ini_file(monkeypatch):
    settings = {"sqlalchemy.url": "sqlite:///of-the-ini.sqlite"}
    assert database_url(settings).database == "of-the-ini.sqlite"
    monkeypatch.setenv("DRAFTEDIT_SQLALCHEMY_URL", "sqlite:///of-the-environment")
    assert database_url(settings).database == "of-the-environment"


def test_behind_pgbouncer_no_statement_is_prepared_on_the_server():
    engine = get_engine(
        {
            "sqlalchemy.url": "postgresql+psycopg://localhost/any",
            "draftedit.pgbouncer": "true",
        }
    )
    seen = {}

    @sa.event.listens_for(engine, "do_connect")
    def connect(_dialect, _record, _args, kwargs):
        seen.update(kwargs)
        raise sqlite3.OperationalError("not today")

    with pytest.raises(sqlite3.OperationalError):
        engine.connect()
    assert seen["prepare_threshold"] is None


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "does not set sqlalchemy.url"),
        ("this is none", "not the address of a database"),
        ("oracle://localhost/x", "names oracle"),
        ("postgresql+nosuch://localhost/x", "sqlalchemy.url"),
        ("mysql+mysqldb://localhost/x", "draftedit[mariadb]"),
    ],
)
def test_a_bad_address_is_told_in_one_line_without_its_text(url, words):
    with pytest.raises(BadSettings, match=r"sqlalchemy\.url|draftedit") as refused:
        get_engine({"sqlalchemy.url": url})
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)
