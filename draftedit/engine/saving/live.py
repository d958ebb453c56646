"""Live rows by their keys: read in chunks, locked always in the same order."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.core import is_one_of, records
from draftedit.engine.errors import Key
from draftedit.engine.schema import Field, Part

# Keys in one statement: SQLite binds 32,766 parameters at most, and of a list of 1,000
# MariaDB makes a table, and locks rows in the order of that.
CHUNK = 500


def chunks(keys: Iterable[Key]) -> Iterator[list[Key]]:
    """Cut keys into pieces that one statement takes."""
    every = list(keys)
    for start in range(0, len(every), CHUNK):
        yield every[start : start + CHUNK]


def _in_lock_order(keys: Iterable[Key]) -> list[Key]:
    """Sort keys of rows to be locked, always in the same way: no deadlock by order."""
    return sorted(keys, key=repr)


def bound(field: Field, value: Any) -> sa.ColumnElement[Any]:
    """Return an encoded value as the live column takes it."""
    if value is None:
        return sa.null()
    kind = field.column.type
    if isinstance(kind, sa.Enum):  # PostgreSQL does not compare an enum with a text
        names = dict(zip(kind.enums, kind.enum_class or kind.enums, strict=False))
        return sa.literal(names[value], kind)
    return sa.literal(field.codec.decode(value), field.codec.plain)


def bound_row(part: Part, values: Mapping[str, Any]) -> dict[Any, Any]:
    """Return encoded values by column, as INSERT and UPDATE take them."""
    return {part.live.c[n]: bound(part.fields[n], v) for n, v in values.items()}


def columns_in(
    part: Part, names: Sequence[str], keys: Sequence[Key]
) -> sa.ColumnElement[bool]:
    """Return the condition that the live columns `names` hold one of the keys."""
    fields = [part.fields[name] for name in names]
    if len(fields) == 1:
        [field] = fields
        kind = field.codec.plain
        column = sa.type_coerce(field.column, kind)
        values = [field.codec.decode(value) for (value,) in keys]
        if isinstance(kind, sa.Integer):
            return is_one_of(column, values)
        return column.in_(values)
    decoded = [
        tuple(f.codec.decode(value) for f, value in zip(fields, key, strict=True))
        for key in keys
    ]
    columns = (sa.type_coerce(f.column, f.codec.plain) for f in fields)
    return sa.tuple_(*columns).in_(decoded)


def has_key(part: Part, keys: Sequence[Key]) -> sa.ColumnElement[bool]:
    """Return the condition that a live row has one of the keys."""
    return columns_in(part, part.key, keys)


def encoded_key(part: Part, values: Iterable[Any]) -> Key:
    """Spell the columns of a key as the database gave them."""
    return tuple(
        part.fields[name].codec.encode(value)
        for name, value in zip(part.key, values, strict=True)
    )


def read_rows(
    dbsession: Session, part: Part, keys: Iterable[Key], lock: str | None = None
) -> dict[Key, dict[str, Any]]:
    """Read live rows; `lock`: FOR UPDATE where they "go", else so that they "stay".

    A child that others insert just now needs the key of its parent, no more:
    https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-ROWS
    """
    found: dict[Key, dict[str, Any]] = {}
    for chunk in chunks(_in_lock_order(keys)):
        wanted = _in_order(part).where(has_key(part, chunk))
        if lock is not None:
            wanted = wanted.with_for_update(key_share=lock == "stay")
        for record in records(dbsession.execute(wanted)):
            values = part.encode_in_place(record)
            found[part.key_of(values)] = values
    return found


@cache
def _in_order(part: Part) -> sa.Select[Any]:
    return sa.select(*(f.read() for f in part.fields.values())).order_by(
        *(part.live.c[name] for name in part.key)
    )


def children_locked(
    dbsession: Session, part: Part, parents: Iterable[Key]
) -> Iterator[Key]:
    """Yield the keys of the live rows below `parents`, each read FOR UPDATE."""
    for chunk in chunks(_in_lock_order(parents)):
        wanted = (
            sa.select(*(part.fields[name].read() for name in part.key))
            .where(columns_in(part, part.parent_fields, chunk))
            .order_by(*(part.live.c[name] for name in part.key))
            .with_for_update()
        )
        for record in dbsession.execute(wanted):
            yield encoded_key(part, record)
