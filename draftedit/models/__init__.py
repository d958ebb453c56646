"""All database decisions of the ready application, with their reasons.

A host that includes `draftedit` brings its own `request.dbsession` and may take the
same decisions from here: `make_engine`, `get_session_factory`, `get_tm_session`.
"""

import os
import sqlite3
from pathlib import Path
from typing import Any

import zope.sqlalchemy
from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.settings import asbool
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session, sessionmaker
from transaction.interfaces import ITransactionManager

from draftedit.settings import BadSettings, Settings, required

URL_VARIABLE = "DRAFTEDIT_SQLALCHEMY_URL"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

# An execution option: the transactions of this engine are going to write.
WRITES = "draftedit_writes"

# Waiting for another writer is normal, waiting longer than this is not; then the
# request is repeated (see draftedit.retry) and in the end answered with 503.
BUSY_MILLISECONDS = 5_000
CONNECT_SECONDS = 10


def database_url(settings: Settings) -> URL:
    """Return the address of the database: the environment wins over the ini file."""
    text = os.environ.get(URL_VARIABLE) or required(settings, "sqlalchemy.url")
    try:
        return make_url(text)
    except ArgumentError:
        # Without the text: it may hold a password.
        raise BadSettings("sqlalchemy.url is not the address of a database") from None


def get_engine(settings: Settings) -> Engine:
    """Return the engine that the settings describe."""
    return make_engine(
        database_url(settings), pgbouncer=asbool(settings.get("draftedit.pgbouncer"))
    )


def make_engine(url: URL | str, *, pgbouncer: bool = False, **options: Any) -> Engine:
    """Return an engine with our decisions for the database of `url`.

    `pgbouncer`: a pooler in transaction mode stands between us and PostgreSQL.
    """
    url = make_url(url)
    decide = _DECISIONS.get(url.get_backend_name())
    if decide is None:
        known = ", ".join(sorted(_DECISIONS))
        raise BadSettings(
            f"sqlalchemy.url names {url.get_backend_name()}; known are {known}"
        )
    # A connection that the server closed meanwhile is noticed before a request
    # uses it, for one small round trip.
    defaults: dict[str, Any] = {"pool_pre_ping": True}
    defaults |= decide(url, pgbouncer)
    try:
        engine = create_engine(url, **(defaults | options))
    except ModuleNotFoundError as error:
        extra = "postgresql" if decide is _postgresql else "mariadb"
        raise BadSettings(
            f"{error.name} is not installed: pip install 'draftedit[{extra}]'"
        ) from error
    except ArgumentError as error:
        raise BadSettings(f"sqlalchemy.url: {error}") from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _sqlite(url: URL, pgbouncer: bool) -> dict[str, Any]:
    return {}


def _postgresql(url: URL, pgbouncer: bool) -> dict[str, Any]:
    arguments: dict[str, Any] = {"connect_timeout": CONNECT_SECONDS}
    if pgbouncer:
        # The next transaction may meet another server process, which does not
        # know the statements prepared on this one.
        arguments["prepare_threshold"] = None
    # Locks are followed by reads in statements of their own, which must see what
    # was committed while we waited: not so at any stricter level.
    return {"isolation_level": "READ COMMITTED", "connect_args": arguments}


def _mariadb(url: URL, pgbouncer: bool) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "connect_timeout": CONNECT_SECONDS,
        # Values that do not fit are errors, whatever the server's default is;
        # otherwise it cuts them off in silence.
        "init_command": "SET SESSION sql_mode = 'TRADITIONAL'",
    }
    if "charset" not in url.query:
        arguments["charset"] = "utf8mb4"  # its `utf8` has three bytes only
    # As for PostgreSQL; the server's default, REPEATABLE READ, shows a statement
    # after a lock the snapshot from before the wait.
    return {"isolation_level": "READ COMMITTED", "connect_args": arguments}


_DECISIONS = {
    "sqlite": _sqlite,
    "postgresql": _postgresql,
    "mysql": _mariadb,
    "mariadb": _mariadb,
}


def _prepare_sqlite(dbapi_connection: sqlite3.Connection, record: object) -> None:
    # The driver begins transactions late and not before every statement, so that
    # rows leak out of savepoints. It is told to keep out; we begin them ourselves.
    dbapi_connection.isolation_level = None
    dbapi_connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    # Readers and the one writer do not wait for each other.
    dbapi_connection.execute("PRAGMA journal_mode = WAL")
    dbapi_connection.execute("PRAGMA foreign_keys = ON")
    # The built-in one knows A to Z only; a search folds umlauts elsewhere, too.
    dbapi_connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(value: object) -> str | None:
    return None if value is None else str(value).lower()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once, without any
    # waiting, when another wrote in between: who is going to write says so first.
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def get_session_factory(engine: Engine) -> sessionmaker[Session]:
    """Return a factory of sessions on this engine."""
    return sessionmaker(bind=engine)


def get_tm_session(
    session_factory: sessionmaker[Session],
    transaction_manager: ITransactionManager,
    request: Request | None = None,
) -> Session:
    """Return a session that commits and rolls back with the transaction manager.

    A request by a safe method is expected to read only; on SQLite it then waits for
    nobody. Scripts (no request) are expected to write.
    """
    dbsession = session_factory(info={"request": request})
    writes = request is None or request.method not in SAFE_METHODS
    if writes and isinstance(dbsession.bind, Engine):
        dbsession.bind = dbsession.bind.execution_options(**{WRITES: True})
    # "changed" from the start: a Core statement on a Table does not mark the session,
    # and the commit would silently roll back what the engine wrote.
    zope.sqlalchemy.register(
        dbsession, transaction_manager=transaction_manager, initial_state="changed"
    )
    return dbsession


def check_file(engine: Engine) -> Engine:
    """Refuse a SQLite file that is not there: asking would make an empty one."""
    file = engine.url.database
    if engine.dialect.name == "sqlite" and file and not Path(file).is_file():
        raise BadSettings(f"there is no database {file}: run `draftedit init` first")
    return engine


def includeme(config: Configurator) -> None:
    """Give every request a `dbsession` that lives and ends with its transaction.

    Two hooks for tests, as in Pyramid's cookiecutter: `settings["dbengine"]`, an
    engine to use, and `environ["app.dbsession_factory"]`, the sessions of one request.
    """
    settings = config.get_settings()
    # A manager of its own for each request: nothing is shared between threads.
    settings["tm.manager_hook"] = "pyramid_tm.explicit_manager"
    # What answers with 4xx or 5xx changes nothing, raised or returned.
    settings["tm.commit_veto"] = "pyramid_tm.default_commit_veto"
    config.include("pyramid_tm")
    config.include("pyramid_retry")

    engine = settings.get("dbengine") or check_file(get_engine(settings))
    config.registry["dbengine"] = engine
    session_factory = get_session_factory(engine)
    config.registry["dbsession_factory"] = session_factory

    def dbsession(request: Request) -> Session:
        factory = request.environ.get("app.dbsession_factory", session_factory)
        return get_tm_session(factory, request.tm, request)

    config.add_request_method(dbsession, reify=True)
