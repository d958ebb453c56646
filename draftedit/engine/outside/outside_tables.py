"""Describe tables outside a target: their labels, and whether rows can be kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from draftedit.engine.base.errors import BadModel, Key
from draftedit.engine.dialects import backend_named
from draftedit.engine.schema.model import Field
from draftedit.engine.schema.registration import label_field
from draftedit.engine.values.codecs import codec


@dataclass(frozen=True)
class OutsideTable:
    """A table outside a target; `fields` are the columns that can be read and written.

    `key` identifies a row: the primary key, else unique columns that are never NULL;
    empty if there are none. `unkept`: why a deleted row could not be restored, None if
    it could.
    """

    table: sa.Table
    title: str
    fields: dict[str, Field]
    key: tuple[str, ...]
    label_field: str | None
    unkept: str | None

    # Compared by identity: a graph describes each once.
    __hash__ = object.__hash__

    @property
    def name(self) -> str:
        """Return the table's name, with its schema."""
        return self.table.fullname

    def encode(self, record: Mapping[Any, Any]) -> dict[str, Any]:
        """Encode the database values of one row."""
        return {
            name: None if record[name] is None else one.codec.encode(record[name])
            for name, one in self.fields.items()
        }

    def key_of(self, values: dict[str, Any]) -> Key:
        """Return the key of an encoded row."""
        return tuple(values[name] for name in self.key)

    def written(self) -> Sequence[Field]:
        """Return the columns that an INSERT names."""
        return [one for one in self.fields.values() if not one.read_only]


def describe(table: sa.Table, dialect: str) -> OutsideTable:
    """Describe a table; never raises: it records what cannot be kept."""
    fields: dict[str, Field] = {}
    unkept: str | None = None
    for column in (one for one in table.columns if not one.system):
        try:
            fields[column.name] = _field(column)
        except BadModel:
            unkept = f"no value of its column {column.name} can be kept"
        always = column.identity is not None and column.identity.always
        if always and backend_named(dialect).identity_override:
            unkept = f"the database alone gives {column.name} a value"
    keys = (key for key in _keys(table) if all(name in fields for name in key))
    key = next(keys, ())
    if not key:
        unkept = "its rows have no key"
    title = str(table.info.get("label", table.name.replace("_", " ")))
    return OutsideTable(table, title, fields, key, label_field(fields), unkept)


def _field(column: sa.Column[Any]) -> Field:
    return Field(
        name=column.name,
        column=column,
        codec=codec(column.type),
        role="key" if column.primary_key else "value",
        attribute=None,
        nullable=bool(column.nullable),
        read_only=column.computed is not None,
        label=column.name,
        help=None,
        references="" if column.foreign_keys else None,
    )


def _keys(table: sa.Table) -> Iterator[tuple[str, ...]]:
    """Yield the keys that identify a row, the primary key first."""
    if len(table.primary_key.columns):
        yield tuple(column.name for column in table.primary_key)
    uniques: list[Any] = [
        one for one in table.constraints if isinstance(one, sa.UniqueConstraint)
    ]
    for unique in uniques:
        if not any(column.nullable for column in unique.columns):
            yield tuple(column.name for column in unique.columns)
