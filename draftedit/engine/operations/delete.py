"""`delete` and `restore`: put a row, and what hangs below it, out of sight and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

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
)
from draftedit.engine.operations.description import Description, on_many, on_row
from draftedit.engine.operations.form_reader import FormReader
from draftedit.engine.operations.json_reader import JsonReader, schema_of
from draftedit.engine.operations.lookup import part_of, row_in_sight, row_of

_ = TranslationStringFactory("draftedit")


@dataclass(frozen=True)
class _ByKey(RowOperation):
    """An operation whose only argument is the row."""

    table: str
    key: AnyKey

    def to_json(self) -> dict[str, Any]:
        """Return the operation as JSON."""
        return {"op": self.op, "table": self.table, "id": key_json(self.key)}

    @classmethod
    def from_form(cls, form: FormReader) -> Self:
        """Read the form."""
        return cls(form.table(), form.key())

    @classmethod
    def schema(cls) -> Schema:
        """Return the JSON schema."""
        return schema_of(cls.op, "table id")

    @classmethod
    def from_json(cls, data: Mapping[str, Any], context: Context) -> Self:
        """Read the operation."""
        shape = JsonReader(data, context)
        table, key = shape.text("table"), shape.key()
        shape.end()
        return cls(table, key)


@dataclass(frozen=True)
class Delete(_ByKey):
    """Mark the row gone: its subtree is out of sight with it, at no cost."""

    op = "delete"

    def apply(self, rows: DraftRows, mode: ApplyMode) -> Done | None:
        """Mark the row; the inverse restores it."""
        row = row_in_sight(rows, part_of(rows, self.table), self.key, mode)
        rows.write(row, gone=True)
        return Done(Delete(row.table, row.key), Restore(row.table, row.key))

    @classmethod
    def title(cls) -> str:
        """Return what statistics call it."""
        return _("Row deleted")

    def describe(self, inverse: Operation | None = None) -> Description:
        """Name the row."""
        return on_row(_("Delete ${row}"), self.table, self.key)

    def summary(self, count: int) -> Description:
        """Say how many rows."""
        return on_many(_("Delete ${count} ${rows}"), self.table, count)


@dataclass(frozen=True)
class Restore(_ByKey):
    """Bring a deleted row back, with all that hung below it."""

    op = "restore"

    def apply(self, rows: DraftRows, mode: ApplyMode) -> Done | None:
        """Take the mark away; the inverse deletes the row."""
        row = row_of(rows, part_of(rows, self.table), self.key, mode)
        if not row.gone:
            return None
        rows.write(row, gone=False)
        return Done(Restore(row.table, row.key), Delete(row.table, row.key))

    @classmethod
    def title(cls) -> str:
        """Return what statistics call it."""
        return _("Row brought back")

    def describe(self, inverse: Operation | None = None) -> Description:
        """Name the row."""
        return on_row(_("Restore ${row}"), self.table, self.key)

    def summary(self, count: int) -> Description:
        """Say how many rows."""
        return on_many(_("Restore ${count} ${rows}"), self.table, count)
