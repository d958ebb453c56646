"""What a replay could not carry over is made up for: the net change stays the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from draftedit.engine.errors import Conflict
from draftedit.engine.foreign import RowId
from draftedit.engine.operations import Delete, Operation, Set
from draftedit.engine.rebasing.ground import Ground
from draftedit.engine.rebasing.replay import Dropped, replay
from draftedit.engine.rebasing.resolutions import Resolution
from draftedit.engine.rows import Row
from draftedit.engine.schema import Part
from draftedit.engine.values import same

Chosen = Sequence[tuple[Conflict, Resolution]]


@dataclass(frozen=True)
class GivenUp:
    """What of the draft's is not kept: whole rows, and fields of rows."""

    rows: set[RowId]
    fields: set[tuple[RowId, str]]

    @classmethod
    def of(cls, chosen: Chosen) -> Self:
        """Read the choices."""
        lost = [one for one, choice in chosen if choice.take != "draft"]
        return cls(
            {(one.table, one.key) for one in lost if one.field is None},
            {((one.table, one.key), one.field) for one in lost if one.field},
        )

    def touches(self, row: RowId, fields: Iterable[str]) -> bool:
        """Tell whether a row, or one of these fields of it, is given up."""
        return row in self.rows or any((row, name) in self.fields for name in fields)


def make_up(ground: Ground, given_up: GivenUp, sequence: int) -> list[Dropped]:
    """Give the new draft what the old one's net change had; return what is refused."""
    dropped: list[Dropped] = []
    for table, part in ground.sides.parts.items():
        plan = ground.sides.plan
        for row in (*_in_order(part, plan.new[table]), *plan.changed[table]):
            if (table, row.key) not in given_up.rows:
                steps = _made_up(ground, part, row, given_up)
                dropped += _try(ground, sequence, steps)
        for row in plan.gone[table]:
            wanted = (table, row.key) not in given_up.rows
            if wanted and ground.in_sight(table, row.key):
                dropped += _try(ground, sequence, [Delete(table, row.key)])
    return dropped


def _try(ground: Ground, sequence: int, operations: list[Operation]) -> list[Dropped]:
    dropped: list[Dropped] = []
    for one in operations:
        done, lost = replay(ground.rows, one, sequence)
        ground.done += [done] if done is not None else []
        dropped += lost
    return dropped


def _in_order(part: Part, rows: list[Row]) -> list[Row]:
    return rows if part.order is None else sorted(rows, key=_by_order(part))


def _by_order(part: Part) -> Any:
    return lambda row: str(row.values[str(part.order)])


def _made_up(
    ground: Ground, part: Part, row: Row, given_up: GivenUp
) -> list[Operation]:
    """Return what makes up for steps that were refused: a row, or its values."""
    at = part.name, row.key
    there = ground.find(*at)
    above = ground.sides.parent(part, row.values)
    has_parent = above is None or ground.is_there(*above)
    if there is None:
        return [ground.insert(row, row.key)] if row.is_new and has_parent else []
    if ground.sides.is_another(*at) or (row.is_new and not there.is_new):
        return []
    if not ground.rows.in_sight(there):
        return []
    names = row.values if row.is_new else row.changed_fields()
    values = {
        name: row.values[name]
        for name in names
        if part.fields[name].settable
        and name not in row.omitted
        and (at, name) not in given_up.fields
        and not same(there.values[name], row.values[name])
    }
    steps: list[Operation] = [Set(*at, values)] if values else []
    parent = part.parent_key_of(row.values)
    moved = set(names) & set(part.parent_fields) and (at, part.order) not in (
        given_up.fields
    )
    if part.order and moved and parent != part.parent_key_of(there.values):
        steps += [ground.moving(row, parent)] if has_parent else []
    return steps


def unmade(
    ground: Ground, given_up: GivenUp, dropped: Iterable[Dropped]
) -> list[Dropped]:
    """Return what the replay dropped and the last batch has not made up for."""
    again = {_row_of(done.operation) for done in ground.done}
    return [
        one
        for one in dropped
        if (row := _row_of(one.operation)) not in again
        or given_up.touches(row, getattr(one.operation, "values", ()))
    ]


def _row_of(operation: Operation) -> RowId:
    """Return the row that an operation is about; a host's own may be about none."""
    return getattr(operation, "table", ""), tuple(getattr(operation, "key", None) or ())
