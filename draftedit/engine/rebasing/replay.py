"""Applying what operations wished to rows they were not made for.

What cannot be applied is reported, and the rest goes on: a batch loses only the
operation that is refused, and an operation only the fields that are.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from draftedit.engine.draft_rows import DraftRows
from draftedit.engine.errors import Problem, Refused
from draftedit.engine.operations import Batch, Done, Insert, Operation, Set

SAME = "It is so already."


@dataclass(frozen=True)
class Dropped:
    """What a rebase could not carry over, and why.

    `sequence` is the step of the old journal; `operation` the part of it, a `set` or
    `insert` with the refused fields only where the others were carried over.
    """

    sequence: int
    operation: Operation
    problems: tuple[Problem, ...]


def replay(
    rows: DraftRows, operation: Operation, sequence: int
) -> tuple[Done | None, list[Dropped]]:
    """Apply an operation as far as that goes; return what was done, and what not."""
    if isinstance(operation, Batch):
        return _batch(rows, operation, sequence)
    try:
        done = operation.apply(rows)
    except Refused as refusal:
        return _without_refused(rows, operation, sequence, tuple(refusal.problems))
    if done is None:
        return None, [Dropped(sequence, operation, (Problem(SAME),))]
    return done, []


def _batch(
    rows: DraftRows, batch: Batch, sequence: int
) -> tuple[Done | None, list[Dropped]]:
    results = [replay(rows, one, sequence) for one in batch.operations]
    dropped = [one for _, lost in results for one in lost]
    return join([done for done, _ in results if done is not None], batch.label), dropped


def join(done: Iterable[Done], label: str | None) -> Done | None:
    """Make one step of several; None of none."""
    steps = list(done)
    if not steps:
        return None
    return Done(
        Batch(tuple(one.operation for one in steps), label),
        Batch(tuple(one.inverse for one in reversed(steps)), label),
    )


def _without_refused(
    rows: DraftRows,
    operation: Operation,
    sequence: int,
    problems: tuple[Problem, ...],
) -> tuple[Done | None, list[Dropped]]:
    """Try again without the values that are refused, if that is what is wrong."""
    refused = {one.field for one in problems if one.field is not None}
    if not isinstance(operation, Set | Insert) or not refused & operation.values.keys():
        return None, [Dropped(sequence, operation, problems)]
    kept = {n: v for n, v in operation.values.items() if n not in refused}
    lost = {n: v for n, v in operation.values.items() if n in refused}
    if not kept and isinstance(operation, Set):
        return None, [Dropped(sequence, operation, problems)]
    done, more = replay(rows, replace_values(operation, kept), sequence)
    if done is None:
        return None, [Dropped(sequence, operation, problems)]
    return done, [Dropped(sequence, replace_values(operation, lost), problems), *more]


def replace_values(operation: Set | Insert, values: dict[str, object]) -> Operation:
    """Return the operation with other values."""
    if isinstance(operation, Set):
        return Set(operation.table, operation.key, values, operation.omit)
    return replace(operation, values=values)
