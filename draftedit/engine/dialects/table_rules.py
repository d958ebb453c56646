"""What draftedit asks about the tables that a database has."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from draftedit.engine.dialects.facts import RealKey, RowChanges, TableFacts


class TableRules(ABC):
    """The half of `Backend` that is about tables: their keys, types and migrations."""

    # Whether an index may leave rows out: the `where` of an `Index`.
    partial_indexes: ClassVar[bool]
    # Whether a unique key may wait for the end of the transaction.
    defers_unique: ClassVar[bool]
    # Whether it has EXCLUDE, a key by any operator.
    excludes: ClassVar[bool]
    # The words of an INSERT that names a key GENERATED ALWAYS; "": it has no such keys.
    identity_override: ClassVar[str]
    # Whether a counted key takes 0 for "the next one".
    zero_is_next: ClassVar[bool]
    # Whether a column cannot be dropped before its foreign keys are.
    keeps_foreign_keys: ClassVar[bool]
    # Whether most changes of a table make it anew, and drop the old one with its rows.
    remakes_tables: ClassVar[bool]
    # What makes SQLAlchemy list also the indexes that the database made by itself.
    index_options: ClassVar[Mapping[str, bool]]

    @abstractmethod
    def nulls_equal(self, rule: sa.UniqueConstraint | sa.Index) -> bool:
        """Return whether a rule of the models takes NULL for equal to NULL."""

    @abstractmethod
    def unique_keys(
        self, connection: sa.Connection, table: sa.Table
    ) -> Sequence[RealKey]:
        """Return the unique keys that a table has, the primary key aside."""

    @abstractmethod
    def facts(self, connection: sa.Connection, table: sa.Table) -> TableFacts:
        """Return what SQLAlchemy does not reflect of a (reflected) table."""

    @abstractmethod
    def is_byte_wise(self, connection: sa.Connection, collation: str | None) -> bool:
        """Return whether a collation (None: the default) sorts texts by their bytes."""

    @abstractmethod
    def stored_type(self, kind: TypeEngine[Any]) -> TypeEngine[Any]:
        """Return the type that it makes of one which it takes by another name."""

    @abstractmethod
    def default_of(
        self, connection: sa.Connection, column: sa.Column[Any]
    ) -> sa.ColumnElement[Any]:
        """Return an expression for what it gives to a column that is left out."""

    @abstractmethod
    def reuses_keys(self, table: sa.Table, kind: str) -> bool:
        """Return whether it gives the key of a deleted row to a new one.

        `table` is one of the models, and its key is counted; `kind` is the SQL of the
        key's type.
        """

    @abstractmethod
    def loses_rows(self, rule: sa.Constraint | sa.Column[Any]) -> bool:
        """Return whether a rule of a model deletes or leaves out rows without an error.

        Instead of refusing a statement.
        """

    @abstractmethod
    def schemas(self, inspector: sa.Inspector) -> Collection[str]:
        """Return the schemas beside the default one whose tables may refer to ours."""

    @abstractmethod
    def secured_tables(
        self, connection: sa.Connection
    ) -> Sequence[tuple[str | None, str, int]]:
        """Return schema, name and number of each table with row-level security."""

    @abstractmethod
    def hides_rows(self, connection: sa.Connection, number: int) -> bool:
        """Return whether a table of `secured_tables` may hide rows from the session."""

    @abstractmethod
    def row_changes(
        self, connection: sa.Connection, numbers: Collection[int]
    ) -> Iterator[RowChanges]:
        """Yield what the transaction changed in tables that hide rows from it."""

    @abstractmethod
    def remaking_options(
        self, connection: sa.Connection, table: str
    ) -> Mapping[str, bool]:
        """Return the options that Alembic would forget when it remakes a table."""
