"""An operation of the shop's own: more, or less, of a line."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from draftedit.engine.base.json_schema import TEXT, Schema
from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.operations import ApplyMode, Context, Done, Operation
from draftedit.engine.operations.description import Description, on_row
from draftedit.engine.operations.form_reader import FormReader
from draftedit.engine.operations.json_reader import JsonReader, schema_of
from draftedit.engine.operations.lookup import refused, row_in_sight
from tests.hosts import shop

RowId = tuple[str, tuple[Any, ...]]


@shop.drafts.operation
@dataclass(frozen=True)
class Raise(Operation):
    """Raise the amount, perhaps of another product; `to` is what it came to."""

    op = "raise"
    key: tuple[Any, ...]
    by: int
    product: str | None = None
    to: int | None = None

    def apply(self, rows: DraftRows, mode: ApplyMode) -> Done:
        line = row_in_sight(rows, rows.part("line"), self.key, mode)
        amount = self.to
        if amount is None:
            amount = line.values["amount"] + self.by
        if amount < 0:
            raise refused("Less than nothing.", line, field="amount")
        values, back = {"amount": amount}, None
        if self.product is not None:
            values["product"], back = self.product, line.values["product"]
        rows.write(line, values)
        return Done(replace(self, to=amount), Raise(self.key, -self.by, back))

    def to_json(self) -> dict[str, Any]:
        data = {"op": self.op, "id": list(self.key), "by": self.by}
        more = {"product": self.product, "to": self.to}
        return data | {n: v for n, v in more.items() if v is not None}

    @classmethod
    def from_json(cls, data: Mapping[str, Any], context: Context) -> Raise:
        reader = JsonReader(data, context)
        key, by = reader.key(), reader.integer("by")
        product, to = reader.optional_text("product"), reader.result("to")
        reader.data.pop("product", None)
        reader.end()
        return cls(key, by, product, to)

    @classmethod
    def from_form(cls, form: FormReader) -> Raise:
        return cls(form.key(), form.integer("by"))

    @classmethod
    def schema(cls) -> Schema:
        return schema_of(
            cls.op, "id by", "product", by={"type": "integer"}, product=TEXT
        )

    def rows(self) -> Sequence[RowId]:
        return (("line", tuple(self.key)),)

    def intent(self) -> Operation:
        return replace(self, to=None)

    def fields(self) -> Collection[str]:
        given = {"amount": self.by, "product": self.product}
        return [name for name, value in given.items() if value]

    def without(self, fields: Collection[str]) -> Operation | None:
        if "product" in fields:
            return None if "amount" in fields else replace(self, product=None)
        return replace(self, by=0) if self.product is not None else None

    @classmethod
    def title(cls) -> str:
        return "Amount raised"

    def describe(self, inverse: Operation | None = None) -> Description:
        description = on_row("Raise ${row} by ${by}", "line", self.key)
        return replace(description, params={**description.params, "by": self.by})
