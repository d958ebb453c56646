"""Detect a rollback that also undoes what another session has committed.

Sessions on one connection nest like their savepoints: rolling back the one that began
first undoes the commits of all that came after.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

_SAVEPOINT = re.compile(r"(ROLLBACK TO |RELEASE |)SAVEPOINT (\S+)")
_READS = ("SELECT", "EXPLAIN", "SHOW", "PRAGMA")


@dataclass
class _Level:
    """A savepoint; `of_session`: it is the whole transaction of a session.

    `by_session`: a session made it; one of the connection itself is meant to undo all.
    `has_guests`: another session has committed writes inside.
    """

    name: str
    of_session: bool = False
    by_session: bool = False
    wrote: bool = False
    has_guests: bool = False


@contextmanager
def nesting(connection: sa.Connection, found: list[str]) -> Iterator[None]:
    """Watch the savepoints of a connection; append errors to `found`."""
    levels: list[_Level] = []

    def of_session(
        _session: Session, transaction: SessionTransaction, used: sa.Connection
    ) -> None:
        if used is connection and levels:
            levels[-1].by_session = True
            levels[-1].of_session |= transaction.parent is None

    def executes(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        about = _SAVEPOINT.match(statement)
        if about is None:
            if levels and not statement.lstrip(" (").upper().startswith(_READS):
                levels[-1].wrote = True
        elif about[1].startswith("RELEASE"):
            _release(levels, about[2])
        elif not about[1]:
            levels.append(_Level(about[2]))
        elif (taken := _take(levels, about[2])).has_guests and taken.by_session:
            found.append(
                "A session was rolled back, or closed without a commit, that had begun"
                " before others, such as those of requests, committed: their work went"
                " with it. Commit it before them."
            )

    event.listen(Session, "after_begin", of_session)
    event.listen(connection, "before_cursor_execute", executes)
    try:
        yield
    finally:
        event.remove(connection, "before_cursor_execute", executes)
        event.remove(Session, "after_begin", of_session)


def _release(levels: list[_Level], name: str) -> None:
    inner = _take(levels, name)
    if levels:
        levels[-1].wrote |= inner.wrote
        levels[-1].has_guests |= inner.has_guests or (inner.of_session and inner.wrote)


def _take(levels: list[_Level], name: str) -> _Level:
    """Remove a savepoint, with all inside it."""
    while levels:
        level = levels.pop()
        if level.name == name:
            return level
    return _Level(name)  # begun before the watching
