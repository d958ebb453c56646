"""Unique rules of a table, and the columns each depends on.

A unique key is more than its columns: a partial index leaves rows out, an expression
compares what it computes, EXCLUDE compares by operators, and the check of a deferrable
key can wait until the end of the transaction.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.sql import visitors

from draftedit.engine.dialects import BACKENDS, backend_named

_QUOTED = re.compile(r"'(?:[^']|'')*'")
_IDENTIFIER = re.compile(r'"((?:[^"]|"")+)"|`([^`]+)`|([^\W\d]\w*)')


@dataclass(frozen=True)
class UniqueKey:
    """One unique rule, other than the primary key.

    `columns` are compared as they are; `inputs` are those of computed values that are
    compared, `conditions` those that decide whether a row takes part at all, by
    `predicate` (SQL, if the database has reported it). NULL in one of `columns` differs
    from any other value if `nulls_differ`. EXCLUDE `excludes` by any operator.
    """

    name: str | None
    columns: tuple[str, ...]
    inputs: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    predicate: str | None = None
    deferrable: bool = False
    nulls_differ: bool = True
    excludes: bool = False

    @property
    def depends_on(self) -> tuple[str, ...]:
        """Return the columns; one must change for a row to give up its place."""
        return tuple(dict.fromkeys([*self.columns, *self.inputs, *self.conditions]))

    @property
    def title(self) -> str:
        """Return its name in messages."""
        listed = ", ".join(self.columns or self.depends_on)
        return f"{self.name} ({listed})" if self.name else f"({listed})"


def columns_named(sql: str, columns: Iterable[str]) -> tuple[str, ...]:
    """Return those of `columns` that a piece of SQL names, or seems to name."""
    found = {
        (double or back or plain).replace('""', '"').casefold()
        for double, back, plain in _IDENTIFIER.findall(_QUOTED.sub("", sql))
    }
    return tuple(name for name in columns if name.casefold() in found)


def origins(
    names: Iterable[str], computed: Mapping[str, str], columns: Iterable[str]
) -> list[str]:
    """Return the columns that `names` are computed from, if the SQL is known."""
    every = list(columns)
    sql = [computed[name] for name in names if name in computed]
    return [name for one in sql for name in columns_named(one, every)]


def plain_keys(table: sa.Table) -> Iterator[tuple[str, ...]]:
    """Yield the columns of each key that compares plain columns, over all rows."""
    for one in unique_constraints(table):
        yield tuple(column.name for column in one.columns)
    for index in _unique_indexes(table):
        names = tuple(_plain_name(one) for one in index.expressions)
        if None not in names and not index_predicates(index):
            yield tuple(map(str, names))


def unique_constraints(table: sa.Table) -> list[sa.UniqueConstraint]:
    """Return the unique constraints of a table."""
    return [c for c in table.constraints if isinstance(c, sa.UniqueConstraint)]


@cache
def model_keys(table: sa.Table, dialect: str) -> tuple[UniqueKey, ...]:
    """Return the keys that the host's model declares, as one database has them."""
    return tuple(_model_keys(table, dialect))


def _model_keys(table: sa.Table, dialect: str) -> Iterator[UniqueKey]:
    for one in sorted(table.constraints, key=lambda one: str(one.name)):
        if not is_made(one, dialect):
            continue
        if isinstance(one, sa.UniqueConstraint):
            yield _key(table, dialect, one, one.columns)
        elif isinstance(one, ExcludeConstraint) and backend_named(dialect).excludes:
            yield _exclusion(table, one)
    for index in _unique_indexes(table):
        if is_made(index, dialect):
            where = index_predicates(index).get(dialect)
            yield _key(table, dialect, index, index.expressions, where)


def is_made(one: sa.Constraint | sa.Index, dialect: str) -> bool:
    """Return whether a rule is created on a database: see SQLAlchemy's `ddl_if`."""
    only = getattr(getattr(one, "_ddl_if", None), "dialect", None)
    return only is None or dialect in ([only] if isinstance(only, str) else only)


_PARTIAL = tuple(name for name, one in BACKENDS.items() if one.partial_indexes)


def index_predicates(index: sa.Index) -> dict[str, Any]:
    """Return the predicates of a partial index, by database."""
    options = ((name, index.dialect_options[name].get("where")) for name in _PARTIAL)
    return {name: where for name, where in options if where is not None}


def _unique_indexes(table: sa.Table) -> list[sa.Index]:
    unique = [index for index in table.indexes if index.unique]
    return sorted(unique, key=lambda index: str(index.name))


def _key(
    table: sa.Table,
    dialect: str,
    one: sa.UniqueConstraint | sa.Index,
    compared: Iterable[Any],
    where: Any = None,
) -> UniqueKey:
    items = list(compared)
    columns = tuple(name for item in items if (name := _plain_name(item)))
    inputs = [n for i in items if not _plain_name(i) for n in _named(table, i)]
    inputs += origins([*columns, *inputs], _computed(table), table.columns.keys())
    backend = backend_named(dialect)
    return UniqueKey(
        name=None if one.name is None else str(one.name),
        columns=columns,
        inputs=tuple(dict.fromkeys(inputs)),
        conditions=() if where is None else _named(table, where),
        deferrable=backend.defers_unique and bool(getattr(one, "deferrable", None)),
        nulls_differ=not backend.nulls_equal(one),
    )


def _exclusion(table: sa.Table, one: ExcludeConstraint) -> UniqueKey:
    """Read EXCLUDE from its SQL: the constraint itself keeps its terms to itself."""
    ddl = sa.schema.AddConstraint(one, isolate_from_table=False)
    dialect = sa.make_url("postgresql+psycopg://").get_dialect()()
    sql = str(ddl.compile(dialect=dialect))
    compared = sql.partition(" EXCLUDE ")[2].partition(" WHERE ")[0]
    where = () if one.where is None else _named(table, one.where)
    names = table.columns.keys()
    inputs = columns_named(compared, names)
    return UniqueKey(
        name=None if one.name is None else str(one.name),
        columns=(),
        inputs=(*inputs, *origins(inputs, _computed(table), names)),
        conditions=where,
        deferrable=bool(one.deferrable),
        excludes=True,
    )


def _computed(table: sa.Table) -> dict[str, str]:
    return {
        column.name: str(column.computed.sqltext)
        for column in table.columns
        if column.computed is not None
    }


def _plain_name(item: Any) -> str | None:
    """Return the name of a plain column, which may have a direction; else None."""
    while isinstance(item, sa.UnaryExpression):
        item = item.element
    return item.name if isinstance(item, sa.Column) else None


def _named(table: sa.Table, clause: Any) -> tuple[str, ...]:
    """Return the columns of a table that an expression names."""
    found = {one.name for one in visitors.iterate(clause) if isinstance(one, sa.Column)}
    by_text = columns_named(str(clause), table.columns.keys())
    return tuple(one.name for one in table.columns if one.name in {*found, *by_text})
