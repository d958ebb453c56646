"""What draftedit asks about the statements that a database takes."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import sqlalchemy as sa


class Statements(ABC):
    """The part of `Backend` about SQL: spellings, hints, locks, transactions."""

    # --- Spellings: gaps are arguments

    # The day (UTC) of a moment as `UtcDateTime` stores it.
    utc_day: ClassVar[str]
    # The whole seconds from {0} to {1}.
    whole_seconds: ClassVar[str]
    # Whether a UNION merges a text with a column of another type.
    merges_types: ClassVar[bool]
    # What counts rows and values of the table behind it, for better plans.
    analyze: ClassVar[str]

    # --- Hints

    # What makes it read a table by the index {0}; None: it is left to the database.
    index_hint: ClassVar[str | None]
    # Whether it looks up (a, b) > (1, 2) in an index, as it does a > 1.
    seeks_tuples: ClassVar[bool]

    # --- Locks and transactions

    # What begins a transaction where the driver waits for the first write; None: the
    # driver begins before the first statement.
    begin: ClassVar[str | None]
    # What begins one that is going to write, and waits for others that do; None: each
    # row has a lock of its own.
    begin_to_write: ClassVar[str | None]
    # What has it check deferred constraints before COMMIT; None: it cannot.
    check_deferred: ClassVar[str | None]
    # Whether CREATE, ALTER and DROP commit what was written before.
    ddl_commits: ClassVar[bool]
    # What drops a temporary table, and no other, without a commit.
    drop_temporary: ClassVar[str]
    # Whether a temporary table is still there when what made it was rolled back.
    temporary_outlives_rollback: ClassVar[bool]

    @abstractmethod
    def upsert(self, table: sa.Table, changes: Mapping[str, Any]) -> Any:
        """Return an INSERT that makes `changes` to the row that has the key already.

        Of two who insert the same key at once, the second waits for the first. The
        statement takes `.values()` and `.returning()`.
        """

    @abstractmethod
    def unindexed(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        """Return a column to sort by, of which it should not read all by an index."""

    @abstractmethod
    def looks_again_after(self, seconds: float) -> float:
        """Return how long one who has waited so long for a lock sleeps at most.

        In seconds; 0: a waiting session is woken when the lock is free.
        """

    @abstractmethod
    def wrote_past_rollback(self, cursor: Any) -> bool:
        """Whether the rollback just done left something of tables that have none.

        `cursor` is the driver's, on which it was done.
        """
