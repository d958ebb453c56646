"""`set`: change fields of one row."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from translationstring import TranslationStringFactory

from draftedit.engine.base.json_schema import Schema
from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.operations.base import (
    AnyKey,
    ApplyMode,
    Context,
    Done,
    Operation,
    RowOperation,
    key_json,
    values_json,
)
from draftedit.engine.operations.description import (
    Description,
    NamedPart,
    NamedRow,
    ValueText,
)
from draftedit.engine.operations.fields import canonical_values
from draftedit.engine.operations.form_reader import FormReader
from draftedit.engine.operations.json_reader import JsonReader, schema_of
from draftedit.engine.operations.lookup import part_of, row_in_sight
from draftedit.engine.values.codecs import same

_ = TranslationStringFactory("draftedit")


@dataclass(frozen=True, init=False)
class Set(RowOperation):
    """Set `values` of the row `key`; leave the columns in `omit` to the database.

    `omit` takes back the first value of a column of a new row that was not given.
    """

    op = "set"
    table: str
    key: AnyKey
    values: dict[str, Any]
    omit: tuple[str, ...]

    def __init__(
        self,
        table: str,
        key: AnyKey,
        values: Mapping[str, Any] | None = None,
        omit: Iterable[str] = (),
        **fields: Any,
    ) -> None:
        """Take the values as a mapping, or by name."""
        object.__setattr__(self, "table", table)
        object.__setattr__(self, "key", key)
        object.__setattr__(self, "values", {**(values or {}), **fields})
        object.__setattr__(self, "omit", tuple(sorted(omit)))

    def apply(self, rows: DraftRows, mode: ApplyMode) -> Done | None:
        """Set the fields that differ; the inverse sets them back."""
        part = part_of(rows, self.table)
        row = row_in_sight(rows, part, self.key, mode)
        values = self.values
        if not mode.exact:
            values = canonical_values(rows, part, row.key, self.values, mode)
        changed = {
            name: value
            for name, value in values.items()
            if name in row.omitted or not same(row.values[name], value)
        }
        if not changed and not self.omit:
            return None
        omitted = frozenset((row.omitted - changed.keys()) | set(self.omit))
        before = {n: row.values[n] for n in (*changed, *self.omit)}
        inverse = Set(
            part.name,
            row.key,
            {n: v for n, v in before.items() if n not in row.omitted},
            [n for n in before if n in row.omitted],
        )
        rows.write(row, changed | dict.fromkeys(self.omit), omitted=omitted)
        return Done(Set(part.name, row.key, changed, self.omit), inverse)

    @classmethod
    def title(cls) -> str:
        """Return what statistics call it."""
        return _("Fields changed")

    def describe(self, inverse: Operation | None = None) -> Description:
        """Name the row, and each field with its value before and after."""
        before = inverse.values if isinstance(inverse, Set) else None
        values = ValueText(self.table, self.values, before)
        return Description("${row}", {"row": NamedRow(self.table, self.key)}, values)

    def summary(self, count: int) -> Description:
        """Say how many rows get these values."""
        params = {"count": count, "rows": NamedPart(self.table)}
        values = ValueText(self.table, self.values)
        return Description(_("${count} ${rows}"), params, values)

    def fields(self) -> Collection[str]:
        """Return the fields that are set."""
        return self.values.keys()

    def without(self, fields: Collection[str]) -> Operation | None:
        """Return the operation without these values; None if it sets no other."""
        kept = {n: v for n, v in self.values.items() if n not in fields}
        return Set(self.table, self.key, kept, self.omit) if kept else None

    def to_json(self) -> dict[str, Any]:
        """Return the operation as JSON."""
        data = {
            "op": self.op,
            "table": self.table,
            "id": key_json(self.key),
            "values": values_json(self.values),
        }
        return data | ({"omit": list(self.omit)} if self.omit else {})

    @classmethod
    def from_form(cls, form: FormReader) -> Set:
        """Read the form."""
        row = form.row()
        return cls(row.table, row.key, form.values(row))

    @classmethod
    def schema(cls) -> Schema:
        """Return the JSON schema."""
        return schema_of(cls.op, "table id values")

    @classmethod
    def from_json(cls, data: Mapping[str, Any], context: Context) -> Set:
        """Read the operation."""
        shape = JsonReader(data, context)
        table, key, values = shape.text("table"), shape.key(), shape.values()
        omit = shape.result("omit") or ()
        shape.end()
        return cls(table, key, values, omit)
