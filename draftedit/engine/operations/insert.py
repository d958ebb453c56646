"""`insert`: a new row, with its identity from the start."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from translationstring import TranslationStringFactory

from draftedit.engine.base.errors import Key, Problem, Refused
from draftedit.engine.base.json_schema import TEXT, Schema
from draftedit.engine.base.messages import say
from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.operations.base import (
    LAST,
    AnyKey,
    ApplyMode,
    Context,
    Done,
    Operation,
    as_key,
    key_json,
    values_json,
)
from draftedit.engine.operations.batch import Batch
from draftedit.engine.operations.delete import Delete
from draftedit.engine.operations.description import Description, on_row
from draftedit.engine.operations.fields import canonical_values, defaults, omitted
from draftedit.engine.operations.form_reader import FormReader
from draftedit.engine.operations.json_reader import JsonReader, schema_of
from draftedit.engine.operations.lookup import part_of, refused, row_of
from draftedit.engine.operations.move import make_rekey, with_rekey
from draftedit.engine.operations.order_position import find_gap, find_place, parent_key
from draftedit.engine.operations.rewrite import Rewrite
from draftedit.engine.reading.lifetimes import NEVER
from draftedit.engine.reading.revisions_since import RowId
from draftedit.engine.reading.rows import Row
from draftedit.engine.schema.model import Part

_ = TranslationStringFactory("draftedit")


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

    def apply(self, rows: DraftRows, mode: ApplyMode) -> Done | None:
        """Insert the row; the inverse deletes it, and its identity stays its own."""
        part = part_of(rows, self.table)
        if part.parent is None:
            raise refused(say("root-made-by-opening"), table=part.name)
        if part.order is None and self.after is not LAST:
            raise refused(say("no-order", table=part.name), table=part.name)
        parent = parent_key(rows, part, self.parent, mode)
        values = dict(zip(part.parent_fields, parent, strict=True)) | part.fixed
        values |= canonical_values(rows, part, None, self.values, mode, inserting=True)
        old = self._deleted(rows, part, values)
        return self._insert(rows, part, values, old, mode)

    def names(self, done: Done) -> Mapping[str, Key]:
        """Return the key of the new row, under its name in the batch."""
        return {} if self.name is None else {self.name: _key_in(done.operation)}

    def _insert(
        self,
        rows: DraftRows,
        part: Part,
        values: dict[str, Any],
        old: Row | None,
        mode: ApplyMode,
    ) -> Done:
        """Insert the row; it takes the place of `old`, and has nothing of that."""
        values |= defaults(part, values, rows.dialect)
        _require(part, values)
        if part.generated_key and part.generated_key not in values:
            # On a newer base it keeps its identity: later operations name it.
            at = part.key.index(part.generated_key)
            number = rows.next_key(part) if self.key is None else self.key[at]
            values[part.generated_key] = number
        given = {n: v for n, v in values.items() if part.fields[n].insertable}
        parent, rekey = part.parent_key_of(values), None
        if part.order is not None:
            place = find_place(
                rows, part, parent, find_gap(rows, part, parent, self.after, mode)
            )
            rekey = make_rekey(rows, part, place.rekeyed, mode)
            values[part.order] = place.key
        inverse = _write(rows, part, values, old)
        done = replace(
            self,
            values=given,
            parent=parent,
            after=_wish(rows, part, self.after, mode),
            key=part.key_of(values),
            place=values.get(str(part.order)),
        )
        return with_rekey(rekey, Done(done, inverse))

    def _deleted(
        self, rows: DraftRows, part: Part, values: Mapping[str, Any]
    ) -> Row | None:
        """Return the row that this draft has deleted under the key, if there is one."""
        if not all(name in values for name in part.key):
            return None
        row = rows.find(part.name, part.key_of(values))
        if row is not None:
            self._check_free(rows, row)
        return row

    def _check_free(self, rows: DraftRows, row: Row) -> None:
        if not row.gone:
            raise refused(say("key-exists"), row)
        if rows.hangs_below(row):
            raise refused(say("deleted-row-has-rows"), row)

    def rows(self) -> Sequence[RowId]:
        """Return the new row, once it has a key."""
        return () if self.key is None else ((self.table, as_key(self.key)),)

    @classmethod
    def title(cls) -> str:
        """Return what statistics call it."""
        return _("Row added")

    def describe(self, inverse: Operation | None = None) -> Description:
        """Name the new row."""
        return on_row(_("Add ${row}"), self.table, self.key)

    def intent(self) -> Operation:
        """Return the operation without its order key; the row keeps its identity."""
        return replace(self, place=None)

    def positions(self) -> Mapping[RowId, AnyKey]:
        """Return the position of the new row."""
        return dict.fromkeys(self.rows(), self.after)

    def fields(self) -> Collection[str]:
        """Return the fields that are given."""
        return self.values.keys()

    def without(self, fields: Collection[str]) -> Operation:
        """Return the operation without these values: defaults take their place."""
        kept = {n: v for n, v in self.values.items() if n not in fields}
        return replace(self, values=kept)

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
    def from_form(cls, form: FormReader) -> Insert:
        """Read the form."""
        values, parent = form.values(None), form.optional_key("parent")
        return cls(form.table(), values, parent, form.after())

    @classmethod
    def schema(cls) -> Schema:
        """Return the JSON schema."""
        return schema_of(cls.op, "table values", "parent after as", **{"as": TEXT})

    @classmethod
    def from_json(cls, data: Mapping[str, Any], context: Context) -> Insert:
        """Read the operation."""
        shape = JsonReader(data, context)
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
            Problem(say("value-missing"), table=part.name, field=n) for n in missing
        )
        raise Refused(*problems)


def _write(
    rows: DraftRows, part: Part, values: Mapping[str, Any], old: Row | None
) -> Operation:
    """Write the new row, over a deleted one of its key, and return the inverse."""
    every = {name: values.get(name) for name in part.columns}
    left = omitted(part, values)
    if old is None:
        return Delete(part.name, rows.add(part, every, left).key)
    # Of two rows that only this draft has had, none is left in history.
    restores = None if old.is_new else NEVER
    new = rows.rewrite(old, every, gone=False, omitted=left, restores=restores)
    return Rewrite.of(old, new.key, every)


def _wish(rows: DraftRows, part: Part, after: AnyKey, mode: ApplyMode) -> AnyKey:
    if after is None or after is LAST:
        return after
    return row_of(rows, part, after, mode).key


def _key_in(operation: Operation) -> Key:
    """Return the key of the row that an insert, as carried out, has made."""
    if isinstance(operation, Batch):
        return _key_in(operation.operations[-1])
    return tuple(getattr(operation, "key", ()))
