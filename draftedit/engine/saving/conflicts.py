"""What is a conflict: the same thing changed in the draft and, since its base, in live.

The rules, by what the draft did to a row; https://datatracker.ietf.org/doc/draft-ietf-netconf-privcand/
has the ones this grew from. Equal results are none, nor are different fields of a row.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from draftedit.engine.errors import Conflict, Key
from draftedit.engine.listing import position_of
from draftedit.engine.rows import Row
from draftedit.engine.saving import conflicts_below
from draftedit.engine.saving.sides import Sides
from draftedit.engine.schema import Part
from draftedit.engine.tree import neighbours
from draftedit.engine.values import same
from draftedit.engine.view import View

Values = Mapping[str, Any]


def find(sides: Sides) -> list[Conflict]:
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


def _of_root(sides: Sides) -> Conflict | None:
    """An object deleted elsewhere is one conflict, whatever the draft did to it."""
    root = sides.root
    if root is None or root.is_new or sides.plan.count == 0:
        return None
    at = root.table, root.key
    live = sides.live[root.table].get(root.key)
    if live is None and not root.gone:
        return sides.conflict(at, None, "row", root.origin, root.values)
    if sides.is_another(root.table, root.key):
        draft = None if root.gone else root.values
        return sides.conflict(at, None, "row", root.origin, draft, live)
    return None


def _of_changed(
    sides: Sides, part: Part, row: Row, live: Values | None
) -> Iterator[Conflict]:
    at = row.table, row.key
    another = sides.is_another(*at)
    if live is None or another or _has_left(sides, part, row, live):
        now = live if another else None
        yield sides.conflict(at, None, "row", row.origin, row.values, now)
        return
    if _is_moved_away(part, row):
        above = sides.parent(part, row.values)
        if above and not sides.is_there(*above):
            values = (row.origin, row.values, live)
            yield sides.conflict(at, None, "row", *values, cause=above)
            return
    for name, (base, draft) in row.changed_fields().items():
        if name in part.parent_fields or name == part.order:
            continue
        if not same(live[name], base) and not same(live[name], draft):
            yield sides.conflict(at, name, "field", base, draft, live[name])
        elif sides.refers_to_nothing(part.fields[name], draft):
            cause = sides.referred(part.fields[name], draft)
            yield sides.conflict(at, name, "link", base, draft, live[name], cause=cause)
    if _is_moved(sides, part, row) and (
        _neighbour_is_gone(sides, part, row) or _both_moved(part, row, live)
    ):
        yield _of_order(sides, part, row)


def _has_left(sides: Sides, part: Part, row: Row, live: Values) -> bool:
    """Tell whether others have moved the row to another object, where we write not."""
    origin = row.origin or {}
    if all(same(live[name], origin.get(name)) for name in part.parent_fields):
        return False
    return not sides.now.belongs(Row(part.name, row.key, dict(live)))


def _of_deleted(sides: Sides, row: Row, live: Values | None) -> Iterator[Conflict]:
    """A row deleted elsewhere, too, is an equal result."""
    if live is None or row.origin is None:
        return
    moved_on = any(
        name in row.origin and not same(value, row.origin[name])
        for name, value in live.items()
    )
    if moved_on or sides.is_another(row.table, row.key):
        at = row.table, row.key
        yield sides.conflict(at, None, "row", row.origin, None, live)


def _of_new(
    sides: Sides, part: Part, row: Row, live: Values | None
) -> Iterator[Conflict]:
    at = row.table, row.key
    if live is not None:
        if any(not same(live[name], row.values[name]) for name in _given(part, row)):
            yield sides.conflict(at, None, "row", None, row.values, live)
        return
    above = sides.parent(part, row.values)
    if above is not None and not sides.is_there(*above):
        kind = "link" if part.is_link else "row"
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
            yield sides.conflict(at, where, "link", None, draft, cause=cause)
    if _neighbour_is_gone(sides, part, row):
        yield _of_order(sides, part, row)


def _given(part: Part, row: Row) -> list[str]:
    """Return what a new row names; its place is a wish."""
    return [n for n in row.values if n not in row.omitted and n != part.order]


# Order: a row is moved when its parent is another, or when it was wished elsewhere.
# Keys that changed only to make room for others say nothing.


def _is_moved_away(part: Part, row: Row) -> bool:
    return not row.changed_fields().keys().isdisjoint(part.parent_fields)


def _is_moved(sides: Sides, part: Part, row: Row) -> bool:
    if _is_moved_away(part, row):
        return True
    wished = sides.after is None or (row.table, row.key) in sides.after
    return wished and part.order in row.changed_fields()


def _both_moved(part: Part, row: Row, live: Values) -> bool:
    origin, names = row.origin or {}, [*part.parent_fields]
    names += [part.order] if part.order else []
    moved = any(not same(live[name], origin.get(name)) for name in names)
    return moved and any(not same(live[name], row.values[name]) for name in names)


def _neighbour_is_gone(sides: Sides, part: Part, row: Row) -> bool:
    """Tell whether others have taken away the sibling that the row was put behind."""
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


def _of_order(sides: Sides, part: Part, row: Row) -> Conflict:
    """Say where the row stands on each side."""
    views = (sides.base, sides.rows, sides.now)
    base, draft, live = (place(view, part, row.key) for view in views)
    at, behind = (row.table, row.key), (sides.after or {}).get((row.table, row.key))
    gone = behind is not None and _neighbour_is_gone(sides, part, row)
    cause = (row.table, behind) if behind is not None and gone else None
    return sides.conflict(at, part.order, "order", base, draft, live, cause=cause)


def place(view: View, part: Part, key: Key) -> dict[str, Any] | None:
    """Return a row's parent and the sibling that it stands after, None: the first."""
    row = view.find(part.name, key)
    if row is None:
        return None
    parent = part.parent_key_of(row.values)
    at = position_of(part, row)
    siblings = neighbours(view, part, parent, at, at_once=2, descending=True)
    before = next((one for one in siblings if not one.gone), None)
    return {"parent": list(parent), "after": before and list(before.key)}
