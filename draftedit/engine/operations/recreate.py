"""`recreate`: a row that was there once comes back, under its old key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from draftedit.engine.draft_rows import DraftRows
from draftedit.engine.errors import Key, Problem, Refused
from draftedit.engine.operations.base import Context, Done, Operation
from draftedit.engine.operations.batch import Batch
from draftedit.engine.operations.delete import Delete
from draftedit.engine.operations.fields import omitted
from draftedit.engine.operations.naming import part_of, refused
from draftedit.engine.operations.place import parent_key
from draftedit.engine.operations.set import Set
from draftedit.engine.operations.shape import Shape
from draftedit.engine.rows import Row
from draftedit.engine.schema import Part


@dataclass(frozen=True)
class Recreate(Operation):
    """Insert a row of exactly these encoded values: key, parent and place among them.

    Made by a revert and a rebase, of what history has: references are taken as they
    are. Columns that the host or the database computes are left to them.
    """

    op = "recreate"
    table: str
    values: Mapping[str, Any]

    def apply(self, rows: DraftRows) -> Done | None:
        """Bring the row back; the inverse deletes it."""
        part = part_of(rows, self.table)
        values = _written(part, self.values)
        row = rows.find(part.name, part.key_of(values))
        if row is not None and (not rows.belongs(row) or rows.in_sight(row)):
            raise refused("A row of this key exists already.", row)
        if row is None:
            _check_key(rows, part, part.key_of(values))
        if part.parent is not None:
            parent_key(rows, part, part.parent_key_of(values))
        if row is not None:
            return self._set_back(rows, part, row, values)
        row = rows.add(
            part,
            {name: values.get(name) for name in part.columns},
            omitted(part, values),
        )
        return Done(Recreate(part.name, values), Delete(part.name, row.key))

    def _set_back(
        self, rows: DraftRows, part: Part, row: Row, values: dict[str, Any]
    ) -> Done:
        """Take the row that this draft has put out of sight, and what hangs below it.

        The inverse is for the journal, where a `set` may name parent and place.
        """
        rows.write(row, values, gone=False, omitted=row.omitted - values.keys())
        before = {n: row.values[n] for n in values if n not in row.omitted}
        back: list[Operation] = [
            Set(part.name, row.key, before, values.keys() & row.omitted)
        ]
        if row.gone:
            back.append(Delete(part.name, row.key))
        return Done(Recreate(part.name, values), Batch(tuple(back)))

    def to_json(self) -> dict[str, Any]:
        """Return the operation as JSON."""
        return {"op": self.op, "table": self.table, "values": dict(self.values)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any], context: Context) -> Recreate:
        """Read the operation from the journal."""
        shape = Shape(data, context)
        recreate = cls(shape.text("table"), shape.values())
        shape.end()
        return recreate


def _written(part: Part, values: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what a new row may be given, or refuse by name."""
    strange = [name for name in values if name not in part.fields]
    missing = [
        name for name in (*part.key, *part.parent_fields) if values.get(name) is None
    ]
    problems = [
        *(Problem(f"{part.name} has no field {n}.", part.name) for n in strange),
        *(Problem("This must be given.", part.name, field=n) for n in missing),
    ]
    if problems:
        raise Refused(*problems)
    return {
        name: value
        for name, value in values.items()
        if name in part.key or not part.fields[name].read_only
    }


def _check_key(rows: DraftRows, part: Part, key: Key) -> None:
    """Refuse a key that cannot be given to the database a second time."""
    if part.parent is None and key != rows.root:
        raise refused("A draft has one root.", table=part.name, key=key)
    if part.generated_key is None:
        return
    identity = part.live.c[part.generated_key].identity
    always = isinstance(identity, sa.Identity) and identity.always
    if part.is_draft_made(key) or (always and rows.dialect == "postgresql"):
        message = "The database makes this key, and does not take an old one."
        raise refused(message, table=part.name, key=key, field=part.generated_key)
