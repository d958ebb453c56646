"""Find the rows outside an object that a delete would change, before it happens.

Follows foreign keys with a rule from the rows to be deleted, and on from the rows
deleted there. All are locked: as the rows they refer to are locked, too, nobody can add
one before the delete.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.base.errors import Key
from draftedit.engine.outside.foreign_keys import CASCADE, NO_ACTION, part_of
from draftedit.engine.outside.incoming_references import (
    Reference,
    ReferenceGraph,
    graph_of,
)
from draftedit.engine.outside.outside_tables import OutsideTable
from draftedit.engine.reading.live import chunks, fields_in
from draftedit.engine.schema.model import Field, Part, Target
from draftedit.engine.values.codecs import canonical

# At most so many rows of one table are read and kept, for one save; if there are more,
# the report says only that.
MOST = 1000

_ABOVE = "draftedit_above_"  # prefix for the columns of the row referred to

RowId = tuple[str, Key]
Referring = tuple[dict[str, Any], Key]  # a row, and the key of the one it refers to


@dataclass(frozen=True)
class Taken:
    """A row outside that the delete changes; `cause` is the row of the object.

    `above`: the row outside that causes it, if it is not the object's own.
    """

    reference: Reference
    key: Key
    values: Mapping[str, Any]
    cause: RowId
    above: "Taken | None" = None

    @property
    def place(self) -> tuple[str, object]:
        """Return its identity: the table, and the key, or all values without a key."""
        key = self.key or canonical(dict(self.values))
        return self.reference.table.name, key

    @property
    def group(self) -> tuple[str, str]:
        """Return the table, and what happens to its rows."""
        return self.reference.table.name, self.reference.action


@dataclass
class Affected:
    """All rows outside that a save changes by its deletes, in the order found.

    `full`: the groups that have more rows than were read.
    """

    graph: ReferenceGraph
    rows: list[Taken] = field(default_factory=list)
    full: set[tuple[str, str]] = field(default_factory=set)


@dataclass(frozen=True)
class _Source:
    """Rows to be deleted, whose referrers are to be found."""

    table: sa.Table
    fields: Sequence[Field]
    rows: Mapping[Key, tuple[RowId, Taken | None]]


def find(
    dbsession: Session, target: Target, doomed: Mapping[str, Sequence[Key]]
) -> Affected:
    """Find and lock the rows outside the object that the deletes of a save change.

    Rows of the target's own tables below rows of the object are left to the save.
    """
    affected = Affected(graph_of(dbsession, target))
    seen: set[tuple[str, object]] = set()
    sources = [_part_source(part, doomed[part.name]) for part in target.tables.values()]
    while sources:
        source = sources.pop(0)
        deleted: dict[OutsideTable, dict[Key, tuple[RowId, Taken | None]]] = {}
        for taken in _taken(dbsession, target, affected, source):
            if taken.reference.action == CASCADE:
                if taken.place in seen and taken.key:
                    continue
                seen.add(taken.place)
                below = deleted.setdefault(taken.reference.table, {})
                below[taken.key] = taken.cause, taken
            affected.rows.append(taken)
        sources += [_outside_source(*one) for one in deleted.items() if one[0].key]
    _leave_out_deleted(affected, seen)
    return affected


def _leave_out_deleted(affected: Affected, deleted: set[tuple[str, object]]) -> None:
    """Drop other changes of a row that is deleted anyway."""
    affected.rows = [
        one
        for one in affected.rows
        if one.reference.action == CASCADE or one.place not in deleted
    ]


def _part_source(part: Part, keys: Sequence[Key]) -> _Source:
    fields = [part.fields[name] for name in part.key]
    return _Source(part.live, fields, {key: ((part.name, key), None) for key in keys})


def _outside_source(
    table: OutsideTable, rows: Mapping[Key, tuple[RowId, Taken | None]]
) -> _Source:
    return _Source(table.table, [table.fields[name] for name in table.key], rows)


def _taken(
    dbsession: Session, target: Target, affected: Affected, source: _Source
) -> Iterator[Taken]:
    if not source.rows:
        return
    is_inside = part_of(target, source.table) is not None
    for reference in affected.graph.to(dbsession.connection(), source.table):
        is_own = is_inside and part_of(target, reference.table.table) is not None
        if reference.action == NO_ACTION or is_own:
            continue
        yield from _of_reference(dbsession, affected, source, reference)


def _of_reference(
    dbsession: Session, affected: Affected, source: _Source, reference: Reference
) -> Iterator[Taken]:
    group = reference.table.name, reference.action
    room = MOST - sum(one.group == group for one in affected.rows)
    for values, above in referring(
        dbsession, source.table, source.fields, list(source.rows), reference, room + 1
    ):
        if room == 0:
            affected.full.add(group)
            return
        room -= 1
        cause, taken = source.rows[above]
        yield Taken(reference, reference.table.key_of(values), values, cause, taken)


def referring(
    dbsession: Session,
    table: sa.Table,
    fields: Sequence[Field],
    keys: Sequence[Key],
    reference: Reference,
    limit: int,
    lock: bool = True,
) -> Iterator[Referring]:
    """Yield rows that refer to rows of `table` with one of the keys, and that key.

    `fields` are the columns of these keys. At most `limit` for each CHUNK of keys.
    """
    outside = reference.table
    alias = table.alias("above")
    pairs = zip(reference.columns, reference.referred_columns, strict=True)
    refers = sa.and_(
        *(outside.table.c[here] == alias.c[there] for here, there in pairs)
    )
    above = [replace(one, column=alias.c[one.name]) for one in fields]
    wanted = (
        sa.select(
            *(one.read() for one in outside.fields.values()),
            *(one.read().label(f"{_ABOVE}{n}") for n, one in enumerate(above)),
        )
        .select_from(outside.table.join(alias, refers))
        .order_by(*(outside.table.c[name] for name in outside.key))
        .limit(limit)
    )
    if lock:
        wanted = wanted.with_for_update(of=outside.table)
    for chunk in chunks(keys):
        statement = wanted.where(fields_in(above, chunk))
        for record in dbsession.execute(statement).mappings().all():
            key = tuple(
                one.codec.encode(record[f"{_ABOVE}{n}"]) for n, one in enumerate(above)
            )
            yield outside.encode(record), key
