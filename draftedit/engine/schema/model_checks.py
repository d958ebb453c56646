"""Check tables at registration: refuse what cannot be drafted, warn of what is slow."""

import inspect
import warnings
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.orderinglist import OrderingList
from sqlalchemy.orm import Mapper

from draftedit.engine.base.errors import BadModel
from draftedit.engine.dialects import BACKENDS
from draftedit.engine.schema import shadow_tables
from draftedit.engine.schema.model import Field
from draftedit.engine.schema.unique_keys import unique_constraints
from draftedit.engine.values.booleans import BooleanCodec
from draftedit.engine.values.dialect_types import DIALECTS, resolved
from draftedit.engine.values.order_key import OrderKey


class MissingIndex(UserWarning):
    """A part's table has no index that starts with its parent's key."""


class KeysGivenAgain(UserWarning):
    """SQLite gives the key of a deleted row of this table to another row."""


def _outside() -> int:
    """Return the stack level of the host's line that registers, for a warning there."""
    frame, level = inspect.currentframe(), 0
    while frame is not None and _is_ours(frame.f_globals.get("__name__", "")):
        frame, level = frame.f_back, level + 1
    return level


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] == __name__.partition(".")[0]


def check_order(table: sa.Table, order: str) -> None:
    """Require an OrderKey column that is never NULL."""
    column = table.columns[order]
    if not isinstance(column.type, OrderKey) or column.nullable:
        raise BadModel(f"{table.name}.{order} must be an OrderKey that is not NULL")


def check_collections(mapper: Mapper[Any]) -> None:
    """Refuse collections that number their rows, because a save bypasses them."""
    for relation in mapper.relationships:
        kind = relation.collection_class
        if kind is not None and isinstance(kind(), OrderingList):
            raise BadModel(
                f"{relation}: a draft cannot keep the numbers of an ordering_list; give"
                f" {relation.mapper.local_table} an OrderKey column, named by order="
            )


def check_key(table: sa.Table, fields: Mapping[str, Field], is_root: bool) -> None:
    """Refuse server-generated keys except autoincrement, and reserved names.

    And a truth value in the key of a root, which stands in addresses.
    """
    for one in fields.values():
        if one.name in shadow_tables.OWN_COLUMNS:
            raise BadModel(
                f"{table.name}.{one.name}: the draft tables have a column of that name"
            )
        if one.role == "key" and not one.generated and one.has_server_default:
            raise BadModel(
                f"{table.name}.{one.name}: a key that the database makes"
                " must be an integer that it counts"
            )
        if one.role == "key" and is_root and isinstance(one.codec, BooleanCodec):
            raise BadModel(f"{table.name}.{one.name}: a truth value names no object")


def check_conflict_clauses(table: sa.Table) -> None:
    """Refuse constraints by which rows are deleted or left out in silence."""
    for one in (*table.constraints, *table.columns):
        if any(backend.loses_rows(one) for backend in BACKENDS.values()):
            name = one.name or ", ".join(c.name for c in getattr(one, "columns", ()))
            raise BadModel(
                f"{table.name}: ON CONFLICT of {name} lets SQLite delete or leave out"
                " rows without an error, so a save could not tell what is live"
            )


def check_mapped_key(mapper: Mapper[Any]) -> None:
    """Refuse a mapper whose key is another one than the table's."""
    table = mapper.local_table
    own = [column.name for column in mapper.primary_key]
    known = [column.name for column in table.primary_key]
    if set(own) != set(known):
        raise BadModel(
            f"{mapper.class_.__name__}: its primary key ({', '.join(own)}) is not that"
            f" of its table ({', '.join(known)})"
        )


def check_names(table: sa.Table) -> None:
    """Refuse columns that SQLAlchemy knows by another name than the database does."""
    for name, column in table.columns.items():
        if name != column.name:
            raise BadModel(
                f"{table.name}.{column.name}: it has the key {name!r} in its Table;"
                " name the mapped attribute so instead"
            )


def check_updates(parts: Collection[str], table: sa.Table) -> None:
    """Refuse references by which a new value of one part changes rows of another.

    `parts` are the tables of the target. The rows may belong to other objects, and
    history would not have them. A key never changes, so references to keys may.
    """
    for one in table.foreign_keys:
        action = (one.onupdate or "").upper()
        if action in ("", "NO ACTION", "RESTRICT") or one.column.primary_key:
            continue
        if one.column.table.name in parts:
            raise BadModel(
                f"{table.name}.{one.parent.name}: ON UPDATE {action} changes its rows"
                f" when {one.column} changes, unseen by drafts: have it refused by the"
                " database, or refer to the primary key"
            )


def warn_of_missing_index(
    table: sa.Table, parent_fields: tuple[str, ...], fixed: Collection[str]
) -> None:
    """Warn if a page would scan the whole table; see `leads_to_parent`."""
    if not parent_fields:
        return
    indexes = (
        table.primary_key.columns,
        *(index.columns for index in table.indexes),
        *(c.columns for c in unique_constraints(table)),
    )
    names = [tuple(one.name for one in columns) for columns in indexes]
    if not leads_to_parent(names, parent_fields, fixed):
        listed = ", ".join(parent_fields)
        warnings.warn(
            f"{table.name} has no index that starts with ({listed}):"
            " every page of it reads the whole table",
            MissingIndex,
            stacklevel=_outside(),
        )


def warn_of_keys_given_again(table: sa.Table) -> None:
    """Warn if SQLite reuses the key of a deleted row.

    Bookmarks, other tables and other programs take the new row for the old one; in a
    draft and in history they are two.
    """
    column = table.autoincrement_column
    if column is None or column.default is not None or len(table.primary_key) > 1:
        return  # SQLite generates no other keys
    if any(
        one.reuses_keys(table, _spelled(column, name)) for name, one in BACKENDS.items()
    ):
        warnings.warn(
            f"{table.name} has keys that SQLite gives again after a delete: have"
            ' "sqlite_autoincrement": True in its __table_args__',
            KeysGivenAgain,
            stacklevel=_outside(),
        )


def _spelled(column: sa.Column[Any], dialect: str) -> str:
    return resolved(column.type, dialect).compile(dialect=DIALECTS[dialect])


def leads_to_parent(
    indexes: Iterable[tuple[str, ...]],
    parent_fields: tuple[str, ...],
    fixed: Collection[str],
) -> bool:
    """Return whether one of the indexes, by their columns, finds the rows of a parent.

    Columns that have one value in all of an object's rows (`fixed`) may stand between.
    """
    wanted = set(parent_fields)
    own = ([name for name in some if name not in fixed] for some in indexes)
    return wanted in [set(some[: len(wanted)]) for some in own]
