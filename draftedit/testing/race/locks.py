"""Detect who waits for whom from the database's own lock tables, without time-outs."""

# Not in engine/dialects: the race kit tests other people's code and imports nothing of
# ours, and what it asks (who waits now, is it a circle) no draft ever asks.

import graphlib
import re
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import sqlalchemy as sa

from draftedit.testing.race.actors import Actor, current
from draftedit.testing.race.listening import listening

Actors = Collection[Actor[Any]]

# Stored with a pooled connection: its number, and its own timeout on SQLite.
_NUMBER, _TIMEOUT = "draftedit.race.number", "draftedit.race.timeout"


class Locks(ABC):
    """What a database reports about waiting connections."""

    @abstractmethod
    def prepare(self, actor: Actor[Any], connection: Any, info: dict[Any, Any]) -> None:
        """Prepare a driver connection that an actor has just taken."""

    def release(self, connection: Any, info: dict[Any, Any]) -> None:
        """Restore a connection that goes back to the pool."""
        return

    @abstractmethod
    def waiting(self, actors: Actors) -> set[Actor[Any]]:
        """Return the actors that wait now, all at the same instant."""

    def is_deadlock(self, actors: Actors) -> bool:
        """Return whether waiting actors are in a deadlock, which the database ends."""
        return False


class ServerLocks(Locks):
    """A server knows its connections by number."""

    number: ClassVar[str]

    def __init__(self, connection: sa.Connection) -> None:
        """Query over `connection`, which never waits."""
        self._connection = connection

    def prepare(self, actor: Actor[Any], connection: Any, info: dict[Any, Any]) -> None:
        """Look up the connection's number, outside any transaction."""
        if _NUMBER not in info:
            cursor = connection.cursor()
            cursor.execute(self.number)
            info[_NUMBER] = cursor.fetchone()[0]
            cursor.close()
            connection.rollback()
        actor.connections.add(info[_NUMBER])

    def waiting(self, actors: Actors) -> set[Actor[Any]]:
        """Return the actors whose connections wait."""
        numbers = self.waiting_numbers()
        return {actor for actor in actors if actor.connections & numbers}

    @abstractmethod
    def waiting_numbers(self) -> set[int]:
        """Return the numbers of all waiting connections."""


class PostgreSQL(ServerLocks):
    """`pg_locks` is read under all its locks at once, so it is one instant."""

    number = "SELECT pg_backend_pid()"

    def waiting_numbers(self) -> set[int]:
        """Return the processes with a lock that is not granted."""
        text = "SELECT pid FROM pg_locks WHERE NOT granted"
        return set(self._connection.exec_driver_sql(text).scalars())

    def is_deadlock(self, actors: Actors) -> bool:
        """Look for a cycle: PostgreSQL itself does so only after `deadlock_timeout`."""
        numbers = {number for actor in actors for number in actor.connections}
        blockers = sa.select(
            sa.func.unnest(sa.func.pg_blocking_pids(sa.bindparam("n")))
        )
        waits_for = {
            number: self._connection.execute(blockers, {"n": number}).scalars().all()
            for number in numbers
        }
        try:
            graphlib.TopologicalSorter(waits_for).prepare()
        except graphlib.CycleError:
            return True
        return False


class MariaDB(ServerLocks):
    """InnoDB's own report, and the states of other locks.

    Not INNODB_TRX and INNODB_LOCK_WAITS: they are cached, and refreshed only if nothing
    has read them for 0.1 seconds, so they keep reporting waits that have ended.
    """

    number = "SELECT connection_id()"

    _WAITING = re.compile(
        r"^---TRANSACTION .*\n(?:mysql tables in use .*\n)?"
        r"LOCK WAIT .*\n(?:MariaDB|MySQL) thread id (\d+),",
        re.MULTILINE,
    )
    _OTHER_LOCKS = (
        "SELECT id FROM information_schema.processlist"
        " WHERE state LIKE 'Waiting for %% lock' OR state = 'User lock'"
    )

    def waiting_numbers(self) -> set[int]:
        """Return the connections that wait for a row, a table or a named lock."""
        # Deadlocks are detected after the wait has begun: only a wait seen twice
        # counts.
        return self._look() & self._look()

    def _look(self) -> set[int]:
        ask = self._connection.exec_driver_sql
        report = ask("SHOW ENGINE INNODB STATUS").one()[2]
        rows = {int(number) for number in self._WAITING.findall(report)}
        return rows | set(ask(self._OTHER_LOCKS).scalars())


class SQLite(Locks):
    """SQLite has no lock tables: it refuses at once if another connection writes.

    Drivers then retry until a time-out. Here the actor counts as waiting, and retries
    when another one has finished a step.
    """

    def prepare(self, actor: Actor[Any], connection: Any, info: dict[Any, Any]) -> None:
        """Make it refuse at once."""
        [info[_TIMEOUT]] = connection.execute("PRAGMA busy_timeout").fetchone()
        connection.execute("PRAGMA busy_timeout = 0")

    def release(self, connection: Any, info: dict[Any, Any]) -> None:
        """Restore its timeout."""
        if _TIMEOUT in info:
            connection.execute(f"PRAGMA busy_timeout = {info.pop(_TIMEOUT)}")

    def waiting(self, actors: Actors) -> set[Actor[Any]]:
        """Return the actors that were refused."""
        return {actor for actor in actors if actor.is_busy}


@contextmanager
def looking_at(engine: sa.Engine) -> Iterator[Locks]:
    """Open the detection for an engine's database."""
    dialect = engine.dialect
    if dialect.name == "sqlite":
        hooks = {
            "do_execute": _patiently(dialect.do_execute),
            "do_executemany": _patiently(dialect.do_executemany),
        }
        with listening(engine, hooks):
            yield SQLite()
        return
    kind: dict[str, Callable[[sa.Connection], Locks]]
    kind = {"postgresql": PostgreSQL, "mysql": MariaDB, "mariadb": MariaDB}
    apart = engine.execution_options(isolation_level="AUTOCOMMIT")
    with apart.connect() as connection:
        yield kind[dialect.name](connection)


def _patiently(execute: Callable[..., None]) -> Callable[..., bool]:
    def hook(cursor: Any, statement: Any, parameters: Any, context: Any) -> bool:
        """Execute the statement; return true if SQLAlchemy need not."""
        actor = current.get()
        while True:
            try:
                execute(cursor, statement, parameters, context)
            except sqlite3.OperationalError as error:
                # The other kinds of BUSY are final: retrying does not help.
                is_busy = error.sqlite_errorcode == sqlite3.SQLITE_BUSY
                if actor is None or not is_busy or not actor.wait_for_answer():
                    raise
            else:
                return True

    return hook
