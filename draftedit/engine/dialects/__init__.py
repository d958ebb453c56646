"""What differs between databases: one object for each, and nothing of it elsewhere.

`backend_named(dialect)` and `backend_of(connection)` return the object for a name of
SQLAlchemy's (`dialect.name`); `backend_of_error` the one whose driver raised an error.
How to add a database: CONTRIBUTING.md.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

from draftedit.engine.dialects.backend import Backend
from draftedit.engine.dialects.facts import ErrorKind
from draftedit.engine.dialects.mariadb import MariaDBBackend
from draftedit.engine.dialects.older_sqlalchemy import (
    options_of_tables,
    take_storage_parameters,
)
from draftedit.engine.dialects.postgresql import PostgreSQLBackend
from draftedit.engine.dialects.sqlite import SQLiteBackend
from draftedit.engine.dialects.value_rules import AnyDatabase, ValueRules

take_storage_parameters(options_of_tables())  # before any table of ours is made

T = TypeVar("T", bound=TypeEngine[Any])

ALL: tuple[Backend, ...] = (SQLiteBackend(), PostgreSQLBackend(), MariaDBBackend())
BACKENDS: Mapping[str, Backend] = {name: one for one in ALL for name in one.dialects}
# The names, and the object behind each, with `ANY` for where no database is known.
ANY = ""
_VALUES: Mapping[str, ValueRules] = {
    ANY: AnyDatabase(),
    DefaultDialect.name: AnyDatabase(),  # spells a statement in messages and logs
    **BACKENDS,
}
_BY_DRIVER: Mapping[str, Backend] = {
    driver: one for one in ALL for driver in one.drivers
}


class UnknownDatabase(LookupError):
    """SQLAlchemy knows this database, and draftedit does not."""

    def __init__(self, dialect: str) -> None:
        """Name the database, and those that are known."""
        self.dialect, self.known = dialect, ", ".join(sorted(BACKENDS))
        super().__init__(
            f"draftedit knows no database {dialect!r}; known are {self.known}"
        )


class HasDialect(Protocol):
    """A connection or an engine."""

    @property
    def dialect(self) -> sa.Dialect:
        """What SQLAlchemy knows of the database."""


def backend_named(dialect: str) -> Backend:
    """Return the object for what SQLAlchemy calls a database; raise UnknownDatabase."""
    try:
        return BACKENDS[dialect]
    except KeyError:
        raise UnknownDatabase(dialect) from None


def values_of(dialect: str) -> ValueRules:
    """Return the rules of a database for values; `ANY`: if the database is unknown."""
    try:
        return _VALUES[dialect]
    except KeyError:
        raise UnknownDatabase(dialect) from None


def with_types(base: T, choose: Callable[[Backend], TypeEngine[Any] | None]) -> T:
    """Return a type with the variants that databases choose for it."""
    for one in ALL:
        own = choose(one)
        if own is not None:
            base = base.with_variant(own, *one.dialects)
    return base


def backend_of(bind: HasDialect) -> Backend:
    """Return the object for the database of a connection; raise UnknownDatabase."""
    return backend_named(bind.dialect.name)


def backend_of_error(error: DBAPIError) -> Backend | None:
    """Return the object whose driver raised an error; None: no driver that we know."""
    return backend_of_errors(type(error.orig))


def backend_of_errors(kind: type[Any]) -> Backend | None:
    """Return the object whose driver has this class of errors, or a base of it."""
    modules = (one.__module__.partition(".")[0] for one in kind.__mro__)
    return _first(_BY_DRIVER.get(module) for module in modules)


def error_is(error: DBAPIError, kind: ErrorKind) -> bool:
    """Return whether an error is of a kind; one of an unknown driver is of none."""
    backend = backend_of_error(error)
    return backend is not None and backend.error_is(error, kind)


def _first(found: Iterable[Backend | None]) -> Backend | None:
    return next((one for one in found if one is not None), None)
