"""Replay operations on a newer base.

What cannot be applied is reported, and the rest goes on: a batch loses only the
operation that is refused, and an operation only the fields that are.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from draftedit.engine.base.errors import Problem, Refused
from draftedit.engine.base.messages import say
from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.operations import Batch, Done, Operation
from draftedit.engine.operations.base import ApplyMode

SAME = say("already-so")


@dataclass(frozen=True)
class Dropped:
    """What a rebase could not carry over, and why.

    `sequence` is the step of the old journal; `operation` the part of it,
    with the refused fields only if the others were carried over.
    """

    sequence: int
    operation: Operation
    problems: tuple[Problem, ...]


def replay(
    rows: DraftRows, operation: Operation, sequence: int, mode: ApplyMode
) -> tuple[Done | None, list[Dropped]]:
    """Apply an operation as far as possible; return what was done and dropped."""
    members = operation.members()
    if members is not None:
        results = [replay(rows, one, sequence, mode) for one in members]
        dropped = [one for _, lost in results for one in lost]
        steps = [done for done, _ in results if done is not None]
        return join(steps, operation.journal_label()), dropped
    try:
        done = operation.apply(rows, mode)
    except Refused as refusal:
        return _without_refused(rows, operation, sequence, mode, refusal.problems)
    if done is None:
        return None, [Dropped(sequence, operation, (Problem(SAME),))]
    return done, []


def join(done: Iterable[Done], label: str | None) -> Done | None:
    """Combine several results into one step; None if there are none."""
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
    mode: ApplyMode,
    refusals: Iterable[Problem],
) -> tuple[Done | None, list[Dropped]]:
    """Try again without the refused values, if they are the reason."""
    problems = tuple(refusals)
    fields = set(operation.fields())
    refused = fields & {one.field for one in problems}
    kept = operation.without(refused) if refused else None
    if kept is None:
        return None, [Dropped(sequence, operation, problems)]
    done, more = replay(rows, kept, sequence, mode)
    if done is None:
        return None, [Dropped(sequence, operation, problems)]
    lost = operation.without(fields - refused) or operation
    return done, [Dropped(sequence, lost, problems), *more]
