"""Rebase: take a newer revision as base, and replay the draft's operations on it.

The steps go into a new journal, so that every inverse is new, and undo and redo work
down to the new base. What was decided about conflicts is one last batch. What was
undone stays as wishes, which are looked at again when they are redone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine import records
from draftedit.engine.changes import touched_rows
from draftedit.engine.draft_rows import DraftRows
from draftedit.engine.errors import Conflict, Key
from draftedit.engine.foreign import RowId, foreign_rows
from draftedit.engine.journal import Journal, Step
from draftedit.engine.operations import LAST
from draftedit.engine.rebasing.ground import Ground
from draftedit.engine.rebasing.making_up import Chosen, GivenUp, unmade
from draftedit.engine.rebasing.replay import Dropped, join, replay
from draftedit.engine.rebasing.resolutions import Resolution, encoded, match
from draftedit.engine.rebasing.resolve import resolve
from draftedit.engine.rebasing.wishes import Place, places, wish
from draftedit.engine.records import DraftRecord
from draftedit.engine.rows import Row
from draftedit.engine.saving import conflicts
from draftedit.engine.saving.compare import read_live
from draftedit.engine.saving.plan import make_plan
from draftedit.engine.saving.sides import Sides
from draftedit.engine.tables import Tables

LAST_BATCH = "What the rebase decided"

__all__ = ["Dropped", "Rebased", "Resolution", "find_conflicts", "rebase"]


@dataclass(frozen=True)
class Rebased:
    """The draft's record on the new base, and what could not be carried over.

    `lost` is what of it the draft's net change lacks now, besides what was decided.
    """

    record: DraftRecord
    dropped: list[Dropped]
    lost: list[Dropped]


@dataclass(frozen=True)
class Old:
    """The draft as it was: its steps, what it changed, and its new root, if it had."""

    steps: list[Step]
    sides: Sides
    new_root: Row | None


@dataclass(frozen=True)
class Look:
    """The draft's steps, the three sides, and where these conflict."""

    steps: list[Step]
    sides: Sides
    conflicts: list[Conflict]


def find_conflicts(
    rows: DraftRows, tables: Tables, journal: Journal, record: DraftRecord
) -> list[Conflict]:
    """Return what a rebase would have to be told choices for; change nothing."""
    return _look(rows, tables, journal, record).conflicts


def rebase(
    rows: DraftRows,
    tables: Tables,
    journal: Journal,
    record: DraftRecord,
    current: int,
    resolutions: Sequence[Resolution] = (),
) -> Rebased:
    """Put an open draft on revision `current` of its object, whose record is locked.

    Raises Conflicts with those that no resolution covers, Refused for a resolution
    that cannot be carried out; the caller's savepoint then takes everything back.
    """
    # Locked: what plain SQL wrote between this look and the replay would be taken for
    # the base, and overwritten.
    look = _look(rows, tables, journal, record, lock=True)
    steps = look.steps
    chosen = match(look.conflicts, [encoded(rows, one) for one in resolutions])
    old = Old(steps, look.sides, _new_root(rows, journal, record))
    _clear(rows.dbsession, tables, rows, record)
    fresh = DraftRows(
        rows.dbsession, rows.target, rows.root, record.key, record.last_key, current
    )
    _open(fresh, old)
    done, dropped, lost = _replay(fresh, old, record, chosen)
    undone = steps[record.position :]
    kept = [_as_wish(one, n) for n, one in enumerate(undone, len(done) + 1)]
    journal.write([*done, *kept])
    moved = records.rebased(
        rows.dbsession,
        tables,
        record,
        base=current,
        position=len(done),
        length=len(done) + len(kept),
        last_key=fresh.last_key,
    )
    return Rebased(moved, [*dropped, *lost], lost)


def _look(
    rows: DraftRows,
    tables: Tables,
    journal: Journal,
    record: DraftRecord,
    lock: bool = False,
) -> Look:
    """Lay the three sides beside one another, and read what is lost with the draft."""
    steps = journal.steps()
    plan = make_plan(rows, touched_rows(rows))
    live = read_live(rows, plan, lock)
    foreign = foreign_rows(rows.dbsession, tables, rows.target, rows.root, record.base)
    done = [step.forward for step in steps if step.sequence <= record.position]
    sides = Sides(rows, plan, live, foreign, _neighbours(places(done)))
    return Look(steps, sides, conflicts.find(sides))


def _neighbours(wished: Mapping[RowId, Place]) -> dict[RowId, Key | None]:
    """Return the sibling that each row was put behind; None: an end of the order."""
    return {
        row: None if place.after in (None, LAST) else tuple(place.after)
        for row, place in wished.items()
    }


def _new_root(rows: DraftRows, journal: Journal, record: DraftRecord) -> Row | None:
    """Return the root of a new object as it was opened, which no step has."""
    root = rows.find(rows.target.name, rows.root)
    if root is None or not root.is_new:
        return None
    journal.turn_all(rows, range(record.position, 0, -1), undo=True)
    opened = rows.find(rows.target.name, rows.root)
    # One that is gone now came back by a step: a revert of a deleted object.
    return None if opened is None or opened.gone else opened


def _clear(
    dbsession: Session, tables: Tables, rows: DraftRows, record: DraftRecord
) -> None:
    for part in rows.target.tables.values():
        mine = part.draft.c.draft == record.key
        dbsession.execute(sa.delete(part.draft).where(mine))
    mine = tables.operation.c.draft == record.key
    dbsession.execute(sa.delete(tables.operation).where(mine))


def _open(fresh: DraftRows, old: Old) -> None:
    """Copy the root's row anew, as opening a draft does."""
    root = fresh.find(fresh.target.name, fresh.root)
    if root is not None and root.key == fresh.root:
        fresh.write(root)
    elif old.new_root is not None:
        fresh.add(fresh.target.root, old.new_root.values, old.new_root.omitted)


def _replay(
    fresh: DraftRows, old: Old, record: DraftRecord, chosen: Chosen
) -> tuple[list[Step], list[Dropped], list[Dropped]]:
    """Replay the steps that are done, and decide; return the new steps."""
    done: list[Step] = []
    dropped: list[Dropped] = []
    fresh.lost = frozenset(r for r in old.sides.foreign if old.sides.is_another(*r))
    for step in old.steps[: record.position]:
        one, refused = replay(fresh, wish(step.forward), step.sequence)
        dropped += refused
        if one is not None:
            done.append(step.renewed(len(done) + 1, one))
    fresh.lost = frozenset()
    ground = Ground(fresh, old.sides)
    lost = resolve(ground, chosen, len(done) + 1)
    dropped = unmade(ground, GivenUp.of(chosen), dropped)
    last = join(ground.done, LAST_BATCH)
    if last is not None:
        at = records.now()
        done.append(Step(len(done) + 1, last.operation, last.inverse, LAST_BATCH, at))
    return done, dropped, lost


def _as_wish(step: Step, sequence: int) -> Step:
    return replace(step, sequence=sequence, forward=wish(step.forward))
