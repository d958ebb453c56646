"""Re-apply the part of the net change that replay dropped."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from draftedit.engine.base.errors import Conflict
from draftedit.engine.operations import Delete, Operation, Set
from draftedit.engine.operations.base import AS_ASKED
from draftedit.engine.reading.revisions_since import RowId
from draftedit.engine.reading.rows import Row
from draftedit.engine.rebasing.context import ResolutionContext
from draftedit.engine.rebasing.replay import Dropped, replay
from draftedit.engine.rebasing.resolutions import Resolution
from draftedit.engine.schema.model import Part
from draftedit.engine.values.codecs import same

Chosen = Sequence[tuple[Conflict, Resolution]]


@dataclass(frozen=True)
class GivenUp:
    """The part of the draft that the choices discard: rows, and fields of rows."""

    rows: set[RowId]
    fields: set[tuple[RowId, str]]

    @classmethod
    def of(cls, chosen: Chosen) -> Self:
        """Read it from the choices."""
        lost = [one for one, choice in chosen if choice.take != "draft"]
        return cls(
            {(one.table, one.key) for one in lost if one.field is None},
            {((one.table, one.key), one.field) for one in lost if one.field},
        )

    def touches(self, row: RowId, fields: Iterable[str]) -> bool:
        """Return whether a row, or one of these fields of it, is discarded."""
        return row in self.rows or any((row, name) in self.fields for name in fields)


def make_up(
    context: ResolutionContext, given_up: GivenUp, sequence: int
) -> list[Dropped]:
    """Give the new draft the net change of the old one; return what is refused."""
    dropped: list[Dropped] = []
    for table, part in context.sides.parts.items():
        plan = context.sides.plan
        for row in (*_in_order(part, plan.new[table]), *plan.changed[table]):
            if (table, row.key) not in given_up.rows:
                steps = _made_up(context, part, row, given_up)
                dropped += _try(context, sequence, steps)
        for row in plan.gone[table]:
            wanted = (table, row.key) not in given_up.rows
            if wanted and context.in_sight(table, row.key):
                dropped += _try(context, sequence, [Delete(table, row.key)])
    return dropped


def _try(
    context: ResolutionContext, sequence: int, operations: list[Operation]
) -> list[Dropped]:
    dropped: list[Dropped] = []
    for one in operations:
        done, lost = replay(context.rows, one, sequence, AS_ASKED)
        context.done += [done] if done is not None else []
        dropped += lost
    return dropped


def _in_order(part: Part, rows: list[Row]) -> list[Row]:
    return rows if part.order is None else sorted(rows, key=_by_order(part))


def _by_order(part: Part) -> Any:
    return lambda row: str(row.values[str(part.order)])


def _made_up(
    context: ResolutionContext, part: Part, row: Row, given_up: GivenUp
) -> list[Operation]:
    """Return the operations for a row that was refused, or for its values."""
    at = part.name, row.key
    there = context.find(*at)
    above = context.sides.parent(part, row.values)
    has_parent = above is None or context.is_there(*above)
    if there is None:
        return [context.insert(row, row.key)] if row.is_new and has_parent else []
    if context.sides.is_another(*at) or (row.is_new and not there.is_new):
        return []
    if not context.rows.in_sight(there):
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
    moved = set(names) & set(part.parent_fields) and (at, part.place_field) not in (
        given_up.fields
    )
    if moved and parent != part.parent_key_of(there.values):
        steps += [context.moving(row, parent)] if has_parent else []
    return steps


def unmade(
    context: ResolutionContext, given_up: GivenUp, dropped: Iterable[Dropped]
) -> list[Dropped]:
    """Return what the replay dropped and the last batch has not re-applied."""
    again = {row for done in context.done for row in done.operation.rows()}
    return [one for one in dropped if not _is_made_up(one.operation, again, given_up)]


def _is_made_up(operation: Operation, again: set[RowId], given_up: GivenUp) -> bool:
    """Return whether all rows of an operation are as the draft had them."""
    rows, fields = operation.rows(), operation.fields()
    return bool(rows) and all(
        row in again and not given_up.touches(row, fields) for row in rows
    )
