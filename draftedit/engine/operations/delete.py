"""`delete` and `restore`: put a row, and what hangs below it, out of sight and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from draftedit.engine.draft_rows import DraftRows
from draftedit.engine.operations.base import AnyKey, Context, Done, Operation, key_json
from draftedit.engine.operations.naming import part_of, row_in_sight, row_of
from draftedit.engine.operations.shape import Shape


@dataclass(frozen=True)
class Delete(Operation):
    """Mark the row gone: its subtree is out of sight with it, at no cost."""

    op = "delete"
    table: str
    key: AnyKey

    def apply(self, rows: DraftRows) -> Done | None:
        """Mark the row; the inverse restores it."""
        row = row_in_sight(rows, part_of(rows, self.table), self.key)
        rows.write(row, gone=True)
        return Done(Delete(row.table, row.key), Restore(row.table, row.key))

    def to_json(self) -> dict[str, Any]:
        """Return the operation as JSON."""
        return {"op": self.op, "table": self.table, "id": key_json(self.key)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any], context: Context) -> Delete:
        """Read the operation."""
        return cls(*_members(data, context))


@dataclass(frozen=True)
class Restore(Operation):
    """Bring a deleted row back, with all that hung below it."""

    op = "restore"
    table: str
    key: AnyKey

    def apply(self, rows: DraftRows) -> Done | None:
        """Take the mark away; the inverse deletes the row."""
        row = row_of(rows, part_of(rows, self.table), self.key)
        if not row.gone:
            return None
        rows.write(row, gone=False)
        return Done(Restore(row.table, row.key), Delete(row.table, row.key))

    def to_json(self) -> dict[str, Any]:
        """Return the operation as JSON."""
        return {"op": self.op, "table": self.table, "id": key_json(self.key)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any], context: Context) -> Restore:
        """Read the operation."""
        return cls(*_members(data, context))


def _members(data: Mapping[str, Any], context: Context) -> tuple[str, AnyKey]:
    shape = Shape(data, context)
    table, key = shape.text("table"), shape.key()
    shape.end()
    return table, key
