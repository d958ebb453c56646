"""Revert: one batch that turns an object into what an older revision had.

History is never rewritten: the batch is a draft's, and saved it is one more revision.
"""

from collections.abc import Iterator, Sequence

from draftedit.engine.draft_rows import DraftRows
from draftedit.engine.errors import Problem, Refused, Unknown
from draftedit.engine.history import Difference, differences
from draftedit.engine.listing import Query, position_of
from draftedit.engine.operations import Batch, Delete, Move, Operation, Recreate, Set
from draftedit.engine.operations.base import Done
from draftedit.engine.rows import Row
from draftedit.engine.schema import Part
from draftedit.engine.values import same
from draftedit.engine.view import View

LABEL = "Revert to revision {}"


def revert(rows: DraftRows, revision: int) -> Done | None:
    """Turn a draft that has changed nothing yet into what `revision` had.

    Costs what changed between. Raises Unknown for a revision that never was, Refused
    where nothing differs or the key of a row that is to come back is in use.
    """
    today = rows.as_of or 0
    if not 0 <= revision <= today:
        raise Unknown("revision", revision)
    now = View(rows.dbsession, rows.target, rows.root, as_of=today)
    then = View(rows.dbsession, rows.target, rows.root, as_of=revision)
    found = list(differences(now, then))
    _refuse_taken(now, found)
    steps = tuple(_steps(found, then))
    if not steps:
        message = f"Nothing differs from revision {revision}: it is as it was then."
        raise Refused(Problem(message))
    # Read already; of the root, the draft has a row of its own.
    rows.known |= {n: r for n, r in now.known.items() if n[0] != rows.target.name}
    # What history has is taken as it is; what no longer fits, `check` tells.
    rows.replaying = True
    try:
        return Batch(steps, LABEL.format(revision)).apply(rows)
    finally:
        rows.replaying = False


def _refuse_taken(now: View, found: Sequence[Difference]) -> None:
    """Name the rows whose keys are in use outside the object by now."""
    problems = [
        Problem(
            f"The key of this {one.part.title} is in use elsewhere: it cannot come"
            " back.",
            table=one.part.name,
            key=one.key,
        )
        for one in found
        if one.before is None
        and one.after is not None
        and now.find(one.part.name, one.key) is not None
    ]
    if problems:
        raise Refused(*problems)


def _steps(found: Sequence[Difference], then: View) -> Iterator[Operation]:
    """Yield what is to be done, in an order in which every row has its parent.

    Rows come back parents first; moved ones leave their parents before these go; a
    deleted row takes along what hangs below it.
    """
    for one in found:
        if one.before is None and one.after is not None:
            yield Recreate(one.part.name, one.after.values)
    for one in found:
        if one.before is not None and one.after is not None:
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
    """Yield what gives a row its old place and its old values."""
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
    if part.order is None:  # no move knows another parent for it
        yield Delete(part.name, now.key)
        yield Recreate(part.name, was.values)
        return
    # A rebase orders by the wish: the row that stood before it then.
    before, _ = then.fetch(
        part, Query(part.name), parent, position_of(part, was), 1, descending=True
    )
    after = before[0].key if before else None
    yield Move(part.name, now.key, parent, after, was.values[part.order])
