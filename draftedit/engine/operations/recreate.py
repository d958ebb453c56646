"""`recreate`: a row that was there once comes back, under its old key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from translationstring import TranslationStringFactory

from draftedit.engine.base.errors import Key, Problem, Refused
from draftedit.engine.base.messages import say
from draftedit.engine.dialects import backend_named
from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.operations.base import ApplyMode, Context, Done, Operation
from draftedit.engine.operations.delete import Delete
from draftedit.engine.operations.description import Description, NamedRow
from draftedit.engine.operations.fields import omitted
from draftedit.engine.operations.json_reader import JsonReader
from draftedit.engine.operations.lookup import part_of, refused
from draftedit.engine.operations.order_position import parent_key
from draftedit.engine.operations.rewrite import Rewrite
from draftedit.engine.reading.lifetimes import is_stored
from draftedit.engine.reading.rows import Row
from draftedit.engine.schema.model import Part

_ = TranslationStringFactory("draftedit")


@dataclass(frozen=True)
class Recreate(Operation):
    """Insert a row of exactly these encoded values: key, parent and place among them.

    Made by a revert and a rebase, of what history has: references are taken as they
    are, and so is what the host keeps; what the database alone computes is left to it.
    `restores` is the last revision that had the row: see `lifetimes`.
    """

    op = "recreate"
    table: str
    values: Mapping[str, Any]
    restores: int | None = None

    def apply(self, rows: DraftRows, mode: ApplyMode) -> Done | None:
        """Bring the row back; the inverse deletes it."""
        part = part_of(rows, self.table)
        values = _written(part, self.values)
        row = rows.find(part.name, part.key_of(values))
        if row is not None and (not rows.belongs(row) or rows.in_sight(row)):
            raise refused(say("key-exists"), row)
        if row is None:
            self._check_key(rows, part, part.key_of(values))
        if part.parent is not None:
            parent_key(rows, part, part.parent_key_of(values), mode)
        if row is not None:
            return self._set_back(rows, part, row, values)
        row = rows.add(
            part,
            {name: values.get(name) for name in part.columns},
            omitted(part, values),
            self.restores,
        )
        done = Recreate(part.name, values, self.restores)
        return Done(done, Delete(part.name, row.key))

    def _set_back(
        self, rows: DraftRows, part: Part, row: Row, values: dict[str, Any]
    ) -> Done:
        """Take the row that this draft has put out of sight, and what hangs below it.

        What the host keeps of a row that is only put elsewhere, it keeps.
        """
        restores = row.restores if self.restores is None else self.restores
        written = {
            name: value
            for name, value in values.items()
            if restores is not None or not part.fields[name].read_only
        }
        omitted = row.omitted - written.keys()
        new = rows.rewrite(row, written, False, omitted, restores)
        done = Recreate(part.name, values, self.restores)
        return Done(done, Rewrite.of(row, new.key, written))

    def _check_key(self, rows: DraftRows, part: Part, key: Key) -> None:
        """Refuse a key that cannot be given to the database a second time.

        A row that history has may have a negative key: the host gave it one.
        """
        if part.parent is None and key != rows.root:
            raise refused(say("second-root"), table=part.name, key=key)
        name = part.generated_key
        if name is None:
            return
        number = key[part.key.index(name)]
        is_unknown = part.is_draft_made(key) and self.restores is None
        if is_unknown or _is_never_taken(number, rows.dialect):
            message = say("key-made-by-database")
            raise refused(message, table=part.name, key=key, field=name)
        rows.last_key = min(rows.last_key, number)  # no new row gets it

    def table_name(self) -> str:
        """Return the table."""
        return self.table

    def describe(self, inverse: Operation | None = None) -> Description:
        """Name the row by its old key."""
        row = NamedRow(self.table, values=self.values)
        return Description(_("Bring back ${row}"), {"row": row})

    def to_json(self) -> dict[str, Any]:
        """Return the operation as JSON."""
        data = {"op": self.op, "table": self.table, "values": dict(self.values)}
        return data | ({} if self.restores is None else {"restores": self.restores})

    @classmethod
    def from_json(cls, data: Mapping[str, Any], context: Context) -> Recreate:
        """Read the operation from the journal."""
        shape = JsonReader(data, context)
        table, values = shape.text("table"), shape.values()
        recreate = cls(table, values, shape.result("restores"))
        shape.end()
        return recreate


def _written(part: Part, values: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what a new row may be given, or refuse by name."""
    strange = [name for name in values if name not in part.fields]
    missing = [
        name for name in (*part.key, *part.parent_fields) if values.get(name) is None
    ]
    problems = [
        *(
            Problem(say("unknown-field", table=part.name, field=n), part.name)
            for n in strange
        ),
        *(Problem(say("value-missing"), part.name, field=n) for n in missing),
    ]
    if problems:
        raise Refused(*problems)
    return {
        name: value
        for name, value in values.items()
        if name in part.key or is_stored(part.fields[name])
    }


def _is_never_taken(number: int, dialect: str) -> bool:
    """Return whether the database would not take the number for a counted key.

    One takes 0 for "the next one".
    """
    return number == 0 and backend_named(dialect).zero_is_next
