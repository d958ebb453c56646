"""Make engines as drafts need them, for applications on any framework.

What is decided for each database: `draftedit.engine.dialects`. A host may make engines
of its own; docs/other-frameworks.md says what they need.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import URL, Dialect, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError, InvalidRequestError

from draftedit.engine.dialects import (
    ALL,
    UnknownDatabase,
    backend_named,
    backend_of_errors,
)
from draftedit.engine.dialects.backend import Backend
from draftedit.settings import BadSettings

if TYPE_CHECKING:  # it needs greenlet, which not everybody has
    from sqlalchemy.ext.asyncio import AsyncEngine

E = TypeVar("E")


def make_engine(url: URL | str, *, pgbouncer: bool = False, **options: Any) -> Engine:
    """Return an engine with our decisions for the database of `url`.

    `pgbouncer`: a pooler in transaction mode stands between us and PostgreSQL. Other
    `options` are those of `create_engine`. Raises BadSettings if the database is
    unknown, its driver is not installed, or the address cannot be read.
    """
    url, backend = _backend(url)
    engine = _made(create_engine, url, backend, pgbouncer, options)
    backend.prepare(engine)
    return engine


def make_async_engine(
    url: URL | str, *, pgbouncer: bool = False, **options: Any
) -> "AsyncEngine":
    """Return an AsyncEngine with our decisions; as `make_engine` does.

    For `AsyncSession.run_sync` (docs/other-frameworks.md). The driver in `url` must be
    asynchronous, as in `sqlite+aiosqlite` and `postgresql+psycopg`; raises BadSettings,
    too, if draftedit would not recognise its errors.
    """
    from sqlalchemy.ext.asyncio import create_async_engine

    url, backend = _backend(url)
    engine = _made(create_async_engine, url, backend, pgbouncer, options)
    require_known_errors(engine.dialect)
    backend.prepare(engine.sync_engine)
    return engine


def require_known_errors(dialect: Dialect) -> None:
    """Raise BadSettings if a driver's errors have none of the codes that we read.

    asyncpg's reach us as classes of SQLAlchemy's: no conflict, no busy database would
    be told from a fault.
    """
    errors = getattr(dialect.dbapi, "Error", Exception)
    if backend_of_errors(errors) is None:
        known = ", ".join(sorted(one for backend in ALL for one in backend.drivers))
        raise BadSettings(
            f"sqlalchemy.url: the errors of {dialect.name}+{dialect.driver} are not"
            f" recognised; they are with a driver that raises those of {known}"
        )


def _backend(address: URL | str) -> tuple[URL, Backend]:
    try:
        url = make_url(address)
        return url, backend_named(url.get_backend_name())
    except (ArgumentError, InvalidRequestError) as error:
        raise BadSettings(f"sqlalchemy.url: {error}") from error
    except UnknownDatabase as error:
        raise BadSettings(
            f"sqlalchemy.url names {error.dialect}; known are {error.known}"
        ) from error


def _made(
    create: Callable[..., E],
    url: URL,
    backend: Backend,
    pgbouncer: bool,
    options: dict[str, Any],
) -> E:
    # A connection that the server closed meanwhile is noticed before a request
    # uses it, for one small round trip.
    defaults: dict[str, Any] = {"pool_pre_ping": True}
    defaults |= backend.engine_options(url, pgbouncer)
    try:
        return create(url, **(defaults | options))
    except ModuleNotFoundError as error:
        raise BadSettings(
            f"{error.name} is not installed: pip install 'draftedit[{backend.extra}]'"
        ) from error
    except (ArgumentError, InvalidRequestError) as error:
        raise BadSettings(f"sqlalchemy.url: {error}") from error
