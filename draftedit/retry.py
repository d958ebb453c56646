"""Which failures are nobody's fault, and what becomes of them.

A retryable one (two requests met) repeats the request from its start. An absent
database, or one that was never migrated, is answered with 503 by an exception view.
"""

import re
import sqlite3
from collections.abc import Callable

from pyramid.config import Configurator
from pyramid.registry import Registry
from pyramid.request import Request
from pyramid.response import Response
from pyramid_retry import mark_error_retryable
from sqlalchemy.exc import DBAPIError, IntegrityError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from draftedit.engine.errors import SaveRace

Handler = Callable[[Request], Response]

# What a database that does not do its work is noticed by.
DATABASE_ERRORS = (DBAPIError, PendingRollbackError, PoolTimeout)

# Two savers meet at the primary keys of these: the second tries again and is then
# answered by what the first did.
RACED_TABLES = frozenset({"object", "revision", "request", "task_result"})
_INSERT = re.compile(r"\s*INSERT\s+INTO\s+[\"`]?(\w+)[\"`]?[\s(]", re.IGNORECASE)

# PostgreSQL, by SQLSTATE: serialization failure, deadlock, lock not available.
_POSTGRESQL_RETRY = frozenset({"40001", "40P01", "55P03"})
# Cannot connect, shutting down, starting up, too many connections.
_POSTGRESQL_AWAY = frozenset({"57P01", "57P02", "57P03", "53300"})

# MariaDB: deadlock, lock wait timeout, record has changed since last read.
_MARIADB_RETRY = frozenset({1213, 1205, 1020})
# A deadlock takes savepoints along: the way back to one then hides what happened.
_MARIADB_NO_SAVEPOINT = 1305
# Too many connections, shutting down, cannot connect, gone away, lost.
_MARIADB_AWAY = frozenset({1040, 1053, 1927, 2002, 2003, 2006, 2013})

_SQLITE_AWAY = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOTADB})


def is_retryable(error: BaseException | None) -> bool:
    """Tell whether the same request, done again, may well succeed."""
    if isinstance(error, SaveRace):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if _mariadb_code(error) == _MARIADB_NO_SAVEPOINT:
        return is_retryable(error.__context__)
    if isinstance(error, IntegrityError):
        return _is_unique(error) and _inserted_into(error) in RACED_TABLES
    return (
        _sqlite_code(error) == sqlite3.SQLITE_BUSY
        or _sqlstate(error) in _POSTGRESQL_RETRY
        or _mariadb_code(error) in _MARIADB_RETRY
    )


def is_away(error: BaseException | None) -> bool:
    """Tell whether there is no database to talk to just now."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    return (
        error.connection_invalidated
        or _sqlite_code(error) in _SQLITE_AWAY
        or _mariadb_code(error) in _MARIADB_AWAY
        or _is_postgresql_away(error)
    )


def is_not_migrated(error: BaseException | None) -> bool:
    """Tell whether a table or column is not there (yet)."""
    if not isinstance(error, DBAPIError):
        return False
    return (
        _sqlstate(error) in {"42P01", "42703"}
        or _mariadb_code(error) in {1146, 1054}
        or (
            isinstance(error.orig, sqlite3.OperationalError)
            and str(error.orig).startswith(("no such table", "no such column"))
        )
    )


def _is_postgresql_away(error: DBAPIError) -> bool:
    state = _sqlstate(error)
    if state is not None:
        return state in _POSTGRESQL_AWAY or state.startswith("08")
    # psycopg has no state for a connection that never came to be.
    return type(error.orig).__module__.startswith("psycopg") and type(
        error.orig
    ).__name__ in {"OperationalError", "ConnectionTimeout"}


def _is_unique(error: IntegrityError) -> bool:
    code = getattr(error.orig, "sqlite_errorcode", None)
    return (
        code in {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}
        or _sqlstate(error) == "23505"
        or _mariadb_code(error) == 1062
    )


def _inserted_into(error: DBAPIError) -> str | None:
    # By the statement: MariaDB does not say which table it was.
    found = _INSERT.match(error.statement or "")
    return found[1].lower() if found else None


def _sqlite_code(error: DBAPIError) -> int | None:
    code = getattr(error.orig, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF  # the rest says in which way


def _sqlstate(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)


def _mariadb_code(error: DBAPIError) -> int | None:
    if not type(error.orig).__module__.startswith("pymysql"):
        return None
    code = error.orig.args[0] if error.orig and error.orig.args else None
    return code if isinstance(code, int) else None


def retry_tween_factory(handler: Handler, registry: Registry) -> Handler:
    """Mark retryable errors for pyramid_retry, raised through or shown by a view.

    pyramid_tm marks some of them, but not when an exception view answered, as its
    commit veto comes first, and not at the commit.
    """

    def retry_tween(request: Request) -> Response:
        try:
            response = handler(request)
        except (DBAPIError, SaveRace) as error:
            _mark(error)
            raise
        _mark(request.exception)
        return response

    return retry_tween


def _mark(error: Exception | None) -> None:
    if error is not None and is_retryable(error):
        mark_error_retryable(error)


def includeme(config: Configurator) -> None:
    """Put the tween over pyramid_tm, so that it sees what a commit raises, too."""
    config.add_tween(
        "draftedit.retry.retry_tween_factory", over="pyramid_tm.tm_tween_factory"
    )
