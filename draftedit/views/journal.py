"""The journal beside the editor: what was done, and the way back to any point."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from draftedit.editing import EditSession
from draftedit.engine.listing import write_cursor
from draftedit.views.describing import Described, describe
from draftedit.views.names import Names

STEPS = 15


@dataclass(frozen=True)
class Step:
    """One entry; `here`: the last one done."""

    sequence: int
    done: bool
    here: bool
    told: Described
    at: object


@dataclass(frozen=True)
class Told:
    """The newest steps, those that could be redone first; `next` where older ones are.

    `undo` and `redo` say what the two buttons would do.
    """

    steps: Sequence[Step]
    next: str | None
    undo: Described | None
    redo: Described | None


def tell(edit: EditSession, names: Names, after: str | None = None) -> Told:
    """Tell the newest steps, or those older than the cursor `after`."""
    info = edit.info
    listing = edit.journal(after=after, limit=STEPS, newest_first=True)
    steps = [_step(entry, info.undo, names) for entry in listing.items]
    told = {step.sequence: step.told for step in steps}
    return Told(
        steps=steps,
        next=listing.next,
        undo=told.get(info.undo) or _tell_one(edit, info.undo, names),
        redo=told.get(info.undo + 1) or _tell_one(edit, info.undo + 1, names),
    )


def _step(entry: Any, position: int, names: Names) -> Step:
    return Step(
        sequence=entry.sequence,
        done=entry.done,
        here=entry.sequence == position,
        told=describe(entry.operation, entry.inverse, names),
        at=entry.at,
    )


def _tell_one(edit: EditSession, sequence: int, names: Names) -> Described | None:
    """Tell a step that is not among those shown, if there is such a step."""
    info = edit.info
    if not 1 <= sequence <= info.undo + info.redo:
        return None
    cursor = write_cursor(sequence - 1) if sequence > 1 else None
    entry = edit.journal(after=cursor, limit=1).items[0]
    return describe(entry.operation, entry.inverse, names)
