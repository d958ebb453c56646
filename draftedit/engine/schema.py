"""What the engine knows of a host's models: targets, their parts, their fields.

Built once, when a target is registered; everything here is a plain value.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapper

from draftedit.engine.codec import unchanged
from draftedit.engine.tasks.base import Task
from draftedit.engine.values import Codec, canonical

Park = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True)
class Field:
    """One column of a target's table.

    `role` is key, parent, order or value. `references` names the table that a
    foreign key points to, which may lie outside the target; `referred` its column.
    `made_by_draft`: the table whose draft-made keys may stand in this column.
    `attribute` is the mapped attribute, None in an association table.
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

    @property
    def type(self) -> str:
        """The type's name in the API."""
        return self.codec.name

    @property
    def length(self) -> int | None:
        """How many characters or bytes fit."""
        return self.codec.length

    @property
    def choices(self) -> tuple[str, ...] | None:
        """The values of an enum."""
        return self.codec.choices

    @property
    def settable(self) -> bool:
        """Tell whether `set` may name it."""
        return self.role == "value" and not self.read_only

    @property
    def insertable(self) -> bool:
        """Tell whether `insert` may name it."""
        return self.settable or (self.role == "key" and not self.generated)

    @property
    def has_default(self) -> bool:
        """Tell whether the host or the database fills it when it is not given."""
        return self.column.default is not None or self.has_server_default

    @property
    def has_server_default(self) -> bool:
        """Tell whether the database fills it when it is not given."""
        return self.column.server_default is not None

    @property
    def required(self) -> bool:
        """Tell whether an insert must name it."""
        return self.insertable and not self.nullable and not self.has_default

    def read(self) -> sa.ColumnElement[Any]:
        """Return the live column, read as the draft tables store it."""
        if isinstance(self.column.type, sa.Enum) and self.column.type.native_enum:
            # PostgreSQL has no UNION of an enum and a text.
            return sa.cast(self.column, self.codec.plain).label(self.name)
        return sa.type_coerce(self.column, self.codec.plain).label(self.name)


@dataclass(frozen=True)
class Part:
    """One table of a target: the live table and its draft and history twins.

    `parent_fields` are the columns that hold the parent's key, in the order of the
    parent's `key`. `is_link`: an association table, which has no mapper.
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

    # Identity is enough: there is one Part for a table.
    __hash__ = object.__hash__

    @property
    def is_link(self) -> bool:
        """Tell whether this is an association table."""
        return self.mapper is None

    @property
    def stays_with_parent(self) -> bool:
        """Tell whether its key names the parent: no row can move to another one."""
        return not set(self.parent_fields).isdisjoint(self.key)

    @cached_property
    def generated_key(self) -> str | None:
        """The key column that the database counts, if there is one."""
        return next((f.name for f in self.fields.values() if f.generated), None)

    @cached_property
    def listing_index(self) -> str | None:
        """The live table's index that has one parent's rows in the order of a page."""
        # Where rows lie in the order of the primary key, that ends every index.
        last = (self.order,) if self.order else self.key
        wanted = (*self.parent_fields, *last)
        for index in sorted(self.live.indexes, key=lambda index: str(index.name)):
            names = tuple(getattr(one, "name", None) for one in index.expressions)
            if self.parent_fields and names[: len(wanted)] == wanted:
                return str(index.name)
        return None

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The names of all columns, in order."""
        return tuple(self.fields)

    def encode(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Spell what the database gave for one row."""
        return self.encode_in_place({name: row[name] for name in self.columns})

    def encode_in_place(self, values: dict[str, Any]) -> dict[str, Any]:
        """Spell values of this part's columns, and no others, in place."""
        for name, encode in self._encoded:
            if values[name] is not None:
                values[name] = encode(values[name])
        return values

    @cached_property  # most columns are texts, and a save of 1,000 rows reads 30,000
    def _encoded(self) -> list[tuple[str, Callable[[Any], Any]]]:
        codecs = ((name, field.codec.encode) for name, field in self.fields.items())
        return [(name, encode) for name, encode in codecs if encode is not unchanged]

    def decode(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Make of encoded values what the driver takes."""
        return {
            name: None if value is None else self.fields[name].codec.decode(value)
            for name, value in values.items()
        }

    def key_of(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return the key of an encoded row."""
        return tuple(map(values.__getitem__, self.key))

    def is_draft_made(self, key: tuple[Any, ...]) -> bool:
        """Tell whether a draft has counted this key, for save to replace it."""
        name = self.generated_key
        return name is not None and int(key[self.key.index(name)]) <= 0

    def parent_key_of(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return the key of an encoded row's parent."""
        return tuple(map(values.__getitem__, self.parent_fields))


@dataclass(frozen=True)
class Target:
    """A kind of object that may be drafted: one root class and its parts.

    `tables` has the root first and every parent before its parts; `insert_order`
    is such an order that respects references that may not be NULL, too. `checks` and
    `notes` are the host's own: see `draftedit.engine.checks`, and `tasks` by name, see
    `draftedit.engine.tasks`. `review`: what others saved meanwhile is to be looked at
    before a save.
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

    __hash__ = object.__hash__

    @property
    def root(self) -> Part:
        """The root's table."""
        return self.tables[self.name]

    @property
    def title(self) -> str:
        """What one object is called."""
        return self.root.title

    @property
    def title_plural(self) -> str:
        """What several objects are called."""
        return self.root.title_plural

    @cached_property
    def fingerprint(self) -> str:
        """A digest of the columns: a migration that changes them changes it."""
        shape = {
            part.name: {
                name: [repr(f.column.type), f.nullable]
                for name, f in part.fields.items()
            }
            for part in self.tables.values()
        }
        return hashlib.sha256(canonical(shape).encode()).hexdigest()
