"""Statements of ours, which name tables and not classes."""

from collections.abc import Iterator, Mapping
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


def is_one_of(column: sa.ColumnElement[int], name: str) -> sa.ColumnElement[bool]:
    """Return the condition that a column has one of the numbers of a parameter.

    They stand in the statement itself. Bound one by one, the hundreds that a purge asks
    for in each of its tables take longer than finding them: a third of its time.
    """
    return column.in_(sa.bindparam(name, expanding=True, literal_execute=True))


def records(result: sa.Result[Any]) -> Iterator[dict[str, Any]]:
    """Yield the rows as values by name.

    As dict(row._mapping) would, which asks each row anew for the names: for the rows of
    a large save, a tenth of its time. All are fetched at once, as they are all used.
    """
    names = tuple(result.keys())
    return (dict(zip(names, row, strict=True)) for row in result.all())
