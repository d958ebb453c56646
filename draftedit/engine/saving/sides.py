"""The three sides of a comparison: the base, the draft, and what is live now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from draftedit.engine.draft_rows import DraftRows
from draftedit.engine.errors import Conflict, Key
from draftedit.engine.foreign import Foreign, RowId
from draftedit.engine.rows import Row
from draftedit.engine.saving.live import bound, chunks, encoded_key, has_key
from draftedit.engine.saving.plan import Plan
from draftedit.engine.schema import Field, Part
from draftedit.engine.values import same
from draftedit.engine.view import View

LiveRows = dict[str, dict[Key, dict[str, Any]]]


@dataclass
class Sides:
    """What the search for conflicts looks at.

    `rows` are the draft on its base, `live` the live rows that it touches; `foreign`
    what others have saved since the base; `after` the sibling that each inserted or
    moved row was wished to stand behind (None: the wishes play no part, as places are
    written as they are).
    """

    rows: DraftRows
    plan: Plan
    live: LiveRows
    foreign: Mapping[RowId, Foreign] = field(default_factory=dict)
    after: Mapping[RowId, Key | None] | None = None

    def __post_init__(self) -> None:
        """Open the views of the base and of what is live."""
        rows = self.rows
        self.base = View(rows.dbsession, rows.target, rows.root, as_of=rows.as_of)
        self.now = View(rows.dbsession, rows.target, rows.root)
        self.parts = rows.target.tables
        # Now: a rebase clears the draft's rows, and still asks what this one was.
        self.root = rows.find(rows.target.name, rows.root)

    @cached_property
    def gone(self) -> set[RowId]:
        """The live rows that the draft deletes."""
        return {(name, row.key) for name in self.parts for row in self.plan.gone[name]}

    @cached_property
    def new(self) -> dict[RowId, Row]:
        """The rows that the draft makes."""
        return {(n, row.key): row for n in self.parts for row in self.plan.new[n]}

    @cached_property
    def changed(self) -> dict[RowId, Row]:
        """The rows that the draft changes."""
        return {(n, row.key): row for n in self.parts for row in self.plan.changed[n]}

    @cached_property
    def touched(self) -> set[RowId]:
        """All live rows that the draft changes, deletes or has put out of sight."""
        sunk = {(name, row.key) for name in self.parts for row in self.plan.sunk[name]}
        return self.gone | sunk | self.changed.keys()

    @cached_property
    def origins(self) -> dict[RowId, dict[str, Any]]:
        """What the rows that the draft copied were when it first touched them."""
        kinds = (self.plan.changed, self.plan.gone, self.plan.sunk)
        copied = [row for kind in kinds for rows in kind.values() for row in rows]
        return {
            (row.table, row.key): row.origin
            for row in (*copied, *([self.root] if self.root else []))
            if row.origin is not None
        }

    @cached_property
    def live_rows(self) -> dict[RowId, dict[str, Any]]:
        """The live rows that the draft touches."""
        return {(n, key): v for n, rows in self.live.items() for key, v in rows.items()}

    def is_another(self, table: str, key: Key) -> bool:
        """Tell whether the key belongs to another row now.

        One that a revert has brought back just as it was is the same.
        """
        one = self.foreign.get((table, key))
        if one is None or not one.is_another:
            return False
        before, now = self.base.find(table, key), self.now.find(table, key)
        return not (before and now and same(before.values, now.values))

    def parent(self, part: Part, values: Mapping[str, Any]) -> RowId | None:
        """Return the row that values lie below; None for a root."""
        if part.parent is None:
            return None
        return part.parent, part.parent_key_of(values)

    def is_below_gone(self, table: str, key: Key) -> bool:
        """Tell whether what is live now would be out of the draft's sight."""
        at: RowId | None = table, key
        while at is not None:
            if at in self.gone:
                return True
            at = self._above(*at)
        return False

    def _above(self, table: str, key: Key) -> RowId | None:
        """Return the parent: where the draft has moved the row, else where it is."""
        part, mine = self.parts[table], self.changed.get((table, key))
        if mine is not None and mine.changed_fields().keys() & set(part.parent_fields):
            return self.parent(part, mine.values)
        row = self.now.find(table, key)
        return None if row is None else self.parent(part, row.values)

    def conflict(
        self,
        row: RowId,
        field: str | None,
        kind: str,
        base: Any,
        draft: Any,
        live: Any = None,
        *,
        cause: RowId | None = None,
        other: RowId | None = None,
    ) -> Conflict:
        """Make a conflict, signed by who changed live, as far as that was a save.

        `cause` is the row that others changed, if not this one; `other` the one that
        has taken the same unique value.
        """
        by = self.foreign.get(cause or other or row)
        return Conflict(
            *row,
            field,
            kind,
            base,
            draft,
            live,
            live_by=by.by if by else None,
            live_at=by.at if by else None,
            other=other[1] if other else None,
        )

    # What the draft needs to be there

    def is_there(self, table: str, key: Key) -> bool:
        """Tell whether a row of this object is live or made by this draft."""
        if (table, key) in self.new or key in self._there[table]:
            return not self.is_another(table, key)
        # The database may take "TEA" for "tea".
        return self.now.find(table, key) is not None

    def is_inside(self, one: Field) -> bool:
        """Tell whether a field refers to rows of this object by their whole key."""
        other = self.parts.get(str(one.references))
        return other is not None and other.key == (one.referred,)

    def referred(self, one: Field, value: Any) -> RowId | None:
        """Return the row of this object that a reference points to."""
        return (str(one.references), (value,)) if self.is_inside(one) else None

    def refers_to_nothing(self, target: Field, value: Any) -> bool:
        """Tell whether what a reference points to is neither live nor new.

        One that the draft made and deleted again is a problem of its own.
        """
        if value is None:
            return False
        if self.is_inside(target):
            name, key = str(target.references), (value,)
            if self.parts[name].is_draft_made(key):
                return False
            return not self.is_there(name, key)
        if target.references is None or target.references in self.parts:
            return False  # by several columns: the database tells at save
        return value not in self._outside[target.references, target.referred]

    @cached_property
    def _there(self) -> dict[str, set[Key]]:
        """The live ones of the rows that the draft's changes need, by table."""
        wanted: dict[str, set[Key]] = {name: set() for name in self.parts}
        for part, row, names in self._written():
            if (above := self.parent(part, row.values)) is not None:
                wanted[above[0]].add(above[1])
            for one in self._references(part, names):
                if self.is_inside(one) and row.values[one.name] is not None:
                    wanted[str(one.references)].add((row.values[one.name],))
        return {name: self._live_of(name, keys) for name, keys in wanted.items()}

    def _live_of(self, table: str, keys: Iterable[Key]) -> set[Key]:
        part, found = self.parts[table], set(self.live.get(table, {}))
        unknown = [k for k in keys if k not in found and (table, k) not in self.new]
        for chunk in chunks(unknown):
            columns = (part.fields[name].read() for name in part.key)
            wanted = sa.select(*columns).where(has_key(part, chunk))
            for record in self.rows.dbsession.execute(wanted):
                found.add(encoded_key(part, record))
        return found

    @cached_property
    def _outside(self) -> dict[tuple[str | None, str | None], set[Any]]:
        """The values of other objects' rows that the draft refers to and that exist."""
        asked: dict[tuple[str | None, str | None], tuple[Field, set[Any]]] = {}
        for part, row, names in self._written():
            for one in self._references(part, names):
                value = row.values[one.name]
                if one.references not in self.parts and value is not None:
                    place = one.references, one.referred
                    asked.setdefault(place, (one, set()))[1].add(value)
        return {
            place: {v for v in values if self._exists(one, v)}
            for place, (one, values) in asked.items()
        }

    def _exists(self, one: Field, value: Any) -> bool:
        key = next(k for k in one.column.foreign_keys if k.column.name == one.referred)
        there = sa.select(sa.literal(1)).where(key.column == bound(one, value))
        return self.rows.dbsession.scalar(there.limit(1)) is not None

    def _written(self) -> Iterable[tuple[Part, Row, Iterable[str]]]:
        """Yield what the draft makes and changes, with the names of what it sets."""
        for name, part in self.parts.items():
            for row in self.plan.new[name]:
                yield part, row, row.values
            for row in self.plan.changed[name]:
                yield part, row, row.changed_fields()

    def _references(self, part: Part, names: Iterable[str]) -> list[Field]:
        """Return the references among `names`, those to the parent left out."""
        fields = (part.fields[name] for name in names)
        return [f for f in fields if f.references and f.name not in part.parent_fields]
