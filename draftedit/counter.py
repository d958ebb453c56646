"""Numbers without gaps or duplicates, for a host that needs them: invoices, tickets.

    counters = Counters(Base.metadata)
    number = counters.next(dbsession, "change-ticket")

One row for each name. A number belongs to the transaction that took it: if that is
rolled back, the next one gets it. So a transaction that has taken a number blocks all
others that want one of the same name until it commits or rolls back: take it late, and
commit soon. Drafts and saves take none; docs/counter.md says what that would cost.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.base.joined import mark_changed
from draftedit.engine.dialects import backend_of
from draftedit.engine.dialects.backend import Backend
from draftedit.engine.values.column_types import name_type

NAME = 63  # characters


class Counters:
    """The counters of a host, in a table of its metadata."""

    def __init__(self, metadata: sa.MetaData, table: str = "counter") -> None:
        """Add the table called `table` to `metadata`, where Alembic finds it."""
        self.table = sa.Table(
            table,
            metadata,
            sa.Column("name", name_type(NAME), primary_key=True),
            sa.Column("value", sa.BigInteger, nullable=False),
        )

    def next(self, dbsession: Session, name: str) -> int:
        """Take the next number called `name`; the first is 1.

        `name` has at most 63 characters. The number is the transaction's own once it
        commits.

        Database errors are not caught, as they end its transaction: the caller rolls
        all of it back, not to a savepoint, and repeats it if
        `draftedit.is_retryable` returns true: after a deadlock, after a lock
        wait timeout, and on SQLite for a transaction that had read before another
        wrote; begin with BEGIN IMMEDIATE there.
        """
        backend = backend_of(dbsession.get_bind())
        counted = dbsession.execute(self._counting(backend, name))
        value: int = counted.scalar_one()
        mark_changed(dbsession)
        return value

    def _counting(self, backend: Backend, name: str) -> sa.Executable:
        """Return one statement that inserts or counts up, locks, and returns.

        Nothing is read before the lock: of two transactions that use a name for the
        first time, one inserts; the other waits, and then increments.
        """
        table, value = self.table, self.table.c.value
        counting = backend.upsert(table, {"value": value + 1})
        counted: sa.Executable = counting.values(name=name, value=1).returning(value)
        return counted
