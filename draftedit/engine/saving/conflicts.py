"""Find conflicts: the same thing changed in the draft and, since its base, in live.

The rules, by the draft's change of a row;
https://datatracker.ietf.org/doc/draft-ietf-netconf-privcand/ has the ones this grew
from. Equal results do not conflict, nor do different fields of a row.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from draftedit.engine.base.errors import Conflict, ConflictKind, Key
from draftedit.engine.reading.listing import position_of
from draftedit.engine.reading.rows import Row
from draftedit.engine.reading.tree import neighbours
from draftedit.engine.reading.view import View
from draftedit.engine.saving import conflicts_below
from draftedit.engine.saving.three_way import ThreeWay
from draftedit.engine.schema.model import Part
from draftedit.engine.values.codecs import same

Values = Mapping[str, Any]


def find(sides: ThreeWay) -> list[Conflict]:
    """Return every conflict, the root's first; nothing is written."""
    if (lost := _of_root(sides)) is not None:
        return [lost]
    found: list[Conflict] = []
    for name, part in sides.parts.items():
        live = sides.live[name]
        for row in sides.plan.changed[name]:
            found += _of_changed(sides, part, row, live.get(row.key))
        for row in (*sides.plan.gone[name], *sides.plan.sunk[name]):
            found += _of_deleted(sides, row, live.get(row.key))
        for row in sides.plan.new[name]:
            found += _of_new(sides, part, row, live.get(row.key))
    found += conflicts_below.find(sides)
    return found


def _of_root(sides: ThreeWay) -> Conflict | None:
    """Return the conflict of an object that others have deleted, if they have."""
    root = sides.root
    if root is None or sides.plan.count == 0:
        return None
    at = root.table, root.key
    live = sides.live[root.table].get(root.key)
    if live is None and not root.gone and not root.is_new:
        return sides.conflict(at, None, ConflictKind.ROW, root.origin, root.values)
    if sides.is_another(root.table, root.key):
        draft = None if root.gone else root.values
        return sides.conflict(at, None, ConflictKind.ROW, root.origin, draft, live)
    return None


def _of_changed(
    sides: ThreeWay, part: Part, row: Row, live: Values | None
) -> Iterator[Conflict]:
    at = row.table, row.key
    another = sides.is_another(*at)
    replaces = row.restores is not None and live and _has_changed(row, live)
    if live is None or another or replaces or _has_left(sides, part, row, live):
        now = live if another or replaces else None
        yield sides.conflict(at, None, ConflictKind.ROW, row.origin, row.values, now)
        return
    if _is_moved_away(part, row):
        above = sides.parent(part, row.values)
        if above and not sides.is_there(*above):
            values = (row.origin, row.values, live)
            yield sides.conflict(at, None, ConflictKind.ROW, *values, cause=above)
            return
    for name, (base, draft) in row.changed_fields().items():
        if name in part.parent_fields or name == part.order:
            continue
        if not same(live[name], base) and not same(live[name], draft):
            yield sides.conflict(at, name, ConflictKind.FIELD, base, draft, live[name])
        elif sides.refers_to_nothing(part.fields[name], draft):
            cause = sides.referred(part.fields[name], draft)
            yield sides.conflict(
                at, name, ConflictKind.LINK, base, draft, live[name], cause=cause
            )
    if _is_moved(sides, part, row) and (
        _neighbour_is_gone(sides, part, row) or _both_moved(part, row, live)
    ):
        yield _of_order(sides, part, row)


def _has_left(sides: ThreeWay, part: Part, row: Row, live: Values) -> bool:
    """Return whether others have moved the row to an object we must not write."""
    origin = row.origin or {}
    if all(same(live[name], origin.get(name)) for name in part.parent_fields):
        return False
    return not sides.now.belongs(Row(part.name, row.key, dict(live)))


def _of_deleted(sides: ThreeWay, row: Row, live: Values | None) -> Iterator[Conflict]:
    """Yield conflicts of a deleted row; deleted by both is an equal result."""
    if live is None or row.origin is None:
        return
    if _has_changed(row, live) or sides.is_another(row.table, row.key):
        at = row.table, row.key
        yield sides.conflict(at, None, ConflictKind.ROW, row.origin, None, live)


def _has_changed(row: Row, live: Values) -> bool:
    origin = row.origin or {}
    return any(
        name in origin and not same(value, origin[name]) for name, value in live.items()
    )


def _of_new(
    sides: ThreeWay, part: Part, row: Row, live: Values | None
) -> Iterator[Conflict]:
    at = row.table, row.key
    if live is not None:
        names = _given(part, row)
        differs = any(not same(live[name], row.values[name]) for name in names)
        if differs or sides.is_another(*at):
            yield sides.conflict(at, None, ConflictKind.ROW, None, row.values, live)
        return
    above = sides.parent(part, row.values)
    if above is not None and not sides.is_there(*above):
        kind = ConflictKind.LINK if part.is_link else ConflictKind.ROW
        yield sides.conflict(at, None, kind, None, row.values, cause=above)
        return
    for name in _given(part, row):
        field = part.fields[name]
        if name not in part.parent_fields and sides.refers_to_nothing(
            field, row.values[name]
        ):
            where = None if part.is_link else name
            draft = row.values if part.is_link else row.values[name]
            cause = sides.referred(field, row.values[name])
            yield sides.conflict(at, where, ConflictKind.LINK, None, draft, cause=cause)
    if _neighbour_is_gone(sides, part, row):
        yield _of_order(sides, part, row)


def _given(part: Part, row: Row) -> list[str]:
    """Return the columns that a new row names; its place is only a wish."""
    return [n for n in row.values if n not in row.omitted and n != part.order]


# Order: a row is moved if its parent differs, or if another place was wished for. Order
# keys that changed only to make room for others do not count.


def _is_moved_away(part: Part, row: Row) -> bool:
    return not row.changed_fields().keys().isdisjoint(part.parent_fields)


def _is_moved(sides: ThreeWay, part: Part, row: Row) -> bool:
    if _is_moved_away(part, row):
        return True
    wished = sides.after is None or (row.table, row.key) in sides.after
    return wished and part.order in row.changed_fields()


def _both_moved(part: Part, row: Row, live: Values) -> bool:
    origin, names = row.origin or {}, [*part.parent_fields]
    names += [part.order] if part.order else []
    moved = any(not same(live[name], origin.get(name)) for name in names)
    return moved and any(not same(live[name], row.values[name]) for name in names)


def _neighbour_is_gone(sides: ThreeWay, part: Part, row: Row) -> bool:
    """Return whether others have removed the sibling that the row was put after."""
    if sides.after is None:
        return False
    key = sides.after.get((row.table, row.key))
    if key is None or (row.table, key) in sides.new:
        return False
    before = sides.base.find(row.table, key)
    if before is None:
        return False  # made by this draft, and undone or deleted since
    now = sides.now.find(row.table, key)
    if now is None or sides.is_another(row.table, key):
        return True
    moved = part.parent_key_of(now.values) != part.parent_key_of(before.values)
    return moved and part.parent_key_of(now.values) != part.parent_key_of(row.values)


def _of_order(sides: ThreeWay, part: Part, row: Row) -> Conflict:
    """Return the conflict with the row's place on each side."""
    views = (sides.base, sides.rows, sides.now)
    base, draft, live = (place(view, part, row.key) for view in views)
    at, behind = (row.table, row.key), (sides.after or {}).get((row.table, row.key))
    gone = behind is not None and _neighbour_is_gone(sides, part, row)
    cause = (row.table, behind) if behind is not None and gone else None
    return sides.conflict(
        at, part.place_field, ConflictKind.ORDER, base, draft, live, cause=cause
    )


def place(view: View, part: Part, key: Key) -> dict[str, Any] | None:
    """Return a row's parent and the sibling that it follows, None: it is the first.

    Where rows have no order, they follow no sibling.
    """
    row = view.find(part.name, key)
    if row is None:
        return None
    parent = part.parent_key_of(row.values)
    if part.order is None:
        return {"parent": list(parent), "after": None}
    at = position_of(part, row)
    siblings = neighbours(view, part, parent, at, at_once=2, descending=True)
    before = next((one for one in siblings if not one.gone), None)
    return {"parent": list(parent), "after": before and list(before.key)}
