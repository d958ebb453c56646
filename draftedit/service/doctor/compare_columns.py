"""Compare a table in the database with its model, and explain each difference."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from draftedit.engine.dialects import backend_of
from draftedit.engine.values.dialect_types import in_table, resolved
from draftedit.engine.values.order_key import OrderKey
from draftedit.service.doctor.inspecting import RealTable


@dataclass(frozen=True)
class TableDifference:
    """One difference; `blocks`: nothing that uses the table can work."""

    meaning: str
    blocks: bool = False


# Returns whether the type of a database column differs from that of the model.
TypesDiffer = Callable[[sa.Column[Any], sa.Column[Any]], bool]


def type_comparison(connection: sa.Connection) -> TypesDiffer:
    """Return Alembic's comparison of types, which knows each database's names."""
    # Imported lazily: a server that does not run the doctor starts sooner.
    from alembic.migration import MigrationContext

    return MigrationContext.configure(connection).impl.compare_type


def differences(
    connection: sa.Connection,
    table: sa.Table,
    real: RealTable,
    differ: TypesDiffer,
    is_live: bool,
) -> Iterator[TableDifference]:
    """Yield the differences of a table in columns, key and collations."""
    for column in table.columns:
        if column.name in real.columns:
            yield from _of_column(connection, column, real, differ)
        else:
            yield TableDifference(
                f"the column {_full(column)} is missing in the database: whatever reads"
                " or writes the table fails until a migration adds it",
                blocks=True,
            )
    for name in real.columns.keys() - table.columns.keys():
        yield _unknown(real.columns[name], is_live)
    key, own = _key(table), _key(real.table)
    if key and key != own:
        yield TableDifference(
            f"the primary key of {table.name} is ({', '.join(own)}) in the database and"
            f" ({', '.join(key)}) in the models: rows are taken for one another"
        )


def _key(table: sa.Table) -> tuple[str, ...]:
    return tuple(sorted(column.name for column in table.primary_key))


def _unknown(column: sa.Column[Any], is_live: bool) -> TableDifference:
    what = f"the models do not know the column {_full(column)}"
    is_filled = column.server_default is not None or column.computed is not None
    if not (column.nullable or is_filled or column.identity is not None):
        what += ", which may not be NULL: no row can be inserted"
    if is_live:
        what += "; a deleted row that a revert brings back has lost its value"
    return TableDifference(what)


def _of_column(
    connection: sa.Connection,
    column: sa.Column[Any],
    real: RealTable,
    differ: TypesDiffer,
) -> Iterator[TableDifference]:
    own = real.columns[column.name]
    ours, theirs = _plain(_type(connection, column)), _plain(own.type)
    if _is_unsigned(theirs) != _is_unsigned(ours) or differ(
        sa.Column(own.name, theirs), sa.Column(own.name, ours)
    ):
        spelled = [one.compile(dialect=connection.dialect) for one in (theirs, ours)]
        yield TableDifference(
            f"the column {_full(column)} is {spelled[0]} in the database and"
            f" {spelled[1]} in the models: values may be refused, cut or changed"
        )
    is_given = not column.primary_key and column.computed is None
    if is_given and own.nullable != column.nullable:
        yield _nullability(column, own)
    if column.name in real.facts.collations:
        yield from _collation(connection, column, real.facts.collations[column.name])


def _type(connection: sa.Connection, column: sa.Column[Any]) -> TypeEngine[Any]:
    """Return the type of a model's column on this database."""
    kind = resolved(column.type, connection.dialect.name)
    if isinstance(kind, OrderKey):
        return kind.load_dialect_impl(connection.dialect)
    return backend_of(connection).stored_type(kind)


def _is_unsigned(kind: Any) -> bool:
    # ZEROFILL implies UNSIGNED.
    return bool(getattr(kind, "unsigned", False) or getattr(kind, "zerofill", False))


def _plain(kind: Any) -> TypeEngine[Any]:
    """Return a type without its collation, which is compared separately."""
    plain: TypeEngine[Any] = copy.copy(kind)
    if isinstance(plain, sa.String):
        plain.collation = None
    return plain


def _nullability(column: sa.Column[Any], own: sa.Column[Any]) -> TableDifference:
    if own.nullable:
        return TableDifference(
            f"the column {_full(column)} may be NULL in the database, and not in the"
            " models: a row without a value cannot be edited"
        )
    return TableDifference(
        f"the column {_full(column)} may not be NULL in the database, but may in the"
        " models: a draft may leave it empty, and its save is refused"
    )


def _collation(
    connection: sa.Connection, column: sa.Column[Any], real: str | None
) -> Iterator[TableDifference]:
    called = real or "the database's default"
    if isinstance(column.type, OrderKey):
        if not backend_of(connection).is_byte_wise(connection, real):
            yield TableDifference(
                f"the order column {_full(column)} has the collation {called}, which"
                " does not compare bytes: pages of drafts fail, or rows are shown, and"
                " moved to, where they do not belong",
                blocks=True,
            )
        return
    kind = resolved(in_table(column.type, column.table), connection.dialect.name)
    modelled = getattr(kind, "collation", None)
    if modelled is not None and _modern(modelled) != _modern(called):
        yield TableDifference(
            f"the column {_full(column)} has the collation {called} in the database and"
            f" {modelled} in the models: texts are equal, or sorted, in another way"
        )


def _modern(collation: str) -> str:
    """Return today's name of a collation of MariaDB's utf8."""
    return collation.lower().replace("utf8_", "utf8mb3_")


def _full(column: sa.Column[Any]) -> str:
    return f"{column.table.name}.{column.name}"
