"""What every operation is, and how one is read from JSON."""

from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from draftedit.engine.draft_rows import DraftRows
from draftedit.engine.errors import BadOperation


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
