"""Dry run of a save: `check` does what `save` would do, and rolls it back."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.orm import Session

from draftedit.engine.base.errors import (
    Conflict,
    Conflicts,
    Consequence,
    NothingToSave,
    Problem,
    Refused,
    SchemaChanged,
)
from draftedit.engine.draft.checks import RefusedByHost
from draftedit.engine.draft.notes import Note
from draftedit.engine.saving import Saved
from draftedit.service.unit_of_work import uncounted

CHECKING = "draftedit.service.dry_run"

# Saves, with or without the host's own checks; raises what the save raises.
Save = Callable[[bool], Saved]

# Returns the consequences of a draft's deletes for rows outside the object, and the
# consent to them.
Outside = Callable[[], tuple[Sequence[Consequence], str | None]]

Result = TypeVar("Result")


@dataclass(frozen=True)
class CheckResult:
    """What `save` would report now; without problems and conflicts it would succeed.

    `notes` are information: they stop nothing. `consequences` are effects on rows
    outside the object; if `consent` is not None, some of them would be lost, and a save
    must be given it as `accept`.
    """

    problems: Sequence[Problem] = ()
    conflicts: Sequence[Conflict] = ()
    notes: Sequence[Note] = ()
    consequences: Sequence[Consequence] = ()
    consent: str | None = None

    @property
    def is_clear(self) -> bool:
        """Return whether nothing prevents a save."""
        return not self.problems and not self.conflicts


def is_check(dbsession: Session) -> bool:
    """Return whether the host's event listener runs in a check, to be rolled back.

    A listener that sends mail, or does anything that no rollback undoes, skips it then.
    """
    return CHECKING in dbsession.info


def forecast(
    dbsession: Session, save: Save, outside: Outside, notes: Sequence[Note]
) -> CheckResult:
    """Report what `save` would report; leave no trace in the database or the session.

    The host's own checks run first, and all their problems are reported; if they
    refuse, the save is tried without them for the problems of the database, which
    reports one at a time. If anything prevents the save, `outside` is called for its
    consequences. Failures of the database itself are raised.
    """
    problems: list[Problem] = []
    conflicts: Sequence[Conflict] = ()
    with as_check(dbsession):
        try:
            try:
                saved = _try(dbsession, lambda: save(True))
            except RefusedByHost as refusal:
                problems += refusal.problems
                saved = _try(dbsession, lambda: save(False))
            outcome = saved.consequences, saved.consent
            return CheckResult(problems, (), notes, *outcome)
        except NothingToSave:
            # A draft without changes cannot have problems.
            return CheckResult(problems, (), notes)
        except SchemaChanged as refusal:
            # The draft's rows do not fit today's tables, so they cannot be read.
            return CheckResult([*problems, *refusal.problems], (), notes)
        except Refused as refusal:
            problems += refusal.problems
        except Conflicts as refusal:
            conflicts = refusal.conflicts
        return CheckResult(problems, conflicts, notes, *_try(dbsession, outside))


def _try(dbsession: Session, act: Callable[[], Result]) -> Result:
    try:
        with dbsession.begin_nested() as savepoint:
            result = act()
            savepoint.rollback()
        return result
    finally:
        # The host's instances are of rows that were never saved.
        dbsession.expire_all()


@contextmanager
def as_check(dbsession: Session) -> Iterator[None]:
    """Make `is_check` true and count no writes, as all of it is rolled back."""
    dbsession.info[CHECKING] = True
    try:
        with uncounted():
            yield
    finally:
        del dbsession.info[CHECKING]
