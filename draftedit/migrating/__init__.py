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
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic.operations import BatchOperations

from draftedit.engine.values import codec
from draftedit.migrating import stored

Operations = Any  # `alembic.op`, which is a module, or an Operations of one's own


def add_column(op: Operations, table: str, column: sa.Column[Any]) -> None:
    """Add a column; drafts have in it what the live rows got, and have not changed it.

    In history the column has its server default, too, as nothing else is known of it.
    """
    connection = _connection(op)
    spelling = codec(column.type)
    default = _default(connection, column)
    with _altering(op, table) as batch:
        batch.add_column(column)
    for twin in _twins(table):
        with _altering(op, twin) as batch:
            batch.add_column(sa.Column(column.name, spelling.plain))
    if default is not None:
        draft, history = (
            sa.table(name, sa.column(column.name), sa.column("origin"))
            for name in _twins(table)
        )
        filled = {column.name: default}
        connection.execute(sa.update(history).values(filled))
        # A draft's new rows get the default when they are saved.
        old = sa.update(draft).where(draft.c.origin.is_not(None))
        connection.execute(old.values(filled))
    stored.add(connection, table, column.name, spelling)


def rename_column(op: Operations, table: str, old: str, new: str) -> None:
    """Rename a column, in all that is stored about it, too."""
    connection = _connection(op)
    quote = connection.dialect.identifier_preparer.quote
    for name in (table, *_twins(table)):
        op.execute(
            f"ALTER TABLE {quote(name)} RENAME COLUMN {quote(old)} TO {quote(new)}"
        )

    def renamed(name: str) -> str:
        return new if name == old else name

    stored.rename_in_rows(connection, table, renamed)
    stored.rename_in_operations(connection, table, renamed)


def drop_column(op: Operations, table: str, name: str) -> None:
    """Drop a column. Operations keep what they say of it, so that drafts can tell.

    What a draft has not changed it does not miss: the origins forget the column.
    """
    connection = _connection(op)
    for one in (table, *_twins(table)):
        _drop_references(op, one, name)
        with _altering(op, one) as batch:
            batch.drop_column(name)
    stored.rename_in_rows(connection, table, lambda n: None if n == name else n)


def _default(
    connection: sa.Connection, column: sa.Column[Any]
) -> sa.ColumnElement[Any] | None:
    """Return the server default as the database's own SQL spells it."""
    dialect = connection.dialect
    nothing = sa.schema.CreateSchema("")  # only for its compiler, which spells defaults
    compiler: Any = nothing.compile(dialect=dialect)
    text = compiler.get_column_default_string(column)
    return None if text is None else sa.literal_column(text)


def _connection(op: Operations) -> sa.Connection:
    if op.get_context().as_sql:
        raise RuntimeError("draftedit.migrating reads drafts: not possible with --sql")
    connection: sa.Connection = op.get_bind()
    return connection


def _twins(table: str) -> tuple[str, str]:
    return f"{table}_draft", f"{table}_history"


@contextmanager
def _altering(op: Operations, table: str) -> Iterator[BatchOperations]:
    """Alter a table; SQLite's is made anew where need be, and keeps counting its keys.

    What Alembic reads of a SQLite table does not tell AUTOINCREMENT.
    """
    connection = op.get_bind()
    options: dict[str, bool] = {}
    if connection.dialect.name == "sqlite":
        source = connection.scalar(
            sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :n"),
            {"n": table},
        )
        options["sqlite_autoincrement"] = "AUTOINCREMENT" in (source or "").upper()
    with op.batch_alter_table(table, table_kwargs=options) as batch:
        yield batch


def _drop_references(op: Operations, table: str, name: str) -> None:
    """Drop the foreign keys of a column, where the database does not by itself."""
    connection = op.get_bind()
    if connection.dialect.name not in ("mysql", "mariadb"):
        return
    for key in sa.inspect(connection).get_foreign_keys(table):
        if name in key["constrained_columns"]:
            op.drop_constraint(str(key["name"]), table, type_="foreignkey")
