"""Inspect a table as it is in the database."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import NoSuchTableError, SAWarning

from draftedit.engine.dialects import backend_of
from draftedit.engine.dialects.facts import TableFacts


@dataclass(frozen=True)
class RealTable:
    """A table as it is in the database.

    `indexed` are the columns of whatever serves as an index, `unique` of what is
    unique.
    """

    table: sa.Table
    indexed: Sequence[tuple[str, ...]]
    unique: Sequence[frozenset[str]]
    facts: TableFacts

    @property
    def columns(self) -> Mapping[str, sa.Column[Any]]:
        """Return the columns by name."""
        return {column.name: column for column in self.table.columns}

    @property
    def index_names(self) -> frozenset[str]:
        """Return the names of the indexes."""
        return frozenset(str(index.name) for index in self.table.indexes)


def inspect_table(connection: sa.Connection, table: sa.Table) -> RealTable | None:
    """Inspect a table; return None if there is none of that name."""
    try:
        with _without_index_warnings():
            real = sa.Table(
                table.name,
                sa.MetaData(),
                schema=table.schema,
                autoload_with=connection,
                resolve_fks=False,
            )
            found = list(_indexes(connection, table))
    except NoSuchTableError:
        return None
    key = tuple(real.primary_key.columns.keys())
    indexes = [(True, key), *found]
    facts = backend_of(connection).facts(connection, real)
    return RealTable(
        real,
        [columns for _, columns in indexes],
        [frozenset(columns) for is_unique, columns in indexes if is_unique],
        facts,
    )


@contextmanager
def _without_index_warnings() -> Iterator[None]:
    """Silence SQLAlchemy's warnings about indexes that it cannot reflect.

    Our reads do not use indexes of expressions; partial ones are left out anyway.
    """
    with warnings.catch_warnings():
        for text in (r".*expression-based index", r".*partial unique index"):
            warnings.filterwarnings("ignore", text, SAWarning)
        yield


def _indexes(
    connection: sa.Connection, table: sa.Table
) -> Iterator[tuple[bool, tuple[str, ...]]]:
    """Yield uniqueness and columns of each index that knows all rows."""
    options = backend_of(connection).index_options
    look = sa.inspect(connection)
    for one in look.get_indexes(table.name, table.schema, **options):
        columns, more = one["column_names"], one.get("dialect_options", {})
        is_partial = any(name.endswith("_where") for name in more)
        if None not in columns and not is_partial:
            yield bool(one["unique"]), tuple(map(str, columns))
    for constraint in look.get_unique_constraints(table.name, table.schema):
        yield True, tuple(constraint["column_names"])
