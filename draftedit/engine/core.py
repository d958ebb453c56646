"""Statements of ours, which name tables and not classes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session


def run(
    dbsession: Session, statement: sa.Executable, values: Mapping[str, Any]
) -> sa.CursorResult[Any]:
    """Execute one in the session's transaction.

    Past `Session.execute`, which looks for work of the ORM in each: more than half of
    what a small statement costs besides the database, and of a `set` a twentieth.
    """
    return dbsession.connection().execute(statement, values)


def among(keys: Sequence[int]) -> dict[str, Any]:
    """Return the parameters of `is_among` for keys, one at least."""
    return {"among": keys, "least": min(keys), "most": max(keys)}


def is_among(column: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Return the condition that a column has one of hundreds of keys.

    They stand in the statement itself: bound one by one they take longer than finding
    them. And the span that they lie in stands beside them: before PostgreSQL has
    statistics, it takes so many keys for most of a table, and reads all of it.
    """
    keys: sa.BindParameter[Any] = sa.bindparam(
        "among", expanding=True, literal_execute=True
    )
    least: sa.BindParameter[int] = sa.bindparam("least")
    most: sa.BindParameter[int] = sa.bindparam("most")
    return sa.and_(column.between(least, most), column.in_(keys))


def force_index(
    statement: sa.Select[Any], table: sa.FromClause, index: str
) -> sa.Select[Any]:
    """Let MariaDB read a table by this index, whatever it expects of it."""
    hint = f"FORCE INDEX (`{index}`)"
    return statement.with_hint(table, hint, "mariadb").with_hint(table, hint, "mysql")


def records(result: sa.Result[Any]) -> Iterator[dict[str, Any]]:
    """Yield the rows as values by name.

    As dict(row._mapping) would, which asks each row anew for the names: for the rows of
    a large save, a tenth of its time. All are fetched at once, as they are all used.
    """
    names = tuple(result.keys())
    return (dict(zip(names, row, strict=True)) for row in result.all())
