"""The engine's model of a host's mappings: targets, their parts and fields.

Built once, when a target is registered; everything here is a plain value.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapper

from draftedit.engine.base.sql import is_any_of, on_columns
from draftedit.engine.schema.indexes import has_unique_in, index_on
from draftedit.engine.schema.task import Task
from draftedit.engine.values.codecs import Codec, canonical

Park = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True)
class Field:
    """One column of a target's table.

    `role` is key, parent, order or value. `references` names the table that a foreign
    key points to, which may lie outside the target; `referred` its column.
    `made_by_draft`: the table whose draft-made keys may stand in this column.
    `attribute` is the mapped attribute, None in an association table. `allowed` are the
    encoded values that the parent's relationship demands, None if it demands none.
    """

    name: str
    column: sa.Column[Any]
    codec: Codec
    role: str
    attribute: str | None
    nullable: bool
    read_only: bool
    label: str
    help: str | None
    references: str | None = None
    referred: str | None = None
    made_by_draft: str | None = None
    generated: bool = False
    allowed: tuple[Any, ...] | None = None

    @property
    def length(self) -> int | None:
        """Return how many characters or bytes fit."""
        return self.codec.length

    @property
    def choices(self) -> tuple[str, ...] | None:
        """Return the values of an enum."""
        return self.codec.choices

    @cached_property
    def settable(self) -> bool:
        """Return whether `set` may name it."""
        return self.role == "value" and not self.read_only and not self.is_fixed

    @cached_property
    def insertable(self) -> bool:
        """Return whether `insert` may name it."""
        is_key = self.role == "key" and not self.generated
        return self.settable or (is_key and not self.is_fixed)

    @cached_property
    def is_fixed(self) -> bool:
        """Return whether the parent's relationship allows one value only."""
        return self.allowed is not None and len(self.allowed) == 1

    @cached_property
    def has_default(self) -> bool:
        """Return whether the host or the database supplies a missing value."""
        return self.column.default is not None or self.has_server_default

    @cached_property
    def has_server_default(self) -> bool:
        """Return whether the database supplies a missing value."""
        return self.column.server_default is not None

    @cached_property
    def required(self) -> bool:
        """Return whether an insert must name it."""
        return self.insertable and not self.nullable and not self.has_default

    def bind(self, value: Any, is_live: bool = True) -> sa.ColumnElement[Any]:
        """Bind an encoded value for the live column, or for its copies."""
        if value is None:
            is_json = is_live and self.codec.null_is_a_value and not self.nullable
            return sa.literal(sa.JSON.NULL, sa.JSON()) if is_json else sa.null()
        if not is_live:
            return sa.literal(self.codec.decode(value), self.codec.plain)
        return self.codec.bind(value)

    def read(self) -> sa.ColumnElement[Any]:
        """Return the live column, read as the draft tables store it."""
        return self._live

    @cached_property
    def _live(self) -> sa.ColumnElement[Any]:
        is_key = self.role != "value"
        return self.codec.live(self.column, is_key).label(self.name)

    def read_copy(self, columns: Any) -> sa.ColumnElement[Any]:
        """Select the column of a draft or history table in the form of the live one."""
        column: sa.ColumnElement[Any] = columns[self.name]
        if self.codec.asked is None:
            return column
        return sa.type_coerce(column, self.codec.selected).label(self.name)


@dataclass(frozen=True)
class Part:
    """One table of a target: the live table with its draft and history tables.

    `parent_fields` are the columns that hold the parent's key, in the order of the
    parent's `key`. `is_link`: an association table, which has no mapper. `uniques`: the
    unique keys that compare plain columns only; see `unique_keys` for all. `criterion`:
    the host's `visible=` criterion for the table, None for all rows.
    """

    name: str
    title: str
    title_plural: str
    live: sa.Table
    draft: sa.Table
    history: sa.Table
    mapper: Mapper[Any] | None
    parent: str | None
    parent_fields: tuple[str, ...]
    order: str | None
    key: tuple[str, ...]
    fields: dict[str, Field]
    children: tuple[str, ...]
    label_field: str | None
    uniques: tuple[tuple[str, ...], ...]
    criterion: sa.ColumnElement[bool] | None = field(default=None, compare=False)

    # Compared by identity: there is one Part for a table.
    __hash__ = object.__hash__

    @property
    def is_link(self) -> bool:
        """Return whether this is an association table."""
        return self.mapper is None

    @property
    def stays_with_parent(self) -> bool:
        """Return whether the key contains the parent's: rows cannot change parents."""
        return set(self.parent_fields) <= set(self.key)

    @property
    def place_field(self) -> str:
        """Return the field that stands for a row's place: its order, or its parent."""
        may_change = (name for name in self.parent_fields if name not in self.key)
        return self.order or next(may_change, self.parent_fields[0])

    @cached_property
    def generated_key(self) -> str | None:
        """Return the autoincrement key column, if there is one."""
        return next((f.name for f in self.fields.values() if f.generated), None)

    @cached_property
    def listing_index(self) -> str | None:
        """Return the live table's index with one parent's rows in page order."""
        # If rows are stored in the order of the primary key, it ends every index.
        last = (self.order,) if self.order else self.key
        fixed = {name for name, one in self.fields.items() if one.is_fixed}
        wanted = tuple(n for n in (*self.parent_fields, *last) if n not in fixed)
        return index_on(self.live, wanted, fixed) if self.parent_fields else None

    @cached_property
    def fixed(self) -> dict[str, Any]:
        """Return the encoded values that the relationship fixes in every row."""
        fields = self.fields.items()
        return {n: f.allowed[0] for n, f in fields if f.allowed and f.is_fixed}

    def demands(self, columns: Any) -> list[sa.ColumnElement[bool]]:
        """Return the conditions of the parent's relationship and of the host.

        `columns` are those of the live table, of its draft or history table, or of an
        alias.
        """
        is_live = columns is self.live.c
        demanded = [
            is_any_of(columns[name], [one.bind(v, is_live) for v in one.allowed])
            for name, one in self.fields.items()
            if one.allowed is not None
        ]
        if self.criterion is not None:
            demanded.append(on_columns(self.criterion, self.live, columns))
        return demanded

    @cached_property
    def is_order_unique(self) -> bool:
        """Return whether no two rows of one parent have the same place."""
        return has_unique_in(self.live, {*self.parent_fields, self.order})

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Return the names of all columns, in order."""
        return tuple(self.fields)

    def encode(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Encode the database values of one row."""
        return self.encode_in_place({name: row[name] for name in self.columns})

    def encode_in_place(self, values: dict[str, Any]) -> dict[str, Any]:
        """Encode values of this part's columns, and no others, in place."""
        for name, encode in self._encoded:
            if values[name] is not None:
                values[name] = encode(values[name])
        return values

    @cached_property  # most columns are texts, and a save of 1,000 rows reads 30,000
    def _encoded(self) -> list[tuple[str, Callable[[Any], Any]]]:
        codecs = ((name, field.codec) for name, field in self.fields.items())
        return [(name, codec.encode) for name, codec in codecs if codec.encodes]

    def decode(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Decode values for the driver."""
        return {
            name: None if value is None else self.fields[name].codec.decode(value)
            for name, value in values.items()
        }

    def key_of(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return the key of an encoded row."""
        return tuple(map(values.__getitem__, self.key))

    def is_draft_made(self, key: tuple[Any, ...]) -> bool:
        """Return whether a draft has made this key, which a save replaces."""
        name = self.generated_key
        return name is not None and int(key[self.key.index(name)]) <= 0

    def parent_key_of(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return the key of an encoded row's parent."""
        return tuple(map(values.__getitem__, self.parent_fields))


@dataclass(frozen=True)
class Target:
    """A kind of object that may be drafted: one root class and its parts.

    `tables` has the root first and every parent before its parts; `insert_order` also
    respects references that may not be NULL. `checks` and `notes` are the host's own:
    see `engine.draft.checks`, and `tasks` by name, see `draftedit.engine.tasks`.
    `review`: a save is refused until others' changes were looked at. `siblings` are the
    targets of the same host, as they are registered. `choosable`: criteria for the rows
    of outside tables that references may choose.
    """

    name: str
    label_field: str
    tables: dict[str, Part]
    insert_order: tuple[str, ...]
    park: Park | None = field(default=None, compare=False)
    checks: tuple[Callable[..., Any], ...] = field(default=(), compare=False)
    notes: tuple[Callable[..., Any], ...] = field(default=(), compare=False)
    tasks: Mapping[str, Task] = field(default_factory=dict, compare=False)
    review: bool = False
    siblings: "Mapping[str, Target]" = field(default_factory=dict, compare=False)
    choosable: Mapping[sa.Table, Any] = field(default_factory=dict, compare=False)

    __hash__ = object.__hash__

    @property
    def root(self) -> Part:
        """Return the root's part."""
        return self.tables[self.name]

    def has_other_parents(self, part: Part) -> bool:
        """Return whether an object has several rows that a part's rows can be below."""
        return part.parent not in (None, self.name) and not part.stays_with_parent

    @property
    def title(self) -> str:
        """Return the name of one object."""
        return self.root.title

    @property
    def title_plural(self) -> str:
        """Return the name of several objects."""
        return self.root.title_plural

    @cached_property
    def fingerprint(self) -> str:
        """Return a digest of the columns, which changes with a migration of them."""
        shape = {
            part.name: {
                name: [repr(f.column.type), f.nullable, *(f.allowed or ())]
                for name, f in part.fields.items()
            }
            for part in self.tables.values()
        }
        return hashlib.sha256(canonical(shape).encode()).hexdigest()
