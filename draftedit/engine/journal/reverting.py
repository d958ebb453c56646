"""Revert: one batch that turns an object into what an older revision had.

History is never rewritten: the batch belongs to a draft, whose save is a new revision.
"""

from collections.abc import Iterator, Sequence

from draftedit.engine.base.errors import Problem, Refused, Unknown
from draftedit.engine.base.messages import say
from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.journal.reverted_keys import (
    Lives,
    refuse_another_object,
    refuse_taken,
)
from draftedit.engine.operations import Batch, Delete, Move, Operation, Set
from draftedit.engine.operations.base import EXACT, Done
from draftedit.engine.operations.batch import REVERT
from draftedit.engine.reading.history import Difference, differences, view_at
from draftedit.engine.reading.listing import Query, position_of
from draftedit.engine.reading.rows import Row
from draftedit.engine.reading.view import View
from draftedit.engine.schema.model import Part
from draftedit.engine.values.codecs import same


def revert(rows: DraftRows, revision: int) -> Done | None:
    """Turn a draft without changes into what `revision` had.

    Costs what changed between. Raises Unknown for a revision that never existed,
    Refused if nothing differs, if the key of a row to be restored is in use, or if the
    object is not the one that the revision had.
    """
    today = rows.as_of or 0
    if not 0 <= revision <= today:
        raise Unknown("revision", revision)
    now = View(rows.dbsession, rows.target, rows.root, as_of=today)
    then = view_at(rows.dbsession, rows.target, rows.root, revision, today)
    lives = Lives(now, revision)
    refuse_another_object(now, then, lives)
    found = list(differences(now, then))
    refuse_taken(now, found, lives)
    steps = tuple(_steps(found, then, lives))
    if not steps:
        message = say("same-as-revision", revision=revision)
        raise Refused(Problem(message))
    # Read already; the draft has its own row of the root.
    rows.known |= {n: r for n, r in now.known.items() if n[0] != rows.target.name}
    # Values from history are used as they are; `check` reports what no longer fits.
    return Batch(steps, REVERT.format(revision)).apply(rows, EXACT)


def _steps(
    found: Sequence[Difference], then: View, lives: Lives
) -> Iterator[Operation]:
    """Yield the operations, in an order in which every row has its parent.

    Rows are restored parents first; moved ones leave their parents before these are
    deleted; a deleted row takes along the rows below it.
    """
    for one in found:
        if one.before is None and one.after is not None:
            yield lives.again(one.after)
    for one in found:
        if one.before is not None and one.after is not None:
            if lives.is_another(one):
                yield Delete(one.part.name, one.before.key)
                yield lives.again(one.after)
            else:
                yield from _back(one.part, one.before, one.after, then)
    gone = {
        (one.part.name, one.key): (one.part, one.before)
        for one in found
        if one.before is not None and one.after is None
    }
    for (table, key), (part, row) in gone.items():
        if (part.parent, part.parent_key_of(row.values)) not in gone:
            yield Delete(table, key)


def _back(part: Part, now: Row, was: Row, then: View) -> Iterator[Operation]:
    """Yield the operations that restore a row's place and values."""
    changed = {
        name: value
        for name, value in was.values.items()
        if not same(now.values[name], value)
    }
    if changed.keys() & {*part.parent_fields, part.order}:
        yield from _moved(part, now, was, then)
    values = {n: v for n, v in changed.items() if part.fields[n].settable}
    if values:
        yield Set(part.name, now.key, values)


def _moved(part: Part, now: Row, was: Row, then: View) -> Iterator[Operation]:
    parent = part.parent_key_of(was.values)
    if part.order is None:
        yield Move(part.name, now.key, parent)
        return
    # A rebase orders by the wish: the row that preceded it then.
    before, _ = then.fetch(
        part, Query(part.name), parent, position_of(part, was), 1, descending=True
    )
    after = before[0].key if before else None
    yield Move(part.name, now.key, parent, after, was.values[part.order])
