"""What every operation is, and how one is read from JSON."""

from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from draftedit.engine.draft_rows import DraftRows
from draftedit.engine.errors import BadOperation, Key, Problem, Refused, Unknown
from draftedit.engine.rows import Row
from draftedit.engine.schema import Part


class Last(enum.Enum):
    """The wish to stand last among the siblings (`after` is not given)."""

    LAST = "last"


LAST = Last.LAST


@dataclass(frozen=True)
class Ref:
    """Stands where a key would for the row that an insert of the batch has named."""

    name: str


AnyKey = Any  # a Ref, one scalar, or the columns of a key


@dataclass(frozen=True)
class Done:
    """An operation as it was carried out, with the keys it was given, and its inverse.

    The operation can be replayed and shown; the inverse takes it back exactly.
    """

    operation: Operation
    inverse: Operation


@dataclass(frozen=True)
class Context:
    """How nested operations are read: the known classes, and whether from the journal.

    Only the journal may give results (draft-made keys, order keys).
    """

    known: Mapping[str, type[Operation]]
    stored: bool = False
    depth: int = 0


class Operation(ABC):
    """An edit of a draft: an immutable value with a name, `apply` and JSON."""

    op: ClassVar[str]

    @abstractmethod
    def apply(self, rows: DraftRows) -> Done | None:
        """Change the draft; return what was done, None where nothing changes.

        Raises Refused, with nothing changed.
        """

    @abstractmethod
    def to_json(self) -> dict[str, Any]:
        """Return the operation as JSON, under its name `op`."""

    @classmethod
    @abstractmethod
    def from_json(cls, data: Mapping[str, Any], context: Context) -> Operation:
        """Read what `to_json` returned; raise BadOperation for another shape."""


def from_json(
    data: Any, known: Mapping[str, type[Operation]], stored: bool = False
) -> Operation:
    """Read an operation; raise BadOperation where `data` has not the shape of one."""
    return read(data, Context(known, stored))


def read(data: Any, context: Context) -> Operation:
    """Read an operation, possibly one inside another."""
    if not isinstance(data, Mapping) or not isinstance(data.get("op"), str):
        raise BadOperation('An operation is an object with a name under "op".')
    kind = context.known.get(data["op"])
    if kind is None:
        raise BadOperation(f"There is no operation {data['op']!r}.")
    return kind.from_json(data, context)


class Shape:
    """Takes the members of a JSON object one by one and refuses what is left."""

    def __init__(self, data: Mapping[str, Any], context: Context) -> None:
        """Begin to read `data`."""
        self.data = dict(data)
        self.name = self.data.pop("op")
        self.context = context

    def text(self, member: str) -> str:
        """Take a member that must be text."""
        value = self.data.pop(member, None)
        if not isinstance(value, str):
            raise BadOperation(f'{self.name}: "{member}" must be text.')
        return value

    def optional_text(self, member: str) -> str | None:
        """Take a member that may be text."""
        return self.text(member) if self.data.get(member) is not None else None

    def values(self, member: str = "values") -> dict[str, Any]:
        """Take a member that must be an object."""
        value = self.data.pop(member, None)
        if not isinstance(value, Mapping):
            raise BadOperation(f'{self.name}: "{member}" must be an object.')
        return dict(value)

    def key(self, member: str = "id") -> AnyKey:
        """Take a key: a list of columns, one scalar, or a reference in the batch."""
        if member not in self.data:
            raise BadOperation(f'{self.name}: "{member}" is missing.')
        return self._key(self.data.pop(member), member)

    def optional_key(self, member: str) -> AnyKey:
        """Take a key that may be missing or null."""
        value = self.data.pop(member, None)
        return None if value is None else self._key(value, member)

    def after(self) -> AnyKey:
        """Take the wish where to stand: a key, null (first), or nothing (last)."""
        return self.optional_key("after") if "after" in self.data else LAST

    def result(self, member: str) -> Any:
        """Take a member that only the journal may hold."""
        return self.data.pop(member, None) if self.context.stored else None

    def end(self) -> None:
        """Refuse members that nobody took."""
        if self.data:
            names = ", ".join(sorted(map(str, self.data)))
            raise BadOperation(f"{self.name}: {names} cannot be given.")

    def _key(self, value: Any, member: str) -> AnyKey:
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
            value = value[0]
        if isinstance(value, dict):
            return read_ref(value, self.name, member)
        columns = value if isinstance(value, list) else [value]
        if not columns or not all(isinstance(c, str | int | float) for c in columns):
            raise BadOperation(f'{self.name}: "{member}" must be a key.')
        return tuple(columns)


def read_ref(value: Mapping[str, Any], operation: str, member: str) -> Ref:
    """Read {"ref": name}."""
    if set(value) != {"ref"} or not isinstance(value["ref"], str):
        raise BadOperation(f'{operation}: "{member}" must be a key or a "ref".')
    return Ref(value["ref"])


def values_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """Spell values, references in the batch among them, for JSON."""
    return {n: key_json(v) if isinstance(v, Ref) else v for n, v in values.items()}


def key_json(key: AnyKey) -> Any:
    """Spell a key, or a reference, for JSON."""
    if isinstance(key, Ref):
        return {"ref": key.name}
    if key is None:
        return None
    return list(key) if isinstance(key, tuple | list) else [key]


def refused(message: str, row: Row | None = None, **details: Any) -> Refused:
    """Make the refusal of an operation, naming the row."""
    if row is not None:
        details = {"table": row.table, "key": row.key, **details}
    return Refused(Problem(message, **details))


def part_of(rows: DraftRows, table: str) -> Part:
    """Return the part an operation names, or refuse."""
    try:
        return rows.part(table)
    except Unknown as unknown:
        raise refused(str(unknown), table=str(table)) from None


def key_of(rows: DraftRows, part: Part, raw: AnyKey) -> Key:
    """Return the encoded key that an operation gives, or refuse."""
    if isinstance(raw, Ref):
        if raw.name not in rows.names:
            raise refused(f"Nothing in this batch is called {raw.name!r}.")
        return rows.names[raw.name]
    columns = raw if isinstance(raw, tuple | list) else (raw,)
    try:
        return rows.key(part, columns)
    except Unknown as unknown:
        raise refused(str(unknown), table=part.name) from None


def row_of(rows: DraftRows, part: Part, raw: AnyKey) -> Row:
    """Return the row of this object that an operation names, or refuse."""
    key = key_of(rows, part, raw)
    # What the journal names was this object's when it was done, and stays the draft's
    # whatever became of the rows above it.
    row = rows.find(part.name, key) if rows.replaying else None
    try:
        return row or rows.row(part.name, key)
    except Unknown as unknown:
        raise refused(str(unknown), table=part.name, key=key) from None


def row_in_sight(rows: DraftRows, part: Part, raw: AnyKey) -> Row:
    """Return a row that can be changed, or refuse."""
    row = row_of(rows, part, raw)
    if not rows.replaying and not rows.in_sight(row):
        raise refused("The row is deleted, or one above it is: restore it first.", row)
    return row
