"""Every refusal of the engine, as a small tree with data on it.

Web code turns them into pages and problem+json; see `draftedit.views.errors`.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from draftedit.engine.foreign import Incoming

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and where.

    `operation` is the index in a batch; `key` the row's key in encoded values;
    `other` the key of the other row where two collide.
    """

    message: str
    table: str | None = None
    key: Key | None = None
    field: str | None = None
    operation: int | None = None
    other: Key | None = None


@dataclass(frozen=True)
class Conflict:
    """The same thing changed in the draft and, since its base, in live.

    `kind` is field, row, link, order or unique. The three sides are encoded values:
    one field's, or a whole row's where `field` is None, or places (`parent`, `after`)
    where the kind is order; None: it is not there. `other` is the row that has taken
    the same unique value; who changed live is known only of what was saved.
    """

    table: str
    key: Key
    field: str | None
    kind: str
    base: Any
    draft: Any
    live: Any = None
    live_by: str | None = None
    live_at: datetime.datetime | None = None
    other: Key | None = None


class BadModel(Exception):
    """The engine cannot draft this model; raised when the target is registered."""


class DraftError(Exception):
    """Base of all refusals: nothing was changed."""


class Unknown(DraftError):
    """There is no such target, object, table, row or draft (for this user)."""

    def __init__(self, what: str, name: object) -> None:
        """Say what kind of thing was looked for, and under which name."""
        called = ", ".join(map(str, name)) if isinstance(name, list) else name
        super().__init__(f"There is no {what} {called}.")
        self.what = what
        self.name = name


class Refused(DraftError):
    """An operation, or a save, cannot be done: the problems say why."""

    def __init__(self, *problems: Problem) -> None:
        """Keep every problem; the first speaks for all."""
        super().__init__(problems[0].message if problems else "Refused.")
        self.problems: Sequence[Problem] = problems


class NothingToSave(Refused):
    """The draft changes nothing: a revision would only make the history longer."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(Problem("Nothing is changed: there is nothing to save."))


class BadOperation(DraftError):
    """This is not the shape of an operation."""


class NotOpen(DraftError):
    """The draft is saved or cancelled: it can only be read."""

    def __init__(self, state: str) -> None:
        """Keep the state that refuses."""
        super().__init__(f"The draft is {state}; it can only be read.")
        self.state = state


class StaleVersion(DraftError):
    """The draft has moved on since the caller looked at it."""

    def __init__(self, seen: int, current: int) -> None:
        """Keep both versions."""
        super().__init__(
            f"The draft is at version {current}; the request was made for {seen}."
        )
        self.seen = seen
        self.current = current


class NotThatMany(DraftError):
    """More undos or redos were asked for than there are."""

    def __init__(self, direction: str, asked: int, there_are: int) -> None:
        """Keep the direction, the count asked for and the count there is."""
        super().__init__(f"Asked to {direction} {asked}; there are {there_are}.")
        self.direction = direction
        self.asked = asked
        self.there_are = there_are


class BaseMoved(DraftError):
    """Others saved the object since the draft was opened."""

    def __init__(
        self, base: int, current: int, incoming: "Sequence[Incoming]" = ()
    ) -> None:
        """Keep the draft's base, the current revision, and those since, to look at."""
        super().__init__(
            f"The draft was opened on revision {base};"
            f" the object is at revision {current} now."
        )
        self.base = base
        self.current = current
        self.incoming = incoming


class SaveRace(DraftError):
    """Another save of the object came between, where the lock could not hold it off.

    As in a cluster whose nodes do not know each other's locks. Roll the transaction
    back and do the same again: what the other saved comes in then.
    """

    def __init__(self, seen: int) -> None:
        """Keep the revision that the save was to follow."""
        super().__init__(f"Revision {seen + 1} was saved by another at the same time.")
        self.seen = seen


class Conflicts(DraftError):
    """Live was changed under the draft, by a save or by plain SQL."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        """Keep every conflict."""
        super().__init__(f"{len(conflicts)} changes conflict with the live rows.")
        self.conflicts = conflicts


class DoesNotFit(DraftError):
    """The target's columns have changed and some of the draft's values fit no more."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep a problem per value that no longer fits."""
        super().__init__("The draft no longer fits the columns of its tables.")
        self.problems = problems


class TooManyWrites(DraftError):
    """The user has written as much as may be written in this time.

    Nothing of the transaction is stored. `retry_after`: seconds, at least 1.
    """

    def __init__(self, limit: str, retry_after: int) -> None:
        """Keep the limit, as it is spelled, and when there is room again."""
        super().__init__(
            f"At most {limit} changes are taken; try again in {retry_after} s."
        )
        self.limit = limit
        self.retry_after = retry_after
