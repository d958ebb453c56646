"""Statements of ours, which name tables and not classes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

SPREAD = 10  # keys of which one is among the wanted, at the least


def run(
    dbsession: Session, statement: sa.Executable, values: Mapping[str, Any]
) -> sa.CursorResult[Any]:
    """Execute one in the session's transaction.

    Past `Session.execute`, which looks for work of the ORM in each: more than half of
    what a small statement costs besides the database, and of a `set` a twentieth.
    """
    return dbsession.connection().execute(statement, values)


class _Numbers(sa.types.UserDefinedType[Sequence[int]]):
    """Whole numbers as they stand in a statement: (1, 2, 3)."""

    cache_ok = True

    def literal_processor(self, dialect: sa.Dialect) -> Callable[[Any], str]:
        """Return what spells them; nothing but numbers gets into a statement."""
        return lambda numbers: f"({', '.join(map(str, map(int, numbers)))})"


def is_one_of(
    column: sa.ColumnElement[int],
    numbers: Sequence[int] | None = None,
    name: str | None = None,
) -> sa.ColumnElement[bool]:
    """Return the condition that a column has one of hundreds of numbers, one at least.

    They stand in the statement itself, spelled all at once: to bind them one by one, or
    to spell them so as `column.in_` does, takes longer than to find them. `name`: of
    the parameter, where `numbers` come later.
    """
    wanted: sa.BindParameter[Any] = sa.bindparam(
        name, numbers, type_=_Numbers(), literal_execute=True
    )
    return column.op("IN", is_comparison=True)(wanted)


def among(keys: Sequence[int]) -> dict[str, Any]:
    """Return the parameters of `is_among` for keys, one at least."""
    return {"among": keys, "least": min(keys), "most": max(keys)}


def is_among(column: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Return the condition that a column has one of hundreds of keys.

    The span that they lie in is what the database reads, see `close_together`; `+ 0`
    keeps it from looking for each of them, by which MariaDB deletes more slowly where
    the index is a secondary one. PostgreSQL, before it has statistics, would take so
    many keys for most of a table, and read all of it.
    """
    least: sa.BindParameter[int] = sa.bindparam("least")
    most: sa.BindParameter[int] = sa.bindparam("most")
    return sa.and_(column.between(least, most), is_one_of(column + 0, name="among"))


def close_together(keys: Sequence[int]) -> list[int]:
    """Return the first of sorted keys that are near enough for `is_among`.

    What others have between them is read, too, up to SPREAD times what is wanted.
    """
    near: list[int] = []
    for key in keys:
        if key - keys[0] >= SPREAD * (len(near) + 1):
            break
        near.append(key)
    return near


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
