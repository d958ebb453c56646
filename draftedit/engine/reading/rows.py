"""Rows as a reader sees them: encoded values, and what a draft did to them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from draftedit.engine.base.errors import Key, Problem, Refused
from draftedit.engine.base.messages import say
from draftedit.engine.reading.union_branches import OF_DRAFT
from draftedit.engine.schema.model import Part
from draftedit.engine.values.codecs import same


@dataclass(frozen=True)
class Row:
    """One row of a part.

    `origin` is its content when the draft first touched it, None if it is new or
    untouched; `omitted` names the columns of a new row that the database will fill;
    `restores`: it is not the row of its origin, see `lifetimes`; `hidden`: a row above
    it is deleted, and hides it.
    """

    table: str
    key: Key
    values: dict[str, Any]
    touched: bool = False
    gone: bool = False
    origin: dict[str, Any] | None = None
    omitted: frozenset[str] = frozenset()
    restores: int | None = None
    hidden: bool = False
    _changed: dict[str, tuple[Any, Any]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Compare with the origin now: both are in the processor's cache (measured)."""
        object.__setattr__(self, "_changed", self._compared())

    @property
    def is_new(self) -> bool:
        """Return whether the draft created it."""
        return self.touched and self.origin is None

    @property
    def state(self) -> str:
        """Return same, new, changed or gone."""
        if self.gone or self.hidden:
            return "gone"
        if self.is_new:
            return "new"
        return "changed" if self.changed_fields() else "same"

    def changed_fields(self) -> dict[str, tuple[Any, Any]]:
        """Return the fields that differ from the origin, with both values."""
        return self._changed

    def _compared(self) -> dict[str, tuple[Any, Any]]:
        changed: dict[str, tuple[Any, Any]] = {}
        if self.origin is None:
            return changed
        for name, value in self.values.items():
            # A column that a later migration added has no origin: it is unchanged.
            base = self.origin.get(name, value)
            if name in self.omitted:  # a default that is not known yet
                changed[name] = base, value
            if base is not value and not same(base, value):
                changed[name] = base, value
        return changed

    def with_values(self, values: Mapping[str, Any], **changes: Any) -> "Row":
        """Return the row with some values and properties changed."""
        return replace(self, values={**self.values, **values}, **changes)


class Readable:
    """Refuse rows with a value that their column's type cannot read.

    SQLite stores any text in any column, and other databases in columns that the model
    describes as another type. Within `with Readable(part):` rows are fetched, and
    nothing else; a fault there is raised as Refused, which names the table.
    """

    __slots__ = ("key", "part")

    def __init__(self, part: Part, key: Key | None = None) -> None:
        """Read rows of a part; `key`: only this one."""
        self.part, self.key = part, key

    def __enter__(self) -> None:
        """Begin to fetch."""

    def __exit__(self, _kind: object, error: BaseException | None, _at: object) -> None:
        """Name the table of what could not be read."""
        if isinstance(error, ValueError | TypeError):
            table = self.part.name
            text = say("unreadable-value", table=table, problem=str(error).rstrip("."))
            problem = Problem(text, table=table, key=self.key)
            raise Refused(problem) from error


def row_from(part: Part, record: Mapping[str, Any]) -> Row:
    """Build a Row from a result of a statement of `reading`."""
    return row_of(part, part.encode(record), *(record[name] for name in OF_DRAFT))


def row_of(
    part: Part,
    values: dict[str, Any],
    touched: Any,
    gone: Any,
    origin: str | None,
    omitted: str | None,
    restores: int | None,
) -> Row:
    """Build a Row from encoded values and the columns OF_DRAFT."""
    return Row(
        table=part.name,
        key=part.key_of(values),
        values=values,
        touched=bool(touched),
        gone=bool(gone),
        origin=json.loads(origin) if origin else None,
        omitted=frozenset(json.loads(omitted)) if omitted else frozenset(),
        restores=restores,
    )
