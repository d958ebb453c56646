"""`rewrite`: give a row of the draft back a state that it had, in every respect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.operations.base import (
    AnyKey,
    ApplyMode,
    Context,
    Done,
    RowOperation,
    key_json,
    values_json,
)
from draftedit.engine.operations.json_reader import JsonReader
from draftedit.engine.operations.lookup import part_of, row_of
from draftedit.engine.reading.rows import Row


@dataclass(frozen=True)
class Rewrite(RowOperation):
    """Take back what an insert or a recreate did to a row that was deleted.

    Made as an inverse only: it has no wish that could be replayed on another base.
    """

    op = "rewrite"
    table: str
    key: AnyKey
    values: Mapping[str, Any]
    omit: tuple[str, ...]
    gone: bool
    restores: int | None

    @classmethod
    def of(cls, row: Row, key: AnyKey, names: Iterable[str]) -> Self:
        """Return what gives a row back its state now; `key` is what it has then."""
        names = set(names)
        values = {name: row.values[name] for name in names}
        omit = tuple(sorted(row.omitted & names))
        return cls(row.table, key, values, omit, row.gone, row.restores)

    def apply(self, rows: DraftRows, mode: ApplyMode) -> Done | None:
        """Write the state; the inverse is the state before."""
        row = row_of(rows, part_of(rows, self.table), self.key, mode)
        omitted = (row.omitted - self.values.keys()) | set(self.omit)
        new = rows.rewrite(row, self.values, self.gone, omitted, self.restores)
        return Done(self, Rewrite.of(row, new.key, self.values))

    def to_json(self) -> dict[str, Any]:
        """Return the operation as JSON."""
        data: dict[str, Any] = {"op": self.op, "table": self.table}
        data |= {"id": key_json(self.key), "values": values_json(self.values)}
        data |= {"gone": self.gone, "restores": self.restores}
        return data | ({"omit": list(self.omit)} if self.omit else {})

    @classmethod
    def from_json(cls, data: Mapping[str, Any], context: Context) -> Rewrite:
        """Read the operation from the journal."""
        shape = JsonReader(data, context)
        table, key, values = shape.text("table"), shape.key(), shape.values()
        omit, gone = tuple(shape.result("omit") or ()), shape.result("gone")
        restores = shape.result("restores")
        shape.end()
        return cls(table, key, values, omit, gone, restores)
