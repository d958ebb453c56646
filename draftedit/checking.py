"""`check`: what `save` would do, found by doing it and taking it back."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.orm import Session

from draftedit.engine.checks import Note, RefusedByHost
from draftedit.engine.errors import (
    Conflict,
    Conflicts,
    DoesNotFit,
    NothingToSave,
    Problem,
    Refused,
)
from draftedit.engine.verbs import uncounted

CHECKING = "draftedit.checking"

# Saves, with the host's own checks or without them; raises what the save raises.
Save = Callable[[bool], object]


@dataclass(frozen=True)
class Checked:
    """What `save` would say now; without problems and conflicts it would succeed.

    `notes` are for the reader: they stop nothing.
    """

    problems: Sequence[Problem] = ()
    conflicts: Sequence[Conflict] = ()
    notes: Sequence[Note] = ()

    @property
    def is_clear(self) -> bool:
        """Tell whether nothing stands in the way of a save."""
        return not self.problems and not self.conflicts


def is_check(dbsession: Session) -> bool:
    """Tell a host's events whether what they see will be taken back.

    An event that sends mail, or does what no rollback undoes, leaves it then.
    """
    return CHECKING in dbsession.info


def forecast(dbsession: Session, save: Save, notes: Sequence[Note]) -> Checked:
    """Say what `save` would say; leave nothing of it in the database or the session.

    The host's own checks come first and are all told; where they refuse, the save is
    tried without them for what the database would find besides. Of that it finds one
    thing at a time. What is wrong with the database itself is raised.
    """
    problems: list[Problem] = []
    with _checking(dbsession), uncounted():
        try:
            try:
                _try(dbsession, save, True)
            except RefusedByHost as refusal:
                problems += refusal.problems
                _try(dbsession, save, False)
        except NothingToSave:
            pass  # a draft that changes nothing has nothing that could go wrong
        except (Refused, DoesNotFit) as refusal:
            problems += refusal.problems
        except Conflicts as refusal:
            return Checked(problems, refusal.conflicts, notes)
    return Checked(problems, (), notes)


def _try(dbsession: Session, save: Save, validated: bool) -> None:
    try:
        with dbsession.begin_nested() as savepoint:
            save(validated)
            savepoint.rollback()
    finally:
        # The host's copies are of rows that were never there.
        dbsession.expire_all()


@contextmanager
def _checking(dbsession: Session) -> Iterator[None]:
    dbsession.info[CHECKING] = True
    try:
        yield
    finally:
        del dbsession.info[CHECKING]
