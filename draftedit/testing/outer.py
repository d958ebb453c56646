"""An outer transaction that is rolled back, whatever is committed inside it.

    with undone(engine) as outer:
        outer.join(session_factory)
        ...  # sessions of the factory commit, and roll back, to savepoints

See "Joining a Session into an External Transaction" in SQLAlchemy's manual. Needs no
pytest; `draftedit.testing.plugin` has it as fixtures.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from draftedit.engine.dialects import backend_named, backend_of
from draftedit.testing.nesting import nesting
from draftedit.testing.watching import Seen, watching

# Ending the outer transaction removes this savepoint.
CANARY = "draftedit_outer"


class NotUndone(AssertionError):
    """The state before the test could not be restored, or would not have been."""


class OuterTransaction:
    """The transaction of one test; `connection` is the connection it is on."""

    def __init__(self, connection: sa.Connection) -> None:
        """Use a connection that has begun a transaction."""
        self.connection = connection
        self._at_end = ExitStack()

    def join(self, factory: sessionmaker[Session]) -> sessionmaker[Session]:
        """Let a factory make sessions inside, until the end; return the factory.

        Sessions that it has made already are not affected.
        """
        before = dict(factory.kw)
        self._at_end.callback(_put_back, factory.kw, before)
        factory.configure(
            bind=self.connection, join_transaction_mode="create_savepoint"
        )
        return factory

    def at_end(self, do: Callable[[], object]) -> None:
        """Call `do` when the test is over, before the rollback."""
        self._at_end.callback(do)

    def close(self) -> None:
        """Call the functions given to `at_end`, the last first."""
        self._at_end.close()


@contextmanager
def undone(engine: sa.Engine) -> Iterator[OuterTransaction]:
    """Open the outer transaction on a connection, and roll it back at the end.

    Raises NotUndone at the end if something bypassed it, and SQLAlchemyError if the
    engine has no transactions.
    """
    seen = Seen()
    with engine.connect() as connection:
        connection.begin()
        outer = OuterTransaction(connection)
        driver = connection.connection.driver_connection
        with _begun(connection):
            connection.exec_driver_sql(f"SAVEPOINT {CANARY}")
            try:
                with watching(connection, seen), nesting(connection, seen.found):
                    yield outer
            finally:
                outer.close()
                if not (connection.invalidated or connection.closed):
                    _roll_back(connection.dialect, driver, seen)
    if seen.found:
        raise NotUndone("\n".join(dict.fromkeys(seen.found)))


def _put_back(now: dict[str, Any], before: dict[str, Any]) -> None:
    now.clear()
    now.update(before)


@contextmanager
def _begun(connection: sa.Connection) -> Iterator[None]:
    """Begin on SQLite explicitly: its driver would wait for the first write.

    A savepoint before that would be the transaction, and its release the commit.
    """
    driver: Any = connection.connection.driver_connection
    begin = backend_of(connection).begin
    if begin is None or driver.in_transaction:
        yield
        return
    before = driver.isolation_level
    driver.isolation_level = None
    connection.exec_driver_sql(begin)
    try:
        yield
    finally:
        driver.isolation_level = before


def _roll_back(dialect: sa.Dialect, driver: Any, seen: Seen) -> None:
    """Roll back, and record what the rollback did not reach.

    Uses the driver, as a test may have changed SQLAlchemy's view of the transaction.
    """
    cursor = driver.cursor()
    try:
        cursor.execute(f"ROLLBACK TO SAVEPOINT {CANARY}")
    except dialect.loaded_dbapi.Error:
        seen.found.append(
            "The outer transaction was no longer in progress at the end: something"
            " committed or rolled back past SQLAlchemy (a procedure, a driver's own"
            " commit, autocommit). What the test wrote may be in the database for good."
        )
    else:
        # A temporary table that was made inside has the same warning, and is harmless.
        backend = backend_named(dialect.name)
        if not seen.has_temporary and backend.wrote_past_rollback(cursor):
            seen.found.append(
                "The test wrote to a table whose storage engine has no transactions"
                " (MyISAM, Aria, MEMORY): that is in the database for good."
            )
    cursor.close()
    driver.rollback()
