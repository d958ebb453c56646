"""Compare base, draft and live, field by field."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from draftedit.engine.base.errors import Conflict, ConflictKind, Key
from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.reading.live import bound, keys_that_exist
from draftedit.engine.reading.revisions_since import ForeignChange, RowId
from draftedit.engine.reading.rows import Row
from draftedit.engine.reading.view import View
from draftedit.engine.saving.plan import Plan
from draftedit.engine.schema.model import Field, Part

LiveRows = dict[str, dict[Key, dict[str, Any]]]


@dataclass
class ThreeWay:
    """The three sides that are searched for conflicts.

    `rows` are the draft on its base, `live` the live rows that it touches; `foreign`
    what others have saved since the base; `after` the sibling that each inserted or
    moved row was wished to follow (None: wishes are ignored, as places are written as
    they are).
    """

    rows: DraftRows
    plan: Plan
    live: LiveRows
    foreign: Mapping[RowId, ForeignChange] = field(default_factory=dict)
    after: Mapping[RowId, Key | None] | None = None

    def __post_init__(self) -> None:
        """Open the views of the base and of live."""
        rows = self.rows
        self.base = View(rows.dbsession, rows.target, rows.root, as_of=rows.as_of)
        self.now = View(rows.dbsession, rows.target, rows.root)
        self.parts = rows.target.tables
        # Read now: a rebase clears the draft's rows, and needs this one later.
        self.root = rows.find(rows.target.name, rows.root)

    @cached_property
    def gone(self) -> set[RowId]:
        """Return the live rows that the draft deletes."""
        return {(name, row.key) for name in self.parts for row in self.plan.gone[name]}

    @cached_property
    def new(self) -> dict[RowId, Row]:
        """Return the rows that the draft creates."""
        return {(n, row.key): row for n in self.parts for row in self.plan.new[n]}

    @cached_property
    def changed(self) -> dict[RowId, Row]:
        """Return the rows that the draft changes."""
        return {(n, row.key): row for n in self.parts for row in self.plan.changed[n]}

    @cached_property
    def touched(self) -> set[RowId]:
        """Return all live rows that the draft changes, deletes or hides."""
        sunk = {(name, row.key) for name in self.parts for row in self.plan.sunk[name]}
        return self.gone | sunk | self.changed.keys()

    @cached_property
    def origins(self) -> dict[RowId, dict[str, Any]]:
        """Return the origins of the rows that the draft copied."""
        kinds = (self.plan.changed, self.plan.gone, self.plan.sunk)
        copied = [row for kind in kinds for rows in kind.values() for row in rows]
        return {
            (row.table, row.key): row.origin
            for row in (*copied, *([self.root] if self.root else []))
            if row.origin is not None
        }

    @cached_property
    def live_rows(self) -> dict[RowId, dict[str, Any]]:
        """Return the live rows that the draft touches."""
        return {(n, key): v for n, rows in self.live.items() for key, v in rows.items()}

    def is_another(self, table: str, key: Key) -> bool:
        """Return whether the key belongs to another row now.

        A row that a revert has restored is the same; so is a restored link, which is
        nothing but its key.
        """
        if self._is_only_key(table):
            return False
        one, mine = self.foreign.get((table, key)), self.new.get((table, key))
        if mine is not None and mine.restores is not None:
            is_back = one is not None and one.restores == mine.restores
            return not is_back and key in self.live[table]
        if one is None or one.last is None:
            return False
        return self.now.find(table, key) is not None

    def _is_only_key(self, table: str) -> bool:
        part = self.parts[table]
        return part.is_link and len(part.fields) == len(part.key)

    def parent(self, part: Part, values: Mapping[str, Any]) -> RowId | None:
        """Return the row above, by the values of a row; None for a root."""
        if part.parent is None:
            return None
        return part.parent, part.parent_key_of(values)

    def is_below_gone(self, table: str, key: Key) -> bool:
        """Return whether a live row is below one that the draft has deleted."""
        at: RowId | None = table, key
        while at is not None:
            if at in self.gone:
                return True
            at = self._above(*at)
        return False

    def _above(self, table: str, key: Key) -> RowId | None:
        """Return the parent: in the draft if that has moved the row, else in live."""
        part, mine = self.parts[table], self.changed.get((table, key))
        if mine is not None and mine.changed_fields().keys() & set(part.parent_fields):
            return self.parent(part, mine.values)
        row = self.now.find(table, key)
        above = None if row is None else self.parent(part, row.values)
        found = None if above is None else self.now.find(*above)
        # A row may refer to its parent by another spelling of the key.
        return above if found is None else (found.table, found.key)

    def has_work_below(self, table: str, key: Key) -> bool:
        """Return whether the draft has created or changed rows below a row."""
        return any(
            (table, key) in self._path(*at) for at in {**self.new, **self.changed}
        )

    def _path(self, table: str, key: Key) -> Iterator[RowId]:
        """Yield the rows above one, as the draft has them."""
        at: RowId | None = table, key
        while at is not None:
            mine = self.new.get(at)
            at = (
                self.parent(self.parts[at[0]], mine.values)
                if mine
                else self._above(*at)
            )
            if at is not None:
                yield at

    def conflict(
        self,
        row: RowId,
        field: str | None,
        kind: ConflictKind,
        base: Any,
        draft: Any,
        live: Any = None,
        *,
        cause: RowId | None = None,
        other: RowId | None = None,
    ) -> Conflict:
        """Build a conflict, with the author of the live change if it was a save.

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

    # Rows that the draft depends on

    def is_there(self, table: str, key: Key) -> bool:
        """Return whether a row of this object is live or created by this draft."""
        if (table, key) in self.new or key in self._there[table]:
            return not self.is_another(table, key)
        # The database may treat "TEA" and "tea" as one key.
        return self.now.find(table, key) is not None

    def is_inside(self, one: Field) -> bool:
        """Return whether a field refers to rows of this object by their whole key."""
        other = self.parts.get(str(one.references))
        return other is not None and other.key == (one.referred,)

    def referred(self, one: Field, value: Any) -> RowId | None:
        """Return the row of this object that a reference points to."""
        return (str(one.references), (value,)) if self.is_inside(one) else None

    def refers_to_nothing(self, target: Field, value: Any) -> bool:
        """Return whether a reference points to a row that is neither live nor new.

        A row that the draft created and deleted again is a problem of its own.
        """
        if value is None:
            return False
        if self.is_inside(target):
            name, key = str(target.references), (value,)
            if self.parts[name].is_draft_made(key):
                return False
            return not self.is_there(name, key)
        if target.references is None or target.references in self.parts:
            return False  # by several columns: the database reports it at the save
        return value not in self._outside[target.references, target.referred]

    @cached_property
    def _there(self) -> dict[str, set[Key]]:
        """Return the live ones of the rows that the draft's changes need, by table."""
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
        found.update(keys_that_exist(self.rows.dbsession, part, unknown))
        return found

    @cached_property
    def _outside(self) -> dict[tuple[str | None, str | None], set[Any]]:
        """Return the values of other objects that exist and the draft refers to."""
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
        """Yield the rows that the draft creates and changes, with the names set."""
        for name, part in self.parts.items():
            for row in self.plan.new[name]:
                yield part, row, row.values
            for row in self.plan.changed[name]:
                yield part, row, row.changed_fields()

    def _references(self, part: Part, names: Iterable[str]) -> list[Field]:
        """Return the references among `names`, except those to the parent."""
        fields = (part.fields[name] for name in names)
        return [f for f in fields if f.references and f.name not in part.parent_fields]
