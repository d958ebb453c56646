"""How the ready application uses its database; what differs: `engine.dialects`.

A host that includes `draftedit` brings its own `request.dbsession` and may take the
same decisions from here: `make_engine`, `get_session_factory`, `get_tm_session`.
"""

from pathlib import Path

import zope.sqlalchemy
from pyramid.config import Configurator
from pyramid.request import Request
from sqlalchemy import URL, Engine
from sqlalchemy.orm import Session, sessionmaker
from transaction.interfaces import ITransactionManager

from draftedit.engine.dialects import backend_of
from draftedit.engine.dialects.connections import WRITES as WRITES  # for who imports us
from draftedit.service.engines import make_engine as make_engine
from draftedit.settings import BadSettings, Settings, given
from draftedit.settings.table import DATABASE, ENGINE_ARGUMENTS, PGBOUNCER

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def database_url(settings: Settings) -> URL:
    """Return the address of the database; the environment overrides the ini file."""
    url: URL = DATABASE.read(settings)
    return url


def get_engine(settings: Settings) -> Engine:
    """Return the engine that the settings describe; raise BadSettings."""
    arguments = given(ENGINE_ARGUMENTS, settings)
    url, pgbouncer = database_url(settings), PGBOUNCER.read(settings)
    try:
        return make_engine(url, pgbouncer=pgbouncer, **arguments)
    except TypeError as error:
        # Not every pool accepts all of them: SQLite in memory has no overflow.
        names = ", ".join(ENGINE_ARGUMENTS[name].name for name in arguments)
        raise BadSettings(f"{names}: {str(error).partition('.')[0]}") from error


def get_session_factory(engine: Engine) -> sessionmaker[Session]:
    """Return a factory of sessions on this engine."""
    return sessionmaker(bind=engine)


def get_tm_session(
    session_factory: sessionmaker[Session],
    transaction_manager: ITransactionManager,
    request: Request | None = None,
) -> Session:
    """Return a session that commits and rolls back with the transaction manager.

    A request by a safe method is expected to read only; on SQLite it then does not wait
    for writers. Scripts (no request) are expected to write.
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
    file = backend_of(engine).file_of(engine.url)
    if file is not None and not Path(file).is_file():
        raise BadSettings(f"there is no database {file}: run `draftedit init` first")
    return engine


def includeme(config: Configurator) -> None:
    """Give every request a `dbsession` that ends with its transaction.

    Two hooks for tests, as in Pyramid's cookiecutter: `settings["dbengine"]`, an engine
    to use, and `environ["app.dbsession_factory"]`, the sessions of one request.
    """
    settings = config.get_settings()
    # A manager of its own for each request: nothing is shared between threads.
    settings["tm.manager_hook"] = "pyramid_tm.explicit_manager"
    # A 4xx or 5xx response rolls back, raised or returned.
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
