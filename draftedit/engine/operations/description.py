"""The description of an operation: a message, and what a page puts in its places.

The engine knows no language and no labels: it names rows, tables and values as data,
and a page calls them as its user knows them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from translationstring import TranslationStringFactory

if TYPE_CHECKING:
    from draftedit.engine.operations.base import AnyKey, Operation

_ = TranslationStringFactory("draftedit")


@dataclass(frozen=True)
class NamedRow:
    """A row, by its key, or by values with those of the key among them.

    `placed`: named with the row that it is in.
    """

    table: str
    key: AnyKey = None
    values: Mapping[str, Any] | None = None
    placed: bool = True


@dataclass(frozen=True)
class NamedParent:
    """The row `key` that rows of a table lie below."""

    table: str
    key: AnyKey


@dataclass(frozen=True)
class NamedPart:
    """Rows of a table, as they are called when there are several."""

    table: str


@dataclass(frozen=True)
class Nested:
    """Operations with their inverses, each described in turn."""

    pairs: Sequence[tuple[Operation, Operation | None]]


@dataclass(frozen=True)
class ValueText:
    """Values that fields of a table get; `before` is None if it is not known."""

    table: str
    after: Mapping[str, Any]
    before: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Description:
    """A message, a translation string if it can be translated, and what is in it.

    The places in `message` are spelled `${name}`. `params` has for each name a text or
    number, a row, a part, operations, or another description; `values` is listed behind
    the message. `op` is the operation's name, if that is not the one that was asked:
    it is shown instead if a table is no longer there.
    """

    message: str
    params: Mapping[str, Any] = field(default_factory=dict)
    values: ValueText | None = None
    op: str = ""


def on_row(message: str, table: str, key: AnyKey) -> Description:
    """Describe what is done to one row, which `message` has as `${row}`."""
    return Description(message, {"row": NamedRow(table, key)})


def on_many(message: str, table: str, count: int) -> Description:
    """Describe what is done to `${count}` `${rows}`."""
    return Description(message, {"count": count, "rows": NamedPart(table)})


def position(table: str, after: AnyKey, is_last: bool) -> Description:
    """Describe the place in an order behind the row `after`."""
    if is_last:
        return Description(_("to the last place"))
    if after is None:
        return Description(_("to the first place"))
    return Description(_("after ${row}"), {"row": NamedRow(table, after, placed=False)})
