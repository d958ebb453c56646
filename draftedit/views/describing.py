"""Operations in plain words: “Rule 12 in input: destination ports 80 → 80, 443”."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pyramid.i18n import TranslationStringFactory

from draftedit.engine.errors import Key
from draftedit.engine.operations import (
    LAST,
    Batch,
    Delete,
    Insert,
    Move,
    Operation,
    Rekey,
    Restore,
    Set,
)
from draftedit.engine.schema import Part
from draftedit.views.names import Names, Shown

_ = TranslationStringFactory("draftedit")

NAMED = 3  # operations of a batch that are told, the rest is counted


@dataclass(frozen=True)
class Change:
    """One field, before and after."""

    label: str
    before: Shown
    after: Shown

    def __str__(self) -> str:
        """Say it in a sentence."""
        return f"{self.label} {self.before} → {self.after}"


@dataclass(frozen=True)
class Described:
    """What an operation does: a sentence, and for a `set` what it changes."""

    text: str
    changes: Sequence[Change] = ()

    def __str__(self) -> str:
        """Say all of it."""
        if not self.changes:
            return self.text
        return f"{self.text}: {', '.join(map(str, self.changes))}"


def describe(
    operation: Operation, inverse: Operation | None, names: Names
) -> Described:
    """Say what an operation did; the inverse knows what was there before."""
    teller = _TELLERS.get(type(operation))
    if teller is None:  # one of the host's own
        return Described(operation.op)
    return teller(operation, inverse, names)


def _set(operation: Set, inverse: Operation | None, names: Names) -> Described:
    part = names.target.tables[operation.table]
    before = inverse.values if isinstance(inverse, Set) else {}
    changes = [
        Change(
            names.small(names.field(part.fields[name])),
            names.value(part.fields[name], before.get(name)),
            names.value(part.fields[name], value),
        )
        for name, value in operation.values.items()
        if name in part.fields  # a migration may have dropped it
    ]
    return Described(_located(names, part, operation.key), changes)


def _insert(operation: Insert, _inverse: Operation | None, names: Names) -> Described:
    part = names.target.tables[operation.table]
    key = operation.key
    row = names.part(part.name) if key is None else _located(names, part, key)
    return Described(_say(names, _("Add ${row}", mapping={"row": names.small(row)})))


def _delete(operation: Delete, _inverse: Operation | None, names: Names) -> Described:
    row = names.small(
        _located(names, names.target.tables[operation.table], operation.key)
    )
    return Described(_say(names, _("Delete ${row}", mapping={"row": row})))


def _restore(operation: Restore, _inverse: Operation | None, names: Names) -> Described:
    row = names.small(
        _located(names, names.target.tables[operation.table], operation.key)
    )
    return Described(_say(names, _("Restore ${row}", mapping={"row": row})))


def _move(operation: Move, inverse: Operation | None, names: Names) -> Described:
    part = names.target.tables[operation.table]
    row = names.small(names.by_key(part.name, operation.key))
    came_from = inverse.parent if isinstance(inverse, Move) else operation.parent
    where = _place(operation, names)
    if operation.parent is None or operation.parent == came_from:
        text = _("Move ${row} ${place}", mapping={"row": row, "place": where})
        return Described(_say(names, text))
    parent = names.small(names.by_key(str(part.parent), operation.parent))
    text = _(
        "Move ${row} to ${parent}, ${place}",
        mapping={"row": row, "parent": parent, "place": where},
    )
    return Described(_say(names, text))


def _place(operation: Move, names: Names) -> str:
    if operation.after is LAST:
        return _say(names, _("to the last place"))
    if operation.after is None:
        return _say(names, _("to the first place"))
    row = names.small(names.by_key(operation.table, operation.after))
    return _say(names, _("after ${row}", mapping={"row": row}))


def _batch(operation: Batch, inverse: Operation | None, names: Names) -> Described:
    pairs = [
        (one, back)
        for one, back in zip(
            operation.operations, _backs(operation, inverse), strict=True
        )
        if not isinstance(one, Rekey)
    ]
    if operation.label:
        return Described(operation.label)
    if len(pairs) == 1:
        return describe(*pairs[0], names)
    told = "; ".join(str(describe(*pair, names)) for pair in pairs[:NAMED])
    more = len(pairs) - NAMED
    if more > 0:
        text = _("${told}; and ${more} more", mapping={"told": told, "more": more})
        return Described(_say(names, text))
    return Described(told)


def _backs(operation: Batch, inverse: Operation | None) -> Sequence[Operation | None]:
    """Return the inverses in the order of the operations."""
    if isinstance(inverse, Batch) and len(inverse.operations) == len(
        operation.operations
    ):
        return list(reversed(inverse.operations))
    return [None] * len(operation.operations)


def _rekey(_operation: Rekey, _inverse: Operation | None, names: Names) -> Described:
    return Described(_say(names, _("Make room in the order")))


def _located(names: Names, part: Part, key: Key) -> str:
    """Name a row, and the row it is in, unless that is the object itself."""
    named = names.by_key(part.name, key)
    row = names.known(part.name, key)
    if row is None or part.parent in (None, names.target.name):
        return named
    above = names.by_key(str(part.parent), part.parent_key_of(row.values), False)
    text = _("${row} in ${above}", mapping={"row": named, "above": above})
    return _say(names, text)


def _say(names: Names, text: Any) -> str:
    return names.translate(text)


_TELLERS: dict[type[Operation], Callable[..., Described]] = {
    Set: _set,
    Insert: _insert,
    Delete: _delete,
    Restore: _restore,
    Move: _move,
    Batch: _batch,
    Rekey: _rekey,
}
