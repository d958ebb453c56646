"""Answers that several databases give.

A class of a database names those that hold for it among its base classes, in front of
`Backend`: an answer is given on purpose, never inherited by default.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from draftedit.engine.dialects.connections import Connections
from draftedit.engine.dialects.facts import RowChanges
from draftedit.engine.dialects.statement_rules import Statements
from draftedit.engine.dialects.table_rules import TableRules


class Server(Statements, TableRules, Connections):
    """A server: it wakes the one who waits for a lock, and alters tables in place."""

    remakes_tables = False
    index_options: ClassVar[Mapping[str, bool]] = {}

    def unindexed(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        """Return the column: the server chooses the index well by itself."""
        return column

    def looks_again_after(self, seconds: float) -> float:
        """Return 0: the server wakes a waiting session."""
        return 0

    def default_of(
        self, connection: sa.Connection, column: sa.Column[Any]
    ) -> sa.ColumnElement[Any]:
        """Return the word DEFAULT."""
        return sa.literal_column("DEFAULT")

    def reuses_keys(self, table: sa.Table, kind: str) -> bool:
        """Return false: a sequence or AUTO_INCREMENT goes on."""
        return False

    def loses_rows(self, rule: sa.Constraint | sa.Column[Any]) -> bool:
        """Return false: what breaks a rule is an error."""
        return False

    def remaking_options(
        self, connection: sa.Connection, table: str
    ) -> Mapping[str, bool]:
        """Return nothing: a table is altered in place."""
        return {}

    def prepare(self, engine: sa.Engine) -> None:
        """Do nothing: `engine_options` has everything."""

    def guard_pool(self, engine: sa.Engine) -> None:
        """Do nothing: a COMMIT that fails ends the transaction."""

    def file_of(self, url: sa.URL) -> str | None:
        """Return None: the address names a server."""
        return None


class NoRowSecurity(TableRules):
    """A database without row-level security."""

    def secured_tables(
        self, connection: sa.Connection
    ) -> list[tuple[str | None, str, int]]:
        """Return no table."""
        return []

    def hides_rows(self, connection: sa.Connection, number: int) -> bool:
        """Return false."""
        return False

    def row_changes(
        self, connection: sa.Connection, numbers: Collection[int]
    ) -> Iterator[RowChanges]:
        """Yield nothing."""
        return iter(())


class KeepsDeclarations(Statements, TableRules):
    """A database that keeps types and transactions as they were declared."""

    def wrote_past_rollback(self, cursor: Any) -> bool:
        """Return false: a rollback reaches every table."""
        return False

    def is_byte_wise(self, connection: sa.Connection, collation: str | None) -> bool:
        """Ask the database whether it sorts "B" before "a"."""
        word: sa.ColumnElement[str] = sa.literal("B")
        if collation is not None:
            word = sa.collate(word, collation)
        return bool(connection.scalar(sa.select(word < sa.literal("a"))))

    def stored_type(self, kind: TypeEngine[Any]) -> TypeEngine[Any]:
        """Return the type, which is reflected as it was declared."""
        return kind


def on_conflict(inserting: Any, table: sa.Table, changes: Mapping[str, Any]) -> Any:
    """Complete an INSERT of PostgreSQL or SQLite with ON CONFLICT DO UPDATE."""
    key = list(table.primary_key)
    return inserting.on_conflict_do_update(index_elements=key, set_=changes)
