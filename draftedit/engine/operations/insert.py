"""`insert`: a new row, with its identity from the start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from draftedit.engine.draft_rows import DraftRows
from draftedit.engine.errors import Key, Problem, Refused
from draftedit.engine.operations.base import (
    LAST,
    AnyKey,
    Context,
    Done,
    Operation,
    key_json,
    values_json,
)
from draftedit.engine.operations.batch import Batch
from draftedit.engine.operations.delete import Delete, Restore
from draftedit.engine.operations.fields import canonical_values, defaults, omitted
from draftedit.engine.operations.move import Move, make_rekey, with_rekey
from draftedit.engine.operations.naming import part_of, refused, row_of
from draftedit.engine.operations.place import find_gap, find_place, parent_key
from draftedit.engine.operations.set import Set
from draftedit.engine.operations.shape import Shape
from draftedit.engine.rows import Row
from draftedit.engine.schema import Part


@dataclass(frozen=True)
class Insert(Operation):
    """Insert a row below `parent`, after a sibling; `name` names it in a batch.

    `key` and `place` are results: the draft-made (or the host's) key and the order key.
    """

    op = "insert"
    table: str
    values: Mapping[str, Any]
    parent: AnyKey = None
    after: AnyKey = LAST
    name: str | None = None
    key: Key | None = None
    place: str | None = None

    def apply(self, rows: DraftRows) -> Done | None:
        """Insert the row; the inverse deletes it, and its identity stays its own."""
        part = part_of(rows, self.table)
        if part.parent is None:
            raise refused("An object is made by opening a draft.", table=part.name)
        if part.order is None and self.after is not LAST:
            raise refused(f"{part.name} has no order.", table=part.name)
        parent = parent_key(rows, part, self.parent)
        values = dict(zip(part.parent_fields, parent, strict=True))
        values |= canonical_values(rows, part, None, self.values, inserting=True)
        done = self._bring_back(rows, part, values) or self._add(rows, part, values)
        if self.name is not None:
            rows.names[self.name] = _key_in(done.operation)
        return done

    def _add(self, rows: DraftRows, part: Part, values: dict[str, Any]) -> Done:
        values |= defaults(part, values, rows.dialect)
        _require(part, values)
        if part.generated_key and part.generated_key not in values:
            # On a newer base it keeps its identity: later operations name it.
            at = part.key.index(part.generated_key)
            number = rows.next_key(part) if self.key is None else self.key[at]
            values[part.generated_key] = number
        key = part.key_of(values)
        given = {n: v for n, v in values.items() if part.fields[n].insertable}
        parent, rekey = part.parent_key_of(values), None
        if part.order is not None:
            place = find_place(
                rows, part, parent, find_gap(rows, part, parent, self.after)
            )
            rekey = make_rekey(rows, part, place.rekeyed)
            values[part.order] = place.key
        rows.add(
            part,
            {name: values.get(name) for name in part.columns},
            omitted(part, values),
        )
        done = replace(
            self,
            values=given,
            parent=parent,
            after=_wish(rows, part, self.after),
            key=key,
            place=values.get(str(part.order)),
        )
        return with_rekey(rekey, Done(done, Delete(part.name, key)))

    def _bring_back(
        self, rows: DraftRows, part: Part, values: dict[str, Any]
    ) -> Done | None:
        """Under a key that is gone in this draft, insert is restore and set."""
        if not all(name in values for name in part.key):
            return None
        row = rows.find(part.name, part.key_of(values))
        if row is None:
            return None
        self._check_free(rows, part, row, part.parent_key_of(values))
        given = {n: v for n, v in values.items() if part.fields[n].settable}
        steps: list[Operation] = [
            Restore(part.name, row.key),
            Set(part.name, row.key, given),
        ]
        if part.order is not None:
            place = Move(part.name, row.key, part.parent_key_of(values), self.after)
            steps.insert(1, place)
        return Batch(tuple(steps)).apply(rows)

    def _check_free(self, rows: DraftRows, part: Part, row: Row, parent: Key) -> None:
        if not row.gone:
            raise refused("A row of this key exists already.", row)
        if part.order is None and part.parent_key_of(row.values) != parent:
            raise refused("The deleted row of this key was below another parent.", row)
        if rows.hangs_below(row):
            raise refused("The deleted row of this key still has rows below it.", row)

    def to_json(self) -> dict[str, Any]:
        """Return the operation as JSON."""
        data: dict[str, Any] = {"op": self.op, "table": self.table}
        data["values"] = values_json(self.values)
        if self.parent is not None:
            data["parent"] = key_json(self.parent)
        if self.after is not LAST:
            data["after"] = key_json(self.after)
        results = {"as": self.name, "id": self.key and list(self.key)}
        results["place"] = self.place
        return data | {n: v for n, v in results.items() if v is not None}

    @classmethod
    def from_json(cls, data: Mapping[str, Any], context: Context) -> Insert:
        """Read the operation."""
        shape = Shape(data, context)
        insert = cls(
            table=shape.text("table"),
            values=shape.values(),
            parent=shape.optional_key("parent"),
            after=shape.after(),
            name=shape.optional_text("as"),
            key=shape.optional_key("id") if context.stored else None,
            place=shape.result("place"),
        )
        shape.data.pop("as", None)
        shape.end()
        return insert


def _require(part: Part, values: Mapping[str, Any]) -> None:
    """Refuse an insert that leaves out what must be given."""
    missing = [n for n, f in part.fields.items() if f.required and n not in values]
    if missing:
        problems = (
            Problem("This must be given.", table=part.name, field=n) for n in missing
        )
        raise Refused(*problems)


def _wish(rows: DraftRows, part: Part, after: AnyKey) -> AnyKey:
    return after if after is None or after is LAST else row_of(rows, part, after).key


def _key_in(operation: Operation) -> Key:
    """Return the key of the row that an insert, as carried out, has made."""
    if isinstance(operation, Batch):
        return _key_in(operation.operations[-1])
    return tuple(getattr(operation, "key", ()))
