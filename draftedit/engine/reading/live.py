"""Read live rows by their keys: in chunks, always locked in the same order."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.base.errors import Key
from draftedit.engine.base.sql import is_one_of, records, run
from draftedit.engine.reading.rows import Readable
from draftedit.engine.schema.model import Field, Part

# Keys in one statement: SQLite binds 32,766 parameters at most, and MariaDB builds a
# table of a list of 1,000, and locks rows in its order.
CHUNK = 500

_WANTED = "draftedit_wanted"  # the parameter of a statement that gets its keys later


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
    return _hold_one_of(fields, _decoded(fields, keys))


def columns_hold(part: Part, names: Sequence[str]) -> sa.ColumnElement[bool]:
    """Return the condition of `columns_in` for a statement that is built once.

    The keys are a parameter of the statement: see `wanted_keys`.
    """
    return _hold_one_of([part.fields[name] for name in names], None)


def wanted_keys(
    part: Part, names: Sequence[str], keys: Sequence[Key]
) -> dict[str, Any]:
    """Return the parameter of `columns_hold` for encoded keys, at least one."""
    return {_WANTED: _decoded([part.fields[name] for name in names], keys)}


def _decoded(fields: Sequence[Field], keys: Sequence[Key]) -> list[Any]:
    if len(fields) == 1:
        decode = fields[0].codec.decode
        return [decode(value) for (value,) in keys]
    decoders = [field.codec.decode for field in fields]
    return [
        tuple(decode(value) for decode, value in zip(decoders, key, strict=True))
        for key in keys
    ]


def _hold_one_of(
    fields: Sequence[Field], values: Sequence[Any] | None
) -> sa.ColumnElement[bool]:
    columns = [sa.type_coerce(f.column, f.codec.plain) for f in fields]
    if len(fields) == 1 and fields[0].codec.is_whole:
        return is_one_of(columns[0], values, None if values is not None else _WANTED)
    column = columns[0] if len(columns) == 1 else sa.tuple_(*columns)
    if values is not None:
        return column.in_(values)
    return column.in_(sa.bindparam(_WANTED, type_=column.type, expanding=True))


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
    statement = _rows_of(part, lock)
    for chunk in chunks(_in_lock_order(keys)):
        result = run(dbsession, statement, wanted_keys(part, part.key, chunk))
        with Readable(part):
            for record in records(result):
                values = part.encode_in_place(record)
                found[part.key_of(values)] = values
    return found


@cache
def _rows_of(part: Part, lock: str | None) -> sa.Select[Any]:
    wanted = sa.select(*(f.read() for f in part.fields.values()))
    wanted = wanted.where(*part.demands(part.live.c), columns_hold(part, part.key))
    in_order = wanted.order_by(*(part.live.c[name] for name in part.key))
    if lock is None:
        return in_order
    return in_order.with_for_update(key_share=lock == "stay")


def keys_that_exist(
    dbsession: Session, part: Part, keys: Iterable[Key]
) -> Iterator[Key]:
    """Yield those of the keys that a live row has, as the database spells them.

    Rows that the parent's relationship excludes do not count.
    """
    for chunk in chunks(keys):
        binds = wanted_keys(part, part.key, chunk)
        for record in run(dbsession, _keys_of(part), binds):
            yield encoded_key(part, record)


@cache
def _keys_of(part: Part) -> sa.Select[Any]:
    return sa.select(*(part.fields[name].read() for name in part.key)).where(
        columns_hold(part, part.key), *part.demands(part.live.c)
    )


def children_locked(
    dbsession: Session, part: Part, parents: Iterable[Key]
) -> Iterator[Key]:
    """Yield the keys of the live rows below `parents`, each read FOR UPDATE."""
    for chunk in chunks(_in_lock_order(parents)):
        binds = wanted_keys(part, part.parent_fields, chunk)
        for record in run(dbsession, _children_of(part), binds):
            yield encoded_key(part, record)


@cache
def _children_of(part: Part) -> sa.Select[Any]:
    return (
        sa.select(*(part.fields[name].read() for name in part.key))
        .where(columns_hold(part, part.parent_fields), *part.demands(part.live.c))
        .order_by(*(part.live.c[name] for name in part.key))
        .with_for_update()
    )
