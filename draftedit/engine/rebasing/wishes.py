"""What operations wish, without what they once resulted in.

A result (an order key) belongs to the rows that were there when it was made; on other
rows the same wish has another.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from draftedit.engine.errors import Key
from draftedit.engine.foreign import RowId
from draftedit.engine.operations import Batch, Insert, Move, Operation, Rekey
from draftedit.engine.operations.base import AnyKey


@dataclass(frozen=True)
class Place:
    """Below which parent, and after which sibling, a row was put last."""

    parent: AnyKey
    after: AnyKey


def wish(operation: Operation) -> Operation:
    """Return what an operation of the journal wished; identities stay."""
    if isinstance(operation, Insert | Move):
        return replace(operation, place=None)
    if not isinstance(operation, Batch):
        return operation
    wishes = [wish(one) for one in operation.operations if not isinstance(one, Rekey)]
    # The re-keying of siblings that made room for one operation is no batch's wish.
    if len(wishes) == 1 and len(operation.operations) > 1 and operation.label is None:
        return wishes[0]
    return replace(operation, operations=tuple(wishes))


def places(operations: Iterable[Operation]) -> dict[RowId, Place]:
    """Return the last wished place of each row that was inserted or moved."""
    found: dict[RowId, Place] = {}
    for one in operations:
        if isinstance(one, Batch):
            found |= places(one.operations)
        elif isinstance(one, Insert | Move) and one.key is not None:
            found[one.table, _key(one.key)] = Place(one.parent, one.after)
    return found


def _key(key: AnyKey) -> Key:
    return tuple(key) if isinstance(key, list | tuple) else (key,)
