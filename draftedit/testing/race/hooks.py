"""Gates at which actors stop: before the chosen statements and before each commit."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from draftedit.testing.race.actors import Ended, current
from draftedit.testing.race.listening import listening
from draftedit.testing.race.locks import Locks

COMMIT = "COMMIT"


@contextmanager
def gates(engine: sa.Engine, at: str, locks: Locks) -> Iterator[None]:
    """Install the gates; threads that are no actors pass them."""
    chosen = re.compile(at, re.IGNORECASE)

    def before(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        actor = current.get()
        if actor is not None and chosen.search(statement):
            actor.pause(statement)

    def commit(connection: sa.Connection) -> None:
        actor = current.get()
        if actor is not None:
            try:
                actor.pause(COMMIT)
            except Ended:
                # SQLAlchemy considers the transaction ended, and would not roll back.
                connection.connection.rollback()
                raise

    def take(connection: Any, record: Any, _proxy: Any) -> None:
        actor = current.get()
        if actor is not None:
            locks.prepare(actor, connection, record.info)

    def give_back(connection: Any, record: Any) -> None:
        if connection is not None:  # None if the connection was lost
            locks.release(connection, record.info)

    hooks: dict[str, Callable[..., None]] = {
        "before_cursor_execute": before,
        "commit": commit,
        "checkout": take,
        "checkin": give_back,
    }
    with listening(engine, hooks):
        yield
