"""Read live rows by their keys: in chunks, always locked in the same order."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.base.errors import Key
from draftedit.engine.base.sql import is_one_of, records
from draftedit.engine.reading.rows import Readable
from draftedit.engine.schema.model import Field, Part

# Keys in one statement: SQLite binds 32,766 parameters at most, and MariaDB builds a
# table of a list of 1,000, and locks rows in its order.
CHUNK = 500


def chunks(keys: Iterable[Key]) -> Iterator[list[Key]]:
    """Split keys into chunks for one statement each."""
    every = list(keys)
    for start in range(0, len(every), CHUNK):
        yield every[start : start + CHUNK]


def _in_lock_order(keys: Iterable[Key]) -> list[Key]:
    """Sort keys of rows to be locked, always in the same way: no deadlock by order."""
    return sorted(keys, key=repr)


def bound(field: Field, value: Any) -> sa.ColumnElement[Any]:
    """Bind an encoded value for the live column."""
    return field.bind(value)


def bound_row(part: Part, values: Mapping[str, Any]) -> dict[Any, Any]:
    """Bind encoded values by column, for INSERT and UPDATE."""
    return {part.live.c[n]: bound(part.fields[n], v) for n, v in values.items()}


def columns_in(
    part: Part, names: Sequence[str], keys: Sequence[Key]
) -> sa.ColumnElement[bool]:
    """Return the condition that the live columns `names` hold one of the keys."""
    return fields_in([part.fields[name] for name in names], keys)


def fields_in(fields: Sequence[Field], keys: Sequence[Key]) -> sa.ColumnElement[bool]:
    """Return the condition that columns hold one of the keys."""
    if len(fields) == 1:
        [field] = fields
        kind = field.codec.plain
        column = sa.type_coerce(field.column, kind)
        values = [field.codec.decode(value) for (value,) in keys]
        if field.codec.is_whole:
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
    """Encode the columns of a key from the database."""
    return tuple(
        None if value is None else part.fields[name].codec.encode(value)
        for name, value in zip(part.key, values, strict=True)
    )


def read_rows(
    dbsession: Session, part: Part, keys: Iterable[Key], lock: str | None = None
) -> dict[Key, dict[str, Any]]:
    """Read live rows; `lock`: FOR UPDATE if they will "go", else so that they "stay".

    Rows that the parent's relationship excludes are not returned.

    A concurrent insert of a child needs only the key of its parent:
    https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-ROWS
    """
    found: dict[Key, dict[str, Any]] = {}
    for chunk in chunks(_in_lock_order(keys)):
        wanted = _in_order(part).where(has_key(part, chunk))
        if lock is not None:
            wanted = wanted.with_for_update(key_share=lock == "stay")
        result = dbsession.execute(wanted)
        with Readable(part):
            for record in records(result):
                values = part.encode_in_place(record)
                found[part.key_of(values)] = values
    return found


@cache
def _in_order(part: Part) -> sa.Select[Any]:
    wanted = sa.select(*(f.read() for f in part.fields.values()))
    in_order = wanted.order_by(*(part.live.c[name] for name in part.key))
    return in_order.where(*part.demands(part.live.c))


def children_locked(
    dbsession: Session, part: Part, parents: Iterable[Key]
) -> Iterator[Key]:
    """Yield the keys of the live rows below `parents`, each read FOR UPDATE."""
    for chunk in chunks(_in_lock_order(parents)):
        wanted = (
            sa.select(*(part.fields[name].read() for name in part.key))
            .where(columns_in(part, part.parent_fields, chunk))
            .where(*part.demands(part.live.c))
            .order_by(*(part.live.c[name] for name in part.key))
            .with_for_update()
        )
        for record in dbsession.execute(wanted):
            yield encoded_key(part, record)
