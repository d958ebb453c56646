"""Live rows by their keys: read, locked, in chunks and always in the same order."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.errors import Key
from draftedit.engine.schema import Part

CHUNK = 500  # keys in one statement: SQLite binds 32,766 parameters at most


def chunks(keys: Iterable[Key]) -> Iterator[list[Key]]:
    """Cut keys into pieces that one statement takes, sorted: no deadlock by order."""
    ordered = sorted(keys, key=repr)
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]


def columns_in(
    part: Part, names: Sequence[str], keys: Sequence[Key], table: sa.FromClause
) -> sa.ColumnElement[bool]:
    """Return the condition that the columns `names` hold one of the encoded keys."""
    fields = [part.fields[name] for name in names]
    columns = [sa.type_coerce(table.c[f.name], f.codec.plain) for f in fields]
    decoded = [
        tuple(f.codec.decode(value) for f, value in zip(fields, key, strict=True))
        for key in keys
    ]
    if len(columns) == 1:
        return columns[0].in_([key[0] for key in decoded])
    return sa.tuple_(*columns).in_(decoded)


def has_key(part: Part, keys: Sequence[Key]) -> sa.ColumnElement[bool]:
    """Return the condition that a live row has one of the keys."""
    return columns_in(part, part.key, keys, part.live)


def read_locked(
    dbsession: Session, part: Part, keys: Iterable[Key], deleting: bool
) -> dict[Key, dict[str, Any]]:
    """Read live rows FOR UPDATE; those that stay only FOR NO KEY UPDATE.

    A child that others insert just now needs the key of its parent, no more:
    https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-ROWS
    """
    found: dict[Key, dict[str, Any]] = {}
    for chunk in chunks(keys):
        wanted = (
            sa.select(*(f.read() for f in part.fields.values()))
            .where(has_key(part, chunk))
            .order_by(*(part.live.c[name] for name in part.key))
            .with_for_update(key_share=not deleting)
        )
        for record in dbsession.execute(wanted).mappings():
            values = part.encode(dict(record))
            found[part.key_of(values)] = values
    return found


def children_locked(
    dbsession: Session, part: Part, parents: Iterable[Key]
) -> Iterator[Key]:
    """Yield the keys of the live rows below `parents`, each read FOR UPDATE."""
    for chunk in chunks(parents):
        wanted = (
            sa.select(*(part.fields[name].read() for name in part.key))
            .where(columns_in(part, part.parent_fields, chunk, part.live))
            .order_by(*(part.live.c[name] for name in part.key))
            .with_for_update()
        )
        for record in dbsession.execute(wanted):
            yield tuple(
                part.fields[name].codec.encode(value)
                for name, value in zip(part.key, record, strict=True)
            )
