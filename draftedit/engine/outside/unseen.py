"""Detect changes by foreign keys to rows that row-level security hides.

PostgreSQL's foreign keys ignore row-level security, so no SELECT of the session finds
what ON DELETE does to hidden rows. PostgreSQL counts what a transaction deletes and
updates in each table, hidden rows included: the counts before and after a delete tell.
https://www.postgresql.org/docs/current/ddl-rowsecurity.html
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.base.errors import Key, Problem, Refused
from draftedit.engine.base.messages import say
from draftedit.engine.dialects import backend_of
from draftedit.engine.outside.foreign_keys import Name
from draftedit.engine.outside.incoming_references import ReferenceGraph
from draftedit.engine.outside.outside_tables import OutsideTable

NOT_COUNTED = say("deletes-not-counted")


@contextmanager
def refusing_unseen(
    dbsession: Session,
    graph: ReferenceGraph,
    table: sa.Table,
    part: str,
    keys: Collection[Key],
    own: int,
) -> Iterator[None]:
    """Raise Refused if the deletes inside change more rows than the session lists.

    `table` is the table that `own` rows are deleted from; `part` and `keys` name the
    rows of the object that cause it. Runs no statement if no table with row-level
    security refers to `table` with a rule.
    """
    secured = graph.secured_to(dbsession.connection(), table) if own else {}
    before = _counts(dbsession, secured)
    yield
    after = _counts(dbsession, secured) if before else {}
    mine = graph.name_of(table)
    for name, number in secured.items():
        expected = own if name == mine else 0
        if number in before and after[number] - before[number] > expected:
            only = next(iter(keys)) if len(keys) == 1 else None
            raise Refused(Problem(_message(name.table), part, only))


def hides_rows(dbsession: Session, graph: ReferenceGraph, table: OutsideTable) -> bool:
    """Return whether the session may not see each row of a table."""
    number, connection = graph.secured(table), dbsession.connection()
    return number is not None and backend_of(connection).hides_rows(connection, number)


def _counts(dbsession: Session, secured: dict[Name, int]) -> dict[int, int]:
    if not secured:
        return {}
    connection = dbsession.connection()
    counts = {}
    for one in backend_of(connection).row_changes(connection, secured.values()):
        if not one.is_counted:
            raise Refused(Problem(NOT_COUNTED))
        counts[one.number] = one.changed
    return counts


def _message(table: str) -> str:
    return say("deletes-unseen-rows", table=table, same_table=table)
