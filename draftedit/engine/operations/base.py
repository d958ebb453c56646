"""What every operation is, and how one is read from JSON."""

from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from draftedit.engine.base.errors import BadOperation, Key
from draftedit.engine.base.json_schema import Schema, an_object
from draftedit.engine.base.messages import say
from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.operations.description import Description
from draftedit.engine.operations.form_reader import FormReader
from draftedit.engine.reading.revisions_since import RowId


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
class ApplyMode:
    """What an operation may do, and what it knows of those before it.

    `exact`: it comes from the journal or from history: values are written as they are,
    and rows out of sight may be changed. `taken_over`: rows that a rebase must not
    touch, because their keys belong to other rows now. `names`: the rows that the batch
    has named so far.
    """

    exact: bool = False
    taken_over: frozenset[RowId] = frozenset()
    names: Mapping[str, Key] = field(default_factory=dict)


AS_ASKED = ApplyMode()
EXACT = ApplyMode(exact=True)


@dataclass(frozen=True)
class Context:
    """How nested operations are read: the known classes, and whether from the journal.

    Only the journal may give results (draft-made keys, order keys). `otherwise` reads
    what has a name that is not known; without it that is an error.
    """

    known: Mapping[str, type[Operation]]
    stored: bool = False
    depth: int = 0
    otherwise: type[Operation] | None = None


class Operation(ABC):
    """An edit of a draft: an immutable value with a name, `apply` and JSON.

    The other methods answer what a rebase and the journal ask of an operation. Their
    defaults are right for one that can be replayed as it is, or not at all.
    """

    op: ClassVar[str]

    @abstractmethod
    def apply(self, rows: DraftRows, mode: ApplyMode) -> Done | None:
        """Change the draft; return what was done, None where nothing changes.

        Raises Refused, with nothing changed.
        """

    def names(self, done: Done) -> Mapping[str, Key]:
        """Return the rows that it has named for the operations after it in a batch."""
        return {}

    @abstractmethod
    def to_json(self) -> dict[str, Any]:
        """Return the operation as JSON, under its name `op`."""

    @classmethod
    @abstractmethod
    def from_json(cls, data: Mapping[str, Any], context: Context) -> Operation:
        """Read what `to_json` returned; raise BadOperation for another shape."""

    @classmethod
    def from_form(cls, form: FormReader) -> Operation:
        """Parse a form; raise BadOperation, or Refused for its values.

        The default is for operations that no form leads to.
        """
        raise BadOperation(say("not-by-form", name=cls.op))

    @classmethod
    def schema(cls) -> Schema:
        """Return the JSON schema of what a caller sends; it appears in the API's.

        The default has only the name.
        """
        return an_object("op", op={"const": cls.op})

    def rows(self) -> Sequence[RowId]:
        """Return the rows that the operation is about, as far as it knows their keys.

        A rebase that could not replay it takes it for done if something else has been
        done to all of them.
        """
        return ()

    def table_name(self) -> str | None:
        """Return the table that statistics count it under: the one of all its rows."""
        tables = {table for table, _key in self.rows()}
        return tables.pop() if len(tables) == 1 else None

    def journal_label(self) -> str | None:
        """Return what the journal keeps as the label of the step, if it has one."""
        return None

    # What pages ask

    @classmethod
    def title(cls) -> str:
        """Return what statistics call operations of this kind."""
        return cls.op

    def describe(self, inverse: Operation | None = None) -> Description:
        """Describe the operation; the inverse has the values before.

        Only data: tables and columns that it names may have gone since.
        """
        return Description(self.op)

    def summary(self, count: int) -> Description | None:
        """Describe `count` operations that differ in their rows only.

        They are such if their summaries are equal. None: each is described by itself.
        """
        return None

    # What a rebase asks

    def intent(self) -> Operation | None:
        """Return what a rebase replays: the operation without what it resulted in.

        A result (an order key) belongs to the rows that were there when it was made;
        the same intent has another on other rows. None: it only made room for another
        operation, and nothing is replayed.
        """
        return self

    def members(self) -> Sequence[Operation] | None:
        """Return the operations it consists of, each replayed by itself.

        None: it is replayed as a whole.
        """
        return None

    def positions(self) -> Mapping[RowId, AnyKey]:
        """Return the sibling that each row is put behind; None: first, or LAST."""
        return {}

    def fields(self) -> Collection[str]:
        """Return the fields that it gives values, and that `without` can leave out."""
        return ()

    def without(self, fields: Collection[str]) -> Operation | None:
        """Return the operation without the values of these fields.

        A rebase replays it if these values are refused. None: nothing would be left.
        """
        return None


class RowOperation(Operation):
    """An operation on the one row `key` of a table."""

    table: str
    key: AnyKey

    def rows(self) -> Sequence[RowId]:
        """Return the row."""
        return ((self.table, as_key(self.key)),)


def from_json(
    data: Any,
    known: Mapping[str, type[Operation]],
    stored: bool = False,
    otherwise: type[Operation] | None = None,
) -> Operation:
    """Read an operation; raise BadOperation if `data` has not the shape of one."""
    return read(data, Context(known, stored, otherwise=otherwise))


def read(data: Any, context: Context) -> Operation:
    """Read an operation, possibly one inside another."""
    if not isinstance(data, Mapping) or not isinstance(data.get("op"), str):
        raise BadOperation(say("operation-without-name"))
    kind = context.known.get(data["op"], context.otherwise)
    if kind is None:
        raise BadOperation(say("unknown-operation", name=data["op"]))
    return kind.from_json(data, context)


def as_key(key: AnyKey) -> Key:
    """Return a key as a tuple, where it may be one scalar."""
    return tuple(key) if isinstance(key, list | tuple) else (key,)


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
