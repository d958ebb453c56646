"""Page through a part without naming a parent: walk the tree, with the path as cursor.

A path holds one position for each level between the root and the listed part; a shorter
one stands after the whole subtree of its last row.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Protocol

from draftedit.engine.base.errors import Key
from draftedit.engine.base.paging import BadCursor, read_cursor, write_cursor
from draftedit.engine.reading.listing import (
    Page,
    Position,
    Query,
    check_position,
    position_of,
)
from draftedit.engine.reading.rows import Row
from draftedit.engine.schema.model import Part, Target

STATEMENTS = 200  # that one call may run; a longer walk continues with `next`
Path = list[Position]


class WalkedObject(Protocol):
    """The object that is walked: a `View`."""

    target: Target
    root: Key
    dialect: str

    def part(self, table: str) -> Part:
        """Return the part of this name; raise Unknown."""

    def find(self, table: str, key: Key) -> Row | None:
        """Return a row, None if there is none."""

    def row(self, table: str, key: Key) -> Row:
        """Return a row; raise Unknown."""

    def fetch(
        self,
        part: Part,
        query: Query,
        parent: Key,
        after: Position | None,
        limit: int,
        **shape: Any,
    ) -> tuple[list[Row], Position | None]:
        """Return rows below a parent after a position, and where to continue."""


def page(view: WalkedObject, part: Part, query: Query) -> Page:
    """Return rows of `part` below any parent, in the order of the tree."""
    levels = _levels(view, part)
    start = _read_path(view, levels, query.after)
    root = view.find(view.target.name, view.root)
    if root is None or (root.gone and not query.gone):
        return Page([], None)
    hidden = root.gone
    rows: list[Row] = []
    path: Path = []
    statements = 0
    for path, found in _walk(view, levels, query, view.root, start, hidden):
        statements += found is None
        if found is not None:
            rows.append(found)
        if len(rows) == query.limit or statements == STATEMENTS:
            return Page(rows, write_cursor(path) if path else None)
    return Page(rows, None)


def _levels(view: WalkedObject, part: Part) -> list[Part]:
    """Return the parts from the root's child down to `part`."""
    levels = [part]
    while levels[0].parent not in (None, view.target.name):
        levels.insert(0, view.part(str(levels[0].parent)))
    return levels


def _read_path(view: WalkedObject, levels: list[Part], text: str | None) -> Path:
    if text is None:
        return []
    data = read_cursor(text)
    if not isinstance(data, list) or not 0 < len(data) <= len(levels):
        raise BadCursor
    pairs = zip(levels, data, strict=False)
    return [check_position(part, position, view.dialect) for part, position in pairs]


def _walk(
    view: WalkedObject,
    levels: list[Part],
    query: Query,
    parent: Key,
    start: Path,
    hidden: bool,
) -> Iterator[tuple[Path, Row | None]]:
    """Yield each row with its path; a row of None after each statement."""
    part, below = levels[0], levels[1:]
    after = start[0] if start else None
    if below and len(start) > 1:
        yield from _go_on(view, levels, query, parent, start, hidden)
    wanted = query if not below else Query(part.name, gone=query.gone)
    while True:
        rows, end = view.fetch(part, wanted, parent, after, query.limit)
        for row in rows:
            position = position_of(part, row)
            if not below:
                yield [position], replace(row, hidden=hidden)
                continue
            gone = hidden or row.gone
            for path, found in _walk(view, below, query, row.key, [], gone):
                yield [position, *path], found
        yield [end] if end else [], None
        if end is None:
            return
        after = end


def _go_on(
    view: WalkedObject,
    levels: list[Part],
    query: Query,
    parent: Key,
    start: Path,
    hidden: bool,
) -> Iterator[tuple[Path, Row | None]]:
    """Continue inside the row that the path leads through, if it still exists."""
    part, position = levels[0], start[0]
    row = view.find(part.name, position[-len(part.key) :])
    if row is None or part.parent_key_of(row.values) != parent:
        return
    if row.gone and not query.gone:
        return
    gone = hidden or row.gone
    for path, found in _walk(view, levels[1:], query, row.key, start[1:], gone):
        yield [position, *path], found


def neighbours(
    view: WalkedObject,
    part: Part,
    parent: Key,
    after: Position | None,
    *,
    at_once: int,
    **shape: Any,
) -> Iterator[Row]:
    """Yield siblings from a position on, including hidden ones.

    `at_once`: how many are read together.
    """
    query, shape = Query(part.name), {"gone": "all", **shape}
    while True:
        rows, after = view.fetch(part, query, parent, after, at_once, **shape)
        yield from rows
        if after is None:
            return


def around(view: WalkedObject, part: Part, query: Query, key: Key) -> Query:
    """Return the query of the page that has the row `key` in its middle."""
    row = view.row(part.name, key)
    if part.parent is None:
        return query
    parent = part.parent_key_of(row.values)
    query = replace(query, parent=parent, after=None)
    half = query.limit // 2 + 1
    position = position_of(part, row)
    before, _ = view.fetch(part, query, parent, position, half, descending=True)
    if len(before) < half:
        return query
    return replace(query, after=write_cursor(position_of(part, before[-1])))
