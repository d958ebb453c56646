"""For migrations: change a column of a live table, and take the drafts along.

    from draftedit import migrating

    def upgrade() -> None:
        migrating.add_column(op, "line", sa.Column("gift", sa.Boolean, ...))
        migrating.rename_column(op, "line", "product", "article")
        migrating.drop_column(op, "line", "colour")

Each changes the live table with its `_draft` and `_history` and what drafts have stored
about it: the origins of their rows and the operations of their journals. A draft whose
values fit no more says so, and loses nothing. Constraints and indexes of several
columns are the migration's own business, and what it fills in is: an update of live
rows is to the drafts what any change by others is.

On SQLite with foreign keys on, `env.py` runs the scripts without them, and looks at the
references before the commit:

    with migrating.foreign_keys_off(connection), context.begin_transaction():
        context.run_migrations()
        migrating.check_references(connection)

Without that, what would delete the rows that refer to a table is refused (RowsAtStake).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic.operations import BatchOperations

from draftedit.engine.dialects import backend_of
from draftedit.engine.schema import shadow_tables
from draftedit.engine.values.codecs import codec
from draftedit.migrating import stored
from draftedit.migrating.rows_at_stake import (
    RowsAtStake,
    check_references,
    foreign_keys_off,
    refuse_to_lose_rows,
)

__all__ = [
    "RowsAtStake",
    "add_column",
    "check_references",
    "drop_column",
    "foreign_keys_off",
    "rename_column",
]

Operations = Any  # `alembic.op`, which is a module, or another Operations object


def add_column(op: Operations, table: str, column: sa.Column[Any]) -> None:
    """Add a column; drafts get the live row's value, as if they had not changed it.

    History rows get the server default, as nothing else is known of them. Raises
    RowsAtStake, on SQLite, if rows would be lost.
    """
    connection = _connection(op)
    spelling = codec(column.type)
    default = _default(connection, column)
    with _altering(op, table) as batch:
        batch.add_column(column)
    for twin in shadow_tables.names(table):
        with _altering(op, twin) as batch:
            batch.add_column(sa.Column(column.name, spelling.plain))
    if default is not None:
        draft, history = (
            sa.table(name, sa.column(column.name), sa.column("origin"))
            for name in shadow_tables.names(table)
        )
        filled = {column.name: default}
        connection.execute(sa.update(history).values(filled))
        # New rows of a draft get the default when they are saved.
        old = sa.update(draft).where(draft.c.origin.is_not(None))
        connection.execute(old.values(filled))
    stored.add(connection, table, column.name, spelling)


def rename_column(op: Operations, table: str, old: str, new: str) -> None:
    """Rename a column, and rename it in everything stored about it.

    Raises NoSuchTableError, before it changes anything, for a table without drafts.
    """
    connection = _connection(op)
    journal = stored.journal_of(connection, table)
    quote = connection.dialect.identifier_preparer.quote
    for name in (table, *shadow_tables.names(table)):
        op.execute(
            f"ALTER TABLE {quote(name)} RENAME COLUMN {quote(old)} TO {quote(new)}"
        )

    def renamed(name: str) -> str:
        return new if name == old else name

    stored.rename_in_rows(connection, table, renamed)
    stored.rename_in_operations(connection, journal, table, renamed)


def drop_column(op: Operations, table: str, name: str) -> None:
    """Drop a column. Operations keep their values of it, so that drafts can report it.

    A draft that has not changed the column loses nothing: its origins forget the
    column. Raises RowsAtStake, on SQLite, if rows would be lost.
    """
    connection = _connection(op)
    for one in (table, *shadow_tables.names(table)):
        _drop_references(op, one, name)
        with _altering(op, one) as batch:
            batch.drop_column(name)
    stored.rename_in_rows(connection, table, lambda n: None if n == name else n)


def _default(
    connection: sa.Connection, column: sa.Column[Any]
) -> sa.ColumnElement[Any] | None:
    """Return the server default in the SQL of the database."""
    dialect = connection.dialect
    unused = sa.schema.CreateSchema("x")  # only for its compiler, to render defaults
    compiler: Any = unused.compile(dialect=dialect)
    text = compiler.get_column_default_string(column)
    return None if text is None else sa.literal_column(text)


def _connection(op: Operations) -> sa.Connection:
    if op.get_context().as_sql:
        raise RuntimeError("draftedit.migrating reads drafts: not possible with --sql")
    connection: sa.Connection = op.get_bind()
    return connection


@contextmanager
def _altering(op: Operations, table: str) -> Iterator[BatchOperations]:
    """Alter a table; one that has to be made anew keeps counting its keys."""
    connection = op.get_bind()
    options = backend_of(connection).remaking_options(connection, table)
    with op.batch_alter_table(table, table_kwargs=options) as batch:
        yield batch
        # Before the first statement of the batch.
        refuse_to_lose_rows(batch, table)


def _drop_references(op: Operations, table: str, name: str) -> None:
    """Drop the foreign keys of a column on databases that do not do so themselves."""
    connection = op.get_bind()
    if not backend_of(connection).keeps_foreign_keys:
        return
    for key in sa.inspect(connection).get_foreign_keys(table):
        if name in key["constrained_columns"]:
            op.drop_constraint(str(key["name"]), table, type_="foreignkey")
