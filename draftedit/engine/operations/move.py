"""`move`: give a row another place in the order, or another parent.

Rows without an order are moved to another parent only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from translationstring import TranslationStringFactory

from draftedit.engine.base.errors import Key
from draftedit.engine.base.json_schema import Schema
from draftedit.engine.base.messages import say
from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.operations.base import (
    LAST,
    AnyKey,
    ApplyMode,
    Context,
    Done,
    Operation,
    RowOperation,
    key_json,
)
from draftedit.engine.operations.batch import Batch
from draftedit.engine.operations.description import (
    Description,
    NamedParent,
    NamedRow,
    on_many,
    position,
)
from draftedit.engine.operations.form_reader import FormReader
from draftedit.engine.operations.json_reader import JsonReader, schema_of
from draftedit.engine.operations.lookup import part_of, refused, row_in_sight, row_of
from draftedit.engine.operations.order_position import find_gap, find_place, parent_key
from draftedit.engine.reading.revisions_since import RowId
from draftedit.engine.reading.rows import Row
from draftedit.engine.schema.model import Part

_ = TranslationStringFactory("draftedit")


@dataclass(frozen=True)
class Move(RowOperation):
    """Put the row below `parent` (None: where it is), after a sibling.

    `after` is the wish: a key, None for the first place, LAST. `place` is the result,
    an order key: undo and redo use it, a rebase the wish. Rows without an order have
    neither.
    """

    op = "move"
    table: str
    key: AnyKey
    parent: AnyKey = None
    after: AnyKey = LAST
    place: str | None = None

    def apply(self, rows: DraftRows, mode: ApplyMode) -> Done | None:
        """Move the row; the inverse puts it back, under its old order key."""
        part = part_of(rows, self.table)
        row = row_in_sight(rows, part, self.key, mode)
        if part.order is None:
            return self._put_below(rows, part, row, mode)
        if self.place is not None:
            return self._put(rows, part, row, self.parent, self.place, mode)
        parent = self._parent(rows, part, row, mode)
        stays = parent == part.parent_key_of(row.values)
        moving = row.key if stays else None
        gap = find_gap(rows, part, parent, self.after, mode)
        if moving is not None and gap.is_beside(moving):
            return None
        place = find_place(rows, part, parent, gap, moving)
        rekey = make_rekey(rows, part, place.rekeyed, mode)
        row = rows.row(part.name, row.key)  # which making room may have given a key
        done = self._put(rows, part, row, parent, place.key, mode)
        return with_rekey(rekey, done)

    def _put_below(
        self, rows: DraftRows, part: Part, row: Row, mode: ApplyMode
    ) -> Done | None:
        """Move a row of a part without an order."""
        if part.parent is None:
            raise refused(say("no-order", table=part.name), row)
        if self.after is not LAST or self.parent is None:
            raise refused(say("only-to-another-parent", table=part.name), row)
        parent = self._parent(rows, part, row, mode)
        if parent == part.parent_key_of(row.values):
            return None
        return self._put(rows, part, row, parent, None, mode)

    def _parent(self, rows: DraftRows, part: Part, row: Row, mode: ApplyMode) -> Key:
        here = part.parent_key_of(row.values)
        if self.parent is None:
            return here
        parent = parent_key(rows, part, self.parent, mode)
        changed = zip(part.parent_fields, here, parent, strict=True)
        if any(old != new and name in part.key for name, old, new in changed):
            raise refused(say("key-names-parent"), row)
        return parent

    def _put(
        self,
        rows: DraftRows,
        part: Part,
        row: Row,
        parent: Key,
        place: str | None,
        mode: ApplyMode,
    ) -> Done:
        here, old = part.parent_key_of(row.values), row.values.get(str(part.order))
        back = Move(part.name, row.key, here, place=old)
        values: dict[str, Any] = dict(zip(part.parent_fields, parent, strict=True))
        rows.write(row, values | ({part.order: place} if part.order else {}))
        return Done(
            Move(part.name, row.key, parent, self._wish(rows, part, mode), place), back
        )

    def _wish(self, rows: DraftRows, part: Part, mode: ApplyMode) -> AnyKey:
        if self.after is None or self.after is LAST:
            return self.after
        return row_of(rows, part, self.after, mode).key

    @classmethod
    def title(cls) -> str:
        """Return what statistics call it."""
        return _("Row moved")

    def describe(self, inverse: Operation | None = None) -> Description:
        """Name the row and its new place, and its new parent if it has another."""
        params: dict[str, Any] = {
            "row": NamedRow(self.table, self.key, placed=False),
            "place": position(self.table, self.after, self.after is LAST),
        }
        before = inverse.parent if isinstance(inverse, Move) else None
        if self.parent is None or self.parent == before:
            return Description(_("Move ${row} ${place}"), params)
        params["parent"] = NamedParent(self.table, self.parent)
        if self.place is None and self.after is LAST:
            return Description(_("Move ${row} to ${parent}"), params)
        return Description(_("Move ${row} to ${parent}, ${place}"), params)

    def summary(self, count: int) -> Description:
        """Say how many rows; they follow one another."""
        return on_many(_("Move ${count} ${rows}"), self.table, count)

    def intent(self) -> Operation:
        """Return the operation without its order key."""
        return replace(self, place=None)

    def positions(self) -> Mapping[RowId, AnyKey]:
        """Return the position of the row."""
        return dict.fromkeys(self.rows(), self.after)

    def to_json(self) -> dict[str, Any]:
        """Return the operation as JSON."""
        data = {"op": self.op, "table": self.table, "id": key_json(self.key)}
        if self.parent is not None:
            data["parent"] = key_json(self.parent)
        if self.after is not LAST:
            data["after"] = key_json(self.after)
        return data | ({"place": self.place} if self.place else {})

    @classmethod
    def from_form(cls, form: FormReader) -> Move:
        """Read the form."""
        parent = form.optional_key("parent")
        return cls(form.table(), form.key(), parent, form.after())

    @classmethod
    def schema(cls) -> Schema:
        """Return the JSON schema."""
        return schema_of(cls.op, "table id", "parent after")

    @classmethod
    def from_json(cls, data: Mapping[str, Any], context: Context) -> Move:
        """Read the operation."""
        shape = JsonReader(data, context)
        move = cls(
            shape.text("table"),
            shape.key(),
            shape.optional_key("parent"),
            shape.after(),
            shape.result("place"),
        )
        shape.end()
        return move


@dataclass(frozen=True)
class Rekey(Operation):
    """Give siblings new order keys in the same order, to make room between them.

    Made by `insert` and `move`; a rebase leaves it out.
    """

    op = "rekey"
    table: str
    places: tuple[tuple[Key, str], ...]

    def apply(self, rows: DraftRows, mode: ApplyMode) -> Done | None:
        """Change the order keys; the inverse gives the old ones back."""
        part = part_of(rows, self.table)
        before = []
        for key, place in self.places:
            row = row_of(rows, part, key, mode)
            before.append((key, row.values[str(part.order)]))
            rows.write(row, {str(part.order): place})
        return Done(self, Rekey(self.table, tuple(before)))

    def table_name(self) -> str:
        """Return the table."""
        return self.table

    def describe(self, inverse: Operation | None = None) -> Description:
        """Say what it is for."""
        return Description(_("Make room in the order"))

    def intent(self) -> None:
        """Return nothing: a replay makes room anew, if it needs any."""

    def to_json(self) -> dict[str, Any]:
        """Return the operation as JSON."""
        places = [[list(key), place] for key, place in self.places]
        return {"op": self.op, "table": self.table, "places": places}

    @classmethod
    def from_json(cls, data: Mapping[str, Any], context: Context) -> Rekey:
        """Read the operation from the journal."""
        places = tuple((tuple(key), place) for key, place in data["places"])
        return cls(data["table"], places)


def make_rekey(
    rows: DraftRows, part: Part, places: Mapping[Key, str], mode: ApplyMode
) -> Done | None:
    """Re-key siblings, if any had to make room."""
    if not places:
        return None
    return Rekey(part.name, tuple(places.items())).apply(rows, mode)


def with_rekey(rekey: Done | None, done: Done) -> Done:
    """Join an operation and the re-keying that made room for it: one step of undo."""
    if rekey is None:
        return done
    return Done(
        Batch((rekey.operation, done.operation)),
        Batch((done.inverse, rekey.inverse)),
    )
