"""`set`: change fields of one row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from draftedit.engine.draft_rows import DraftRows
from draftedit.engine.operations.base import (
    AnyKey,
    Context,
    Done,
    Operation,
    key_json,
    values_json,
)
from draftedit.engine.operations.fields import canonical_values
from draftedit.engine.operations.naming import part_of, row_in_sight
from draftedit.engine.operations.shape import Shape
from draftedit.engine.values import same


@dataclass(frozen=True, init=False)
class Set(Operation):
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

    def apply(self, rows: DraftRows) -> Done | None:
        """Set the fields that differ; the inverse sets them back."""
        part = part_of(rows, self.table)
        row = row_in_sight(rows, part, self.key)
        values = self.values
        if not rows.replaying:
            values = canonical_values(rows, part, row.key, self.values)
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
    def from_json(cls, data: Mapping[str, Any], context: Context) -> Set:
        """Read the operation."""
        shape = Shape(data, context)
        table, key, values = shape.text("table"), shape.key(), shape.values()
        omit = shape.result("omit") or ()
        shape.end()
        return cls(table, key, values, omit)
