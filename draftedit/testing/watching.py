"""Refuse what an outer transaction cannot undo, and report it again at the end.

Again, because an application may have caught the refusal.
"""

import re
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from draftedit.engine.dialects import backend_of

_BEGINNING = r"(?:\s|/\*.*?\*/|--[^\n]*\n)*"

# In SQL; SQLAlchemy's own commits are events. `ROLLBACK TO` a savepoint is fine.
_ENDS = re.compile(
    _BEGINNING + r"(?:BEGIN|START\s+TRANSACTION|COMMIT|END|ABORT"
    r"|ROLLBACK(?!(?:\s+WORK|\s+TRANSACTION)?\s+TO))\b",
    re.IGNORECASE | re.DOTALL,
)
# "SQL statements that cause an implicit commit" in MariaDB's manual.
_COMMITS_BY_ITSELF = re.compile(
    _BEGINNING + r"(?:ALTER|ANALYZE|CACHE|CHANGE|CHECK"
    r"|CREATE(?!\s+(?:OR\s+REPLACE\s+)?TEMPORARY)|DROP(?!\s+TEMPORARY)"
    r"|FLUSH|GRANT|LOAD\s+INDEX|LOCK|OPTIMIZE|RENAME|REPAIR|RESET|REVOKE"
    r"|SET\s+PASSWORD|STOP|TRUNCATE|UNLOCK)\b",
    re.IGNORECASE | re.DOTALL,
)


_MAKES_TEMPORARY = re.compile(
    _BEGINNING + r"(?:CREATE|DROP)\s+(?:OR\s+REPLACE\s+)?TEMPORARY\b",
    re.IGNORECASE | re.DOTALL,
)


class PastTheOuterTransaction(AssertionError):
    """This would not be undone at the end of the test, so it was refused."""


@dataclass
class Seen:
    """What was seen: `found` would not be undone; temporary tables are fine."""

    found: list[str] = field(default_factory=list)
    has_temporary: bool = False


@contextmanager
def watching(connection: sa.Connection, seen: Seen) -> Iterator[None]:
    """Refuse what the transaction of `connection` could not undo; add it to `seen`."""
    thread = threading.get_ident()
    backend = backend_of(connection)
    title = backend.title

    def refuse(what: str) -> PastTheOuterTransaction:
        message = f"{what} ({_caller()})"
        seen.found.append(message)
        return PastTheOuterTransaction(message)

    def before_execute(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if threading.get_ident() != thread:
            raise refuse("Another thread used the test's one connection.")
        if _ENDS.match(statement):
            raise refuse(f"This would end the outer transaction: {_short(statement)}")
        if backend.ddl_commits and _COMMITS_BY_ITSELF.match(statement):
            raise refuse(f"{title} commits with this statement: {_short(statement)}")
        seen.has_temporary |= _MAKES_TEMPORARY.match(statement) is not None

    def ending(_connection: sa.Connection) -> None:
        if not connection.invalidated:
            raise refuse("The outer transaction was ended on the connection itself.")

    def connected(other: sa.Connection) -> None:
        if _place(other.engine.url) == _place(connection.engine.url) and (
            other.engine.url.database or other.engine.pool is connection.engine.pool
        ):
            other.close()
            raise refuse(
                "A second connection to the same database: it sees nothing of the"
                " outer transaction, waits for its locks, and would not be undone."
            )

    def checked_out(*_: Any) -> None:
        # Not refused here: the pool would close the connection, which may be the only
        # one of a database in memory.
        seen.found.append(f"A second connection left the engine's pool. ({_caller()})")

    with ExitStack() as stack:
        _listen(stack, connection, "before_cursor_execute", before_execute)
        for name in ("commit", "rollback"):
            _listen(stack, connection, name, ending)
        _listen(stack, sa.Engine, "engine_connect", connected)
        _listen(stack, connection.engine, "checkout", checked_out)
        yield


def _listen(stack: ExitStack, target: Any, name: str, do: Callable[..., None]) -> None:
    event.listen(target, name, do)
    stack.callback(event.remove, target, name, do)


def _place(url: sa.URL) -> sa.URL:
    """Return the database that an address means, without user and driver."""
    return url.set(drivername=url.get_backend_name(), username=None, password=None)


def _short(statement: str) -> str:
    return " ".join(statement.split())[:80]


def _caller() -> str:
    """Return the line that led here: the last one outside of libraries."""
    frames = traceback.extract_stack()
    ours = [
        frame
        for frame in frames
        if "site-packages" not in frame.filename
        and "draftedit/testing/" not in frame.filename.replace("\\", "/")
        and frame.filename.endswith(".py")
    ]
    last = (ours or frames)[-1]
    return f"{last.filename}, line {last.lineno}, in {last.name}"
