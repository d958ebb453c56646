"""Where a row is to stand: from the wish (after which sibling) to the order key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from draftedit.engine.base.errors import Key
from draftedit.engine.base.messages import say
from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.operations.base import LAST, AnyKey, ApplyMode
from draftedit.engine.operations.lookup import key_of, refused, row_of
from draftedit.engine.reading.listing import position_of
from draftedit.engine.reading.rows import Row
from draftedit.engine.reading.tree import neighbours
from draftedit.engine.schema.model import Part
from draftedit.engine.values.order_key import NoRoom, between, spread

WINDOW = 8  # siblings on each side that are re-keyed first; doubled while too narrow


@dataclass(frozen=True)
class OrderSlot:
    """An order key, and the new keys of the siblings that had to make room."""

    key: str
    rekeyed: dict[Key, str]


def sibling_of(
    rows: DraftRows, part: Part, parent: Key, after: AnyKey, mode: ApplyMode
) -> Row | None:
    """Return the sibling that `after` names (None: the first place), or refuse."""
    if after is None:
        return None
    row = row_of(rows, part, after, mode)
    if part.parent_key_of(row.values) != parent or not rows.in_sight(row):
        raise refused(say("after-elsewhere"), row)
    return row


@dataclass(frozen=True)
class Gap:
    """The siblings between which a row is to stand; None stands for either end."""

    low: Row | None
    high: Row | None

    def is_beside(self, key: Key) -> bool:
        """Return whether the row `key` stands there already."""
        return any(row.key == key for row in (self.low, self.high) if row is not None)


def find_gap(
    rows: DraftRows, part: Part, parent: Key, after: AnyKey, mode: ApplyMode
) -> Gap:
    """Return where `after` wishes the row to stand, or refuse."""
    if after is LAST:
        return Gap(_next(rows, part, parent, None, descending=True), None)
    low = sibling_of(rows, part, parent, after, mode)
    return Gap(low, _next(rows, part, parent, low))


def find_place(
    rows: DraftRows, part: Part, parent: Key, gap: Gap, moving: Key | None = None
) -> OrderSlot:
    """Return a place in the gap; the sibling `moving` gives up its own."""
    try:
        return OrderSlot(between(_order(part, gap.low), _order(part, gap.high)), {})
    except NoRoom:
        return _make_room(rows, part, parent, gap.low, moving)


def _order(part: Part, row: Row | None) -> Any:
    return None if row is None else row.values[str(part.order)]


def _next(
    rows: DraftRows, part: Part, parent: Key, row: Row | None, **shape: Any
) -> Row | None:
    return next(_from(rows, part, parent, row, at_once=1, **shape), None)


def _from(
    rows: DraftRows, part: Part, parent: Key, row: Row | None, **shape: Any
) -> Iterator[Row]:
    """Yield the siblings after a row (None: from the first), or before it."""
    start = None if row is None else position_of(part, row)
    return neighbours(rows, part, parent, start, **shape)


def _make_room(
    rows: DraftRows, part: Part, parent: Key, low: Row | None, moving: Key | None
) -> OrderSlot:
    """Give a window of siblings new keys, the new row's among them."""
    width = WINDOW
    while True:
        before: list[Row] = []
        if low is not None:
            earlier = _from(rows, part, parent, low, at_once=width, descending=True)
            before = [low, *islice(earlier, width)][::-1]
        later = _from(rows, part, parent, low, at_once=width + 1)
        behind = list(islice(later, width + 1))
        first = before.pop(0) if len(before) > width else None
        last = behind.pop() if len(behind) > width else None
        window = [row for row in (*before, *behind) if row.key != moving]
        try:
            keys = spread(len(window) + 1, _order(part, first), _order(part, last))
        except NoRoom:
            # Both ends of the siblings are open, so that this ends with all of them.
            width *= 2
            continue
        at = sum(1 for row in before if row.key != moving)
        new = keys.pop(at)
        return OrderSlot(new, {r.key: k for r, k in zip(window, keys, strict=True)})


def parent_key(rows: DraftRows, part: Part, raw: AnyKey, mode: ApplyMode) -> Key:
    """Return the key of a parent that is in sight in this draft, or refuse."""
    parent = rows.target.tables[str(part.parent)]
    if raw is None:
        if parent.name != rows.target.name:
            raise refused(say("parent-missing", parent=parent.name), table=part.name)
        raw = rows.root
    key = key_of(rows, parent, raw, mode)
    row = row_of(rows, parent, key, mode)
    if not rows.in_sight(row):
        raise refused(say("parent-deleted"), row)
    return row.key  # as the database spells it: "TEA" and "tea" may be one key
