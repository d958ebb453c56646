"""State shared by the resolution steps of a rebase."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from draftedit.engine.base.errors import Key, Problem, Refused
from draftedit.engine.base.messages import say
from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.operations import Delete, Done, Insert, Move, Operation, Restore
from draftedit.engine.operations.base import AS_ASKED, LAST, AnyKey
from draftedit.engine.operations.lookup import row_of
from draftedit.engine.operations.recreate import Recreate
from draftedit.engine.reading.listing import Query
from draftedit.engine.reading.revisions_since import RowId
from draftedit.engine.reading.rows import Row
from draftedit.engine.reading.tree import neighbours
from draftedit.engine.saving.three_way import ThreeWay
from draftedit.engine.schema.model import Part

PAGE = 200  # rows of the base that are read at a time, to be restored


@dataclass
class ResolutionContext:
    """The draft's rows on the new base, and the operations of the last batch."""

    rows: DraftRows
    sides: ThreeWay
    done: list[Done] = field(default_factory=list)
    brought: set[RowId] = field(default_factory=set)

    def apply(self, operation: Operation) -> None:
        """Apply one more operation of the last batch; raise Refused."""
        done = operation.apply(self.rows, AS_ASKED)
        if done is not None:
            self.done.append(done)

    def part(self, table: str) -> Part:
        """Return the part of that name."""
        return self.sides.parts[table]

    def find(self, table: str, key: Key) -> Row | None:
        """Return a row of this object on the new base; None for another object's."""
        row = self.rows.find(table, key)
        return row if row is not None and self.rows.belongs(row) else None

    def in_sight(self, table: str, key: Key) -> bool:
        """Return whether a row is neither deleted nor hidden in the draft now."""
        row = self.find(table, key)
        return row is not None and self.rows.in_sight(row)

    def is_there(self, table: str, key: Key) -> bool:
        """Return whether it is in sight and is the row that the draft knew."""
        return self.in_sight(table, key) and not self.sides.is_another(table, key)

    # Restored rows

    def ensure(
        self, table: str, key: Key, values: Mapping[str, Any] | None = None
    ) -> list[RowId]:
        """Restore a row and those above it, or insert it as the base had it.

        `values`: its values if it no longer exists. Returns the rows that the draft had
        deleted and that are restored. Raises Refused if its key belongs to another row
        now.
        """
        row = self.find(table, key)
        if row is not None:
            restored = self.ensure_parent(table, row.values)
            if row.gone:
                self.apply(Restore(table, key))
                restored.append((table, key))
            return restored
        values = values or self._before(table, key)
        restored = self.ensure_parent(table, values)
        self.apply(Recreate(table, values, self._last(table, key)))
        self.brought.add((table, key))
        return restored

    def ensure_parent(self, table: str, values: Mapping[str, Any]) -> list[RowId]:
        """Restore the row that values lie below, if that is not the root."""
        above = self.sides.parent(self.part(table), values)
        return [] if above is None else self.ensure(*above)

    def is_gone(self, table: str, key: Key) -> bool:
        """Return whether a row itself is deleted, not only one above it."""
        return self.rows.row(table, key).gone

    def delete_again(self, table: str, key: Key, unless_above: RowId) -> None:
        """Delete what was restored, unless a row is still below it."""
        row = self.rows.row(*unless_above)
        path = [(one.table, one.key) for one in self.rows.ancestors(row)]
        if (table, key) not in path and self.in_sight(table, key):
            self.apply(Delete(table, key))

    def ensure_whole(
        self, table: str, key: Key, values: Mapping[str, Any] | None = None
    ) -> None:
        """Restore a row, and the rows that the base had below it."""
        self.ensure(table, key, values)
        for child, row in self._below(table, key):
            if (child, row.key) in self.sides.gone:
                continue
            if self.find(child, row.key) is None:
                self.ensure_whole(child, row.key)

    def _before(self, table: str, key: Key) -> Mapping[str, Any]:
        """Return a row as the base had it, or as this draft made it."""
        row = self.sides.base.find(table, key) or self.sides.new.get((table, key))
        values = row.values if row else self.sides.origins.get((table, key))
        if values is None:
            message = say("deleted-outside-drafts")
            raise Refused(Problem(message, table, key))
        return values

    def _last(self, table: str, key: Key) -> int | None:
        """Return the last revision that had a restored row, see `lifetimes`."""
        mine = self.sides.new.get((table, key))
        one = self.sides.foreign.get((table, key))
        # If history has no record, plain SQL has deleted it at an unknown time.
        last = self.rows.as_of if one is None or one.last is None else one.last
        return last if mine is None else mine.restores

    def _below(self, table: str, key: Key) -> Iterator[tuple[str, Row]]:
        base = self.sides.base
        for child in self.part(table).children:
            part, after = self.part(child), None
            while True:
                rows, after = base.fetch(part, Query(child), key, after, PAGE)
                yield from ((child, row) for row in rows)
                if after is None:
                    break

    # Places

    def move(self, row: Row, parent: Key, order: str | None) -> None:
        """Move a row below a parent, to the place of an old order key, if any."""
        part = self.part(row.table)
        if self._is_at(row, parent, order):
            return
        if part.order is None:
            self.apply(Move(part.name, row.key, parent))
            return
        after = self.sibling_before(part, parent, order, row.key)
        self.apply(Move(part.name, row.key, parent, after))

    def _is_at(self, row: Row, parent: Key, order: str | None) -> bool:
        part = self.part(row.table)
        is_below = part.parent_key_of(row.values) == parent
        return is_below and (part.order is None or row.values[part.order] == order)

    def sibling_before(
        self, part: Part, parent: Key, order: str | None, itself: Key
    ) -> Key | None:
        """Return the sibling that an order key would follow; None: the first place.

        `order` is None for the last place.
        """
        at = None if order is None else (order, *itself)
        for row in neighbours(self.rows, part, parent, at, at_once=2, descending=True):
            if row.key != itself and not row.gone:
                return row.key
        return None

    def moving(self, row: Row, parent: Key) -> Operation:
        """Return the move below a parent, to the place of the row's old order key."""
        part = self.part(row.table)
        if part.order is None:
            return Move(part.name, row.key, parent)
        order = row.values[part.order]
        after = self.sibling_before(part, parent, order, row.key)
        return Move(part.name, row.key, parent, after)

    def moved_behind(self, row: Row, after: AnyKey) -> Operation:
        """Return the move after another row (None: to the first place, LAST)."""
        part, parent = self.part(row.table), None
        if after is not None and after is not LAST:
            other = row_of(self.rows, part, after, AS_ASKED)
            parent = part.parent_key_of(other.values)
        return Move(row.table, row.key, parent, after)

    def insert(self, row: Row, key: Key | None) -> Operation:
        """Return the operation that inserts a row of the old draft again."""
        part = self.part(row.table)
        values = {
            name: value
            for name, value in row.values.items()
            if part.fields[name].insertable and name not in row.omitted
        }
        parent = part.parent_key_of(row.values)
        insert = Insert(part.name, values, parent, key=key)
        if part.order is None:
            return insert
        after = self.sibling_before(part, parent, row.values[part.order], row.key)
        return Insert(part.name, values, parent, after, key=key)
