"""All refusals of the engine, as a small tree of exceptions with data.

Web code turns them into pages and problem+json; see `draftedit.web.pages.error_views`.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from translationstring import TranslationString, TranslationStringFactory

from draftedit.engine.base.messages import say
from draftedit.engine.base.texts import HasMessage, Text, text_of

_ = TranslationStringFactory("draftedit")

Key = tuple[Any, ...]

HOST_CHECK = "host-check"  # the code of a host's own messages

# What is looked for in vain; the other names are those of the host's own tables.
NOUNS = {
    "draft": _("draft"),
    "reference": _("reference"),
    "revision": _("revision"),
    "row": _("row"),
    "table": _("table"),
    "target": _("target"),
    "task": _("task"),
    "token": _("token"),
    "user": _("user"),
}
STATES = {"saved": _("saved"), "cancelled": _("cancelled")}


@dataclass(frozen=True)
class Problem(HasMessage):
    """One thing that is wrong, and where.

    `message` reads as it is meant, values in their places; pages translate it.
    Programs read its `code` and `params`; where a host gives a message of its own, the
    code is "host-check".
    `operation` is the index in a batch; `key` the row's key in encoded values;
    `other` the key of the other row where two collide.
    """

    message: str
    table: str | None = None
    key: Key | None = None
    field: str | None = None
    operation: int | None = None
    other: Key | None = None

    @property
    def code(self) -> str:
        """Which kind of message it is; codes are listed in docs/codes.md."""
        return Text(self.message).code or HOST_CHECK

    @property
    def params(self) -> Mapping[str, Any]:
        """The values in the message, by the names that its code gives them."""
        return Text(self.message).params


class ConflictKind(StrEnum):
    """What was changed on both sides."""

    FIELD = "field"
    ROW = "row"  # deleted on one side, changed on the other
    LINK = "link"  # a reference to a row that the other side deleted
    ORDER = "order"  # the place among the siblings
    UNIQUE = "unique"  # two rows were given the same unique value


@dataclass(frozen=True)
class Conflict:
    """The same thing changed in the draft and, since its base, in live.

    The three sides are encoded values: one field's, or a whole row's if `field` is
    None, or places (`parent`, `after`) if the kind is ORDER; None: it does not exist.
    `other` is the row that has taken the same unique value. The author of the live
    change is known only if it was saved.
    """

    table: str
    key: Key
    field: str | None
    kind: ConflictKind
    base: Any
    draft: Any
    live: Any = None
    live_by: str | None = None
    live_at: datetime.datetime | None = None
    other: Key | None = None


@dataclass(frozen=True)
class Incoming:
    """One revision that others have saved since the base of a draft."""

    revision: int
    saved_by: str
    saved_at: datetime.datetime
    message: str | None
    changes: int


@dataclass(frozen=True)
class OutsideRow:
    """A row of a table outside an object; without a key if the table has none."""

    key: Key
    label: str | None = None


@dataclass(frozen=True)
class Consequence:
    """The effect of a save on rows outside the object that refer to rows it deletes.

    `effect`: they are "deleted", their reference is "cleared" or "reset" to its
    default. Or they are "returned" with the row that caused it, or "not_returned".
    `count` of them, or, with `more`, more than that; `rows` are the first. `kept`:
    history keeps them, and a revert restores them; else `reason` says why not, and the
    user must consent.
    """

    table: str
    effect: str
    count: int
    more: bool
    rows: Sequence[OutsideRow]
    kept: bool
    reason: str | None = None


class BadModel(Exception):
    """The engine cannot draft this model; raised when the target is registered."""


class DraftError(Exception):
    """Base of all refusals: nothing was changed.

    `str(error)` is English; `text` is what pages translate, with a code for programs.
    """

    @property
    def text(self) -> Text:
        """The text of the error."""
        return text_of(self)


class Unknown(DraftError):
    """There is no such target, object, table, row or draft (for this user)."""

    def __init__(self, what: str, name: object) -> None:
        """Name the kind of thing that was looked for, and its name."""
        called = ", ".join(map(str, name)) if isinstance(name, list) else name
        noun = NOUNS.get(what) or TranslationString(what, domain="draftedit")
        super().__init__(say("unknown", what=noun, name=called))
        self.what = what
        self.name = name


class Refused(DraftError):
    """An operation, or a save, is refused: the problems are the reasons."""

    def __init__(self, *problems: Problem) -> None:
        """Keep every problem; the first is the message."""
        super().__init__(problems[0].message if problems else "Refused.")
        self.problems: Sequence[Problem] = problems


class NothingToSave(Refused):
    """The draft changes nothing: a revision would only make the history longer."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(Problem(say("nothing-to-save")))


class BadOperation(DraftError):
    """This is not the shape of an operation."""


class NotOpen(DraftError):
    """The draft is saved or cancelled: it can only be read."""

    def __init__(self, state: str) -> None:
        """Keep the state that refuses."""
        super().__init__(say("draft-closed", state=STATES.get(state, state)))
        self.state = state


class StaleVersion(DraftError):
    """The draft has changed since the caller read it."""

    def __init__(self, seen: int, current: int) -> None:
        """Keep both versions."""
        super().__init__(say("draft-at-another-version", current=current, seen=seen))
        self.seen = seen
        self.current = current


class NotThatMany(DraftError):
    """More undos or redos were asked for than there are."""

    def __init__(self, direction: str, asked: int, there_are: int) -> None:
        """Keep the direction, the count asked for and the count there is."""
        super().__init__(say(f"{direction}-too-many", asked=asked, there_are=there_are))
        self.direction = direction
        self.asked = asked
        self.there_are = there_are


class BaseMoved(DraftError):
    """Others have saved the object since the draft was opened."""

    def __init__(
        self, base: int, current: int, incoming: Sequence[Incoming] = ()
    ) -> None:
        """Keep the draft's base, the current revision, and those since, to look at."""
        super().__init__(say("base-moved", base=base, current=current))
        self.base = base
        self.current = current
        self.incoming = incoming


class SaveRace(DraftError):
    """Another save of the object came first, past the lock that should prevent it.

    As in a cluster whose nodes do not know each other's locks. Roll the transaction
    back and try again: the other save is merged then.
    """

    def __init__(self, seen: int) -> None:
        """Keep the revision that the save was to follow."""
        super().__init__(say("saved-at-the-same-time", revision=seen + 1))
        self.seen = seen


class Conflicts(DraftError):
    """Live was changed under the draft, by a save or by plain SQL."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        """Keep every conflict."""
        super().__init__(say("conflicts", count=len(conflicts)))
        self.conflicts = conflicts


class NeedsConsent(DraftError):
    """A save would change rows outside the object that history cannot keep.

    `consent` is a token for exactly these rows: given to `save` as `accept`, it goes
    on.
    """

    def __init__(
        self,
        consequences: Sequence[Consequence],
        consent: str,
        is_outdated: bool = False,
    ) -> None:
        """Keep the effects of the save outside, and the consent to them.

        `is_outdated`: the given consent was to other rows than those that would be lost
        now.
        """
        lost = [one for one in consequences if not one.kept]
        tables = ", ".join(dict.fromkeys(one.table for one in lost))
        super().__init__(
            say("consent-outdated", tables=tables)
            if is_outdated
            else say("consent-needed", tables=tables)
        )
        self.consequences = consequences
        self.consent = consent


class SchemaChanged(DraftError):
    """The target's columns have changed, and values of the draft no longer fit."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep a problem per value that no longer fits."""
        super().__init__(say("draft-does-not-fit"))
        self.problems = problems


class TooManyWrites(DraftError):
    """The user has reached the limit of writes.

    Nothing of the transaction is stored. `retry_after`: seconds, at least 1.
    """

    def __init__(self, limit: str, retry_after: int) -> None:
        """Keep the limit, as it is spelled, and when there is room again."""
        super().__init__(say("too-many-writes", limit=limit, retry_after=retry_after))
        self.limit = limit
        self.retry_after = retry_after
