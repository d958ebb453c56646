"""Numbers without gap or duplicate, for a host that needs them: invoices, tickets.

counters = Counters(Base.metadata)
number = counters.next(dbsession, "change-ticket")

One row for each name. A number belongs to the transaction that took it: rolled back, it
is given to the next. So whoever takes one makes all others wait who want one of that
name, until it commits or rolls back: take it late, and commit soon. Drafts and saves
take none; docs/counter.md says what that would cost.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.orm import Session

from draftedit.engine.column_types import name_type

NAME = 63  # characters


class Counters:
    """The counters of a host, in a table of its metadata."""

    def __init__(self, metadata: sa.MetaData, table: str = "counter") -> None:
        """Add the table called `table`; Alembic sees it in `metadata`."""
        self.table = sa.Table(
            table,
            metadata,
            sa.Column("name", name_type(NAME), primary_key=True),
            sa.Column("value", sa.BigInteger, nullable=False),
        )

    def next(self, dbsession: Session, name: str) -> int:
        """Take the next number called `name`; the first is 1.

        `name` has 63 characters at most. The number stays the transaction's own when it
        commits. Joined to a transaction manager, the session must be registered as
        changed, as for drafts.

        What the database raises is not caught, for its transaction is spoilt: the
        caller rolls all of it back, not to a savepoint, and does it again where
        `draftedit.retry.is_retryable` says so. That is so of a deadlock, of a wait that
        was too long, and on SQLite of a transaction that had read before another wrote;
        begin with BEGIN IMMEDIATE there.
        """
        backend = dbsession.get_bind().dialect.name
        counted = dbsession.execute(self._counting(backend, name))
        value: int = counted.scalar_one()
        return value

    def _counting(self, backend: str, name: str) -> sa.Executable:
        """Return one statement that inserts or counts up, locks, and returns.

        Nothing is read before the lock, and of two who use a name for the first time
        one inserts and the other waits, and then counts up.
        """
        table, first = self.table, {"name": name, "value": 1}
        value, key = table.c.value, [table.c.name]
        up = {"value": value + 1}
        if backend in ("mysql", "mariadb"):
            counting = mysql.insert(table).values(first)
            return counting.on_duplicate_key_update(up).returning(value)
        # The two say it in the same words, and have no type in common that does.
        insert: Any = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}[
            backend
        ]
        counted = insert(table).values(first)
        upserted: sa.Executable = counted.on_conflict_do_update(
            index_elements=key, set_=up
        ).returning(value)
        return upserted
