"""Tell apart a deleted row and a later row under the same key.

History marks both ends of a row's life. `gone`: the revision deleted the row that stood
there. `absent`: it inserted the row. A row that is restored by a revert is the same row
again: `restores` is then the last revision that had it. A row that takes the place of a
deleted one in the same revision leaves one history row, which is `gone` and whose
`restores` identifies the new one: an earlier row, or one that never existed (`NEVER`).
A row that plain SQL inserts under the key of a deleted row leaves no mark: that the row
before it is `gone` distinguishes the two. A delete by plain SQL leaves none, either.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from draftedit.engine.schema.model import Field

NEVER = -1  # no revision had the new row


class Event(NamedTuple):
    """The effect of one revision on the row of a key."""

    revision: int
    absent: bool
    gone: bool
    restores: int | None


@dataclass(frozen=True)
class Lifetime:
    """The fate of the row that had a key at some revision.

    `last`: the last revision that had it; None: according to history, it still exists.
    `is_replaced`: a later revision has put another row under the key.
    """

    last: int | None = None
    is_replaced: bool = False


def event_of(record: Mapping[Any, Any]) -> Event:
    """Read an event from the columns of a history row."""
    marks = bool(record["absent"]), bool(record["gone"])
    return Event(record["revision"], *marks, record["restores"])


def follow(base: int, events: Iterable[Event]) -> Lifetime:
    """Follow the row that revision `base` had under a key.

    `events` are those of later revisions there, the oldest first; those that neither
    inserted nor deleted may be left out. If the first inserted a row, that is followed.
    """
    here: int | None = base
    spans: list[tuple[int, int]] = []
    is_replaced = False
    for number, event in enumerate(events):
        if number == 0 and event.absent:
            here = event.revision
            continue
        if here is not None and (event.gone or event.absent):
            spans.append((here, event.revision - 1))
            here = None
        if event.absent or event.restores is not None:
            came = NEVER if event.restores is None else event.restores
            is_back = any(first <= came <= last for first, last in spans)
            here = event.revision if is_back else here
            is_replaced = not is_back
        elif event.gone:
            is_replaced = False
    return Lifetime(None if here is not None else spans[-1][1], is_replaced)


def is_stored(field: Field) -> bool:
    """Return whether a column can be written, by the host if not by a user."""
    identity = field.column.identity
    is_made = identity is not None and bool(identity.always)
    return field.column.computed is None and not is_made


def is_written(field: Field, came_back: bool) -> bool:
    """Return whether an insert names a column; a restored row names all it had."""
    return is_stored(field) if came_back else not field.read_only
