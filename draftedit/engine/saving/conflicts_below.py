"""Find conflicts over rows that the draft has not touched, in what others saved.

They changed something below a row that the draft deletes, refer to it, or took a unique
value that the draft takes, too. Plain SQL leaves no trace by which to find these; the
database's own constraints refuse what is left.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from draftedit.engine.base.errors import Conflict, ConflictKind, Key
from draftedit.engine.reading.live import bound, encoded_key
from draftedit.engine.reading.rows import Row
from draftedit.engine.saving.three_way import ThreeWay
from draftedit.engine.schema.model import Field, Part
from draftedit.engine.values.codecs import same


def find(sides: ThreeWay) -> Iterator[Conflict]:
    """Yield the conflicts that are visible only in what others saved."""
    for table, key in sides.foreign:
        part, now = sides.parts[table], sides.now.find(table, key)
        if now is not None and (table, key) not in sides.touched:
            yield from _of_foreign(sides, part, now)
        elif now is not None and (table, key) in sides.changed:
            yield from _of_changed(sides, part, now)
    for name, part in sides.parts.items():
        if any(table == name for table, _ in sides.foreign):
            for row in (*sides.plan.new[name], *sides.plan.changed[name]):
                yield from _of_uniques(sides, part, row)


def _of_foreign(sides: ThreeWay, part: Part, now: Row) -> Iterator[Conflict]:
    before = sides.base.find(part.name, now.key)
    if before is not None and same(before.values, now.values):
        return  # changed, and changed back
    if sides.is_below_gone(part.name, now.key):
        base = before.values if before else None
        at = part.name, now.key
        # What the draft has done below it is not given up without a word: then its side
        # has the row where it was.
        mine = base if sides.has_work_below(*at) else None
        yield sides.conflict(at, None, ConflictKind.ROW, base, mine, now.values)
    else:
        yield from _of_links(sides, part, now)


def _of_changed(sides: ThreeWay, part: Part, now: Row) -> Iterator[Conflict]:
    """Yield a conflict if others have moved a changed row below one that we delete."""
    at = part.name, now.key
    mine = sides.changed[at]
    if sides.is_below_gone(*at):
        yield sides.conflict(
            at, None, ConflictKind.ROW, mine.origin, mine.values, now.values
        )
    else:
        yield from _of_links(sides, part, now)


def _of_links(sides: ThreeWay, part: Part, now: Row) -> Iterator[Conflict]:
    """Yield conflicts for new references of others to rows that the draft deletes."""
    before = sides.base.find(part.name, now.key)
    at = part.name, now.key
    mine = sides.changed.get(at)
    for name, field in part.fields.items():
        value = now.values[name]
        base = before.values[name] if before else None
        changed_here = mine is not None and name in mine.changed_fields()
        if same(value, base) or changed_here or not _is_deleted(sides, field, value):
            continue
        if part.is_link:
            yield sides.conflict(at, None, ConflictKind.LINK, None, None, now.values)
        else:
            yield sides.conflict(at, name, ConflictKind.LINK, base, None, value)


def _is_deleted(sides: ThreeWay, field: Field, value: Any) -> bool:
    if value is None or not sides.is_inside(field):
        return False
    return sides.is_below_gone(str(field.references), (value,))


def _of_uniques(sides: ThreeWay, part: Part, row: Row) -> Iterator[Conflict]:
    changed = row.values if row.is_new else row.changed_fields()
    for unique in part.uniques:
        holder = None
        # A place is only a wish: if others have taken it, a rebase finds a free one.
        if part.order not in unique and any(name in changed for name in unique):
            holder = _foreign_holder(sides, part, row, unique)
        if holder is not None:
            name = _reported_field(part, unique)
            live = sides.live[part.name].get(row.key, {}).get(name)
            base = (row.origin or {}).get(name)
            at, other = (part.name, row.key), (part.name, holder)
            values = (base, row.values[name], live)
            yield sides.conflict(at, name, ConflictKind.UNIQUE, *values, other=other)


def _reported_field(part: Part, unique: tuple[str, ...]) -> str:
    """Return the field that a collision is reported on: the last that can be set."""
    return [n for n in unique if part.fields[n].settable or n == unique[0]][-1]


def _foreign_holder(
    sides: ThreeWay, part: Part, row: Row, unique: tuple[str, ...]
) -> Key | None:
    """Return the row to which others have given the same values since the base."""
    values = {name: row.values[name] for name in unique}
    if any(value is None for value in values.values()):
        return None
    wanted = sa.select(*(part.fields[name].read() for name in part.key)).where(
        *(part.live.c[n] == bound(part.fields[n], v) for n, v in values.items())
    )
    for record in sides.rows.dbsession.execute(wanted):
        key = encoded_key(part, record)
        if key == row.key or (part.name, key) not in sides.foreign:
            continue
        if (part.name, key) in sides.touched or _had(sides, part, key, values):
            continue
        return key
    return None


def _had(sides: ThreeWay, part: Part, key: Key, values: dict[str, Any]) -> bool:
    before = sides.base.find(part.name, key)
    return before is not None and all(
        same(before.values[name], value) for name, value in values.items()
    )
