"""Rebase: take a newer revision as base, and replay the draft's operations on it.

The steps go into a new journal with new inverses, so that undo and redo work down to
the new base. The choices about conflicts are one last batch. Undone steps stay as
intents, which are applied anew when they are redone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.base.errors import Conflict, Key
from draftedit.engine.draft.changes import touched_rows
from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.journal.journal import NOTHING, Journal, Step
from draftedit.engine.operations import LAST, Operation
from draftedit.engine.operations.base import AnyKey, ApplyMode, as_key
from draftedit.engine.reading.revisions_since import RowId, foreign_rows
from draftedit.engine.reading.rows import Row
from draftedit.engine.rebasing.context import ResolutionContext
from draftedit.engine.rebasing.replay import Dropped, join, replay
from draftedit.engine.rebasing.residual import Chosen, GivenUp, unmade
from draftedit.engine.rebasing.resolutions import Resolution, encoded, match
from draftedit.engine.rebasing.resolve import resolve
from draftedit.engine.saving import conflicts
from draftedit.engine.saving.compare import read_live
from draftedit.engine.saving.plan import make_plan
from draftedit.engine.saving.three_way import ThreeWay
from draftedit.engine.schema.tables import Tables
from draftedit.engine.store import draft_records
from draftedit.engine.store.draft_records import DraftRecord

LAST_BATCH = "What the rebase decided"

__all__ = ["Dropped", "Rebased", "Resolution", "find_conflicts", "rebase"]


@dataclass(frozen=True)
class Rebased:
    """The draft's record on the new base, and what could not be carried over.

    `lost` is the part that the draft's net change lacks now, apart from the choices.
    """

    record: DraftRecord
    dropped: list[Dropped]
    lost: list[Dropped]


@dataclass(frozen=True)
class OldDraft:
    """The draft as it was: its steps, its changes, and its new root, if it had one."""

    steps: list[Step]
    sides: ThreeWay
    new_root: Row | None


@dataclass(frozen=True)
class Compared:
    """The draft's steps, the three sides, and their conflicts."""

    steps: list[Step]
    sides: ThreeWay
    conflicts: list[Conflict]


def find_conflicts(
    rows: DraftRows, tables: Tables, journal: Journal, record: DraftRecord
) -> list[Conflict]:
    """Return the conflicts that a rebase needs choices for; change nothing."""
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

    Raises Conflicts with those that no resolution covers, Refused for a resolution that
    cannot be carried out; the caller's savepoint then rolls everything back.
    """
    # Locked: otherwise what plain SQL writes between this read and the replay would be
    # taken for the base, and overwritten.
    look = _look(rows, tables, journal, record, lock=True)
    steps = look.steps
    chosen = match(look.conflicts, [encoded(rows, one) for one in resolutions])
    old = OldDraft(steps, look.sides, _new_root(rows, journal, record))
    _clear(rows.dbsession, tables, rows, record)
    fresh = DraftRows(
        rows.dbsession, rows.target, rows.root, record.key, record.last_key, current
    )
    _open(fresh, old)
    done, dropped, lost = _replay(fresh, old, record, chosen)
    undone = steps[record.position :]
    kept = [
        replace(step, sequence=number, forward=_intent(step))
        for number, step in enumerate(undone, len(done) + 1)
    ]
    journal.write([*done, *kept])
    moved = draft_records.rebased(
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
) -> Compared:
    """Compare the three sides, and read what is lost with the draft."""
    steps = journal.steps()
    plan = make_plan(rows, touched_rows(rows))
    live = read_live(rows, plan, lock)
    foreign = foreign_rows(rows.dbsession, tables, rows.target, rows.root, record.base)
    done = [step.forward for step in steps if step.sequence <= record.position]
    sides = ThreeWay(rows, plan, live, foreign, _neighbours(done))
    return Compared(steps, sides, conflicts.find(sides))


def _neighbours(done: Iterable[Operation]) -> dict[RowId, Key | None]:
    """Return the sibling that each row was last put after; None: an end."""
    found: dict[RowId, AnyKey] = {}
    for operation in done:
        found |= operation.positions()
    return {
        row: None if after in (None, LAST) else as_key(after)
        for row, after in found.items()
    }


def _new_root(rows: DraftRows, journal: Journal, record: DraftRecord) -> Row | None:
    """Return the root of a new object as it was opened, which is in no step."""
    root = rows.find(rows.target.name, rows.root)
    if root is None or not root.is_new:
        return None
    journal.turn_all(rows, range(record.position, 0, -1), undo=True)
    opened = rows.find(rows.target.name, rows.root)
    # A deleted one was restored by a step: a revert of a deleted object.
    return None if opened is None or opened.gone else opened


def _clear(
    dbsession: Session, tables: Tables, rows: DraftRows, record: DraftRecord
) -> None:
    for part in rows.target.tables.values():
        mine = part.draft.c.draft == record.key
        dbsession.execute(sa.delete(part.draft).where(mine))
    mine = tables.operation.c.draft == record.key
    dbsession.execute(sa.delete(tables.operation).where(mine))


def _open(fresh: DraftRows, old: OldDraft) -> None:
    """Copy the root's row again, as opening a draft does."""
    root = fresh.find(fresh.target.name, fresh.root)
    if root is not None and root.key == fresh.root:
        fresh.write(root)
    elif old.new_root is not None:
        fresh.add(fresh.target.root, old.new_root.values, old.new_root.omitted)


def _replay(
    fresh: DraftRows, old: OldDraft, record: DraftRecord, chosen: Chosen
) -> tuple[list[Step], list[Dropped], list[Dropped]]:
    """Replay the applied steps, and carry out the choices; return the new steps."""
    done: list[Step] = []
    dropped: list[Dropped] = []
    others = frozenset(r for r in old.sides.foreign if old.sides.is_another(*r))
    mode = ApplyMode(taken_over=others)
    for step in old.steps[: record.position]:
        one, refused = replay(fresh, _intent(step), step.sequence, mode)
        dropped += refused
        if one is not None:
            done.append(step.renewed(len(done) + 1, one))
    context = ResolutionContext(fresh, old.sides)
    lost = resolve(context, chosen, len(done) + 1)
    dropped = unmade(context, GivenUp.of(chosen), dropped)
    last = join(context.done, LAST_BATCH)
    if last is not None:
        at = draft_records.now()
        done.append(Step(len(done) + 1, last.operation, last.inverse, LAST_BATCH, at))
    return done, dropped, lost


def _intent(step: Step) -> Operation:
    return step.forward.intent() or NOTHING
