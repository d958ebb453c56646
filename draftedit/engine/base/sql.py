"""Helpers for Core statements on tables, bypassing the ORM."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql.visitors import replacement_traverse

from draftedit.engine.dialects import BACKENDS, backend_named

_INDEX_HINTS = tuple(
    (name, one.index_hint) for name, one in BACKENDS.items() if one.index_hint
)

SPREAD = 10  # a key range may contain at most SPREAD times as many keys as are wanted


def run(
    dbsession: Session, statement: sa.Executable, values: Mapping[str, Any]
) -> sa.CursorResult[Any]:
    """Execute a statement in the session's transaction.

    Bypasses `Session.execute`, whose ORM checks cost more than half of a small
    statement beside the database, and a twentieth of a `set`.
    """
    return dbsession.connection().execute(statement, values)


def insert_or_find(
    dbsession: Session, table: sa.Table, values: Mapping[str, Any], column: str
) -> Any:
    """Insert a row unless its key is taken; return `column` of the row that exists.

    In one statement: of two concurrent inserts of one key, the second waits for the
    first and finds its row. A plain INSERT would raise, and end its transaction.
    """
    found = dbsession.connection().execute(
        _insert_or_find(table, dbsession.get_bind().dialect.name, column), values
    )
    return found.scalar_one()


@cache
def _insert_or_find(table: sa.Table, dialect: str, column: str) -> sa.Executable:
    # A no-op update: RETURNING returns only rows that a statement writes.
    inserting = backend_named(dialect).upsert(table, {column: table.c[column]})
    found: sa.Executable = inserting.returning(table.c[column])
    return found


class _Numbers(sa.types.UserDefinedType[Sequence[int]]):
    """Integers rendered into a statement: (1, 2, 3)."""

    cache_ok = True

    def literal_processor(self, dialect: sa.Dialect) -> Callable[[Any], str]:
        """Return a function that renders them; only numbers get into a statement."""
        return lambda numbers: f"({', '.join(map(str, map(int, numbers)))})"


def is_one_of(
    column: sa.ColumnElement[int],
    numbers: Sequence[int] | None = None,
    name: str | None = None,
) -> sa.ColumnElement[bool]:
    """Return the condition that a column has one of hundreds of numbers, at least one.

    They are rendered into the statement, all at once: to bind them one by one, or to
    render them as `column.in_` does, takes longer than to find them. `name`: of the
    parameter, if `numbers` come later.
    """
    wanted: sa.BindParameter[Any] = sa.bindparam(
        name, numbers, type_=_Numbers(), literal_execute=True
    )
    return column.op("IN", is_comparison=True)(wanted)


def among(keys: Sequence[int]) -> dict[str, Any]:
    """Return the parameters of `is_among` for keys, at least one."""
    return {"among": keys, "least": min(keys), "most": max(keys)}


def is_among(column: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Return the condition that a column has one of hundreds of keys.

    The database reads the range of the keys, see `close_together`; `+ 0` keeps it from
    looking up each of them, by which MariaDB deletes more slowly if the index is a
    secondary one. PostgreSQL, before it has statistics, would take so many keys for
    most of a table, and read all of it.
    """
    least: sa.BindParameter[int] = sa.bindparam("least")
    most: sa.BindParameter[int] = sa.bindparam("most")
    return sa.and_(column.between(least, most), is_one_of(column + 0, name="among"))


def close_together(keys: Sequence[int]) -> list[int]:
    """Return the first of sorted keys that are near enough for `is_among`.

    Other keys between them are read, too, up to SPREAD times the number wanted.
    """
    near: list[int] = []
    for key in keys:
        if key - keys[0] >= SPREAD * (len(near) + 1):
            break
        near.append(key)
    return near


def is_any_of(
    column: sa.ColumnElement[Any], values: Sequence[sa.ColumnElement[Any]]
) -> sa.ColumnElement[bool]:
    """Return the condition that a column has one of the values, which may be NULL."""
    return column == values[0] if len(values) == 1 else column.in_(values)


def on_columns(
    criterion: sa.ColumnElement[bool], table: sa.Table, columns: Any
) -> sa.ColumnElement[bool]:
    """Return a criterion on a table's columns for other columns of the same names."""
    own = set(table.columns)

    def moved(element: Any, **_options: Any) -> Any:
        is_own = isinstance(element, sa.Column) and element in own
        return columns[element.name] if is_own else None

    return replacement_traverse(criterion, {}, moved)


def force_index(
    statement: sa.Select[Any], table: sa.FromClause, index: str
) -> sa.Select[Any]:
    """Let databases that take a hint read a table by this index."""
    for dialect, hint in _INDEX_HINTS:
        statement = statement.with_hint(table, hint.format(index), dialect)
    return statement


def records(result: sa.Result[Any]) -> Iterator[dict[str, Any]]:
    """Yield the rows as values by name.

    Faster than dict(row._mapping), which looks up the names for each row: a tenth of
    the time of a large save. All are fetched at once, as they are all used.
    """
    names = tuple(result.keys())
    return (dict(zip(names, row, strict=True)) for row in result.all())
