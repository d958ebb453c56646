"""What registration demands of a table, and what it warns of."""

import warnings
from collections.abc import Iterator, Mapping

import sqlalchemy as sa

from draftedit.engine import twins
from draftedit.engine.errors import BadModel
from draftedit.engine.order import OrderKey
from draftedit.engine.schema import Field


class MissingIndex(UserWarning):
    """A part's table has no index that starts with its parent's key."""


def check_order(table: sa.Table, order: str) -> None:
    """Demand an OrderKey that is never NULL."""
    column = table.columns[order]
    if not isinstance(column.type, OrderKey) or column.nullable:
        raise BadModel(f"{table.name}.{order} must be an OrderKey that is not NULL")


def check_key(table: sa.Table, fields: Mapping[str, Field]) -> None:
    """Refuse keys the database makes other than by counting, and names of ours."""
    for one in fields.values():
        if one.name in twins.OWN_COLUMNS:
            raise BadModel(
                f"{table.name}.{one.name}: the draft tables have a column of that name"
            )
        if one.role == "key" and not one.generated and one.has_server_default:
            raise BadModel(
                f"{table.name}.{one.name}: a key that the database makes"
                " must be an integer that it counts"
            )


def warn_of_missing_index(table: sa.Table, parent_fields: tuple[str, ...]) -> None:
    """Warn where a page would read the whole table."""
    if not parent_fields:
        return
    wanted = set(parent_fields)
    prefixes = [
        {column.name for column in list(columns)[: len(wanted)]}
        for columns in (
            table.primary_key.columns,
            *(index.columns for index in table.indexes),
            *(c.columns for c in unique_constraints(table)),
        )
    ]
    if wanted not in prefixes:
        listed = ", ".join(parent_fields)
        warnings.warn(
            f"{table.name} has no index that starts with ({listed}):"
            " every page of it reads the whole table",
            MissingIndex,
            stacklevel=2,
        )


def unique_constraints(table: sa.Table) -> list[sa.UniqueConstraint]:
    """Return the unique constraints of a table."""
    return [c for c in table.constraints if isinstance(c, sa.UniqueConstraint)]


def uniques(table: sa.Table) -> Iterator[tuple[str, ...]]:
    """Yield the columns of each unique key, the primary key aside."""
    for constraint in unique_constraints(table):
        yield tuple(column.name for column in constraint.columns)
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        if index.unique and len(index.columns):
            yield tuple(column.name for column in index.columns)
