"""Collect a host's notes, shown beside problems; slow ones are run later.

Slow work, such as running a program, must not happen while something is locked: a note
reads its rows, and leaves the rest to a function.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from draftedit.engine.base.errors import Key
from draftedit.engine.base.messages import say
from draftedit.engine.base.texts import HasMessage
from draftedit.engine.draft.checks import DraftReader, name_of
from draftedit.engine.draft.draft_rows import DraftRows

log = logging.getLogger(__name__)

_Noted = TypeVar("_Noted")


@dataclass(frozen=True)
class Note(HasMessage):
    """A message beside the problems that stops no save."""

    message: str
    table: str | None = None
    key: Key | None = None
    field: str | None = None


# Slow notes, such as a program's answer: called without a database.
Ask = Callable[[], Iterable[Note]]
Notes = Callable[[DraftReader], Iterable[Note | Ask]]


@dataclass(frozen=True)
class Later:
    """Notes of one of the host's functions that are still to be run."""

    name: str
    ask: Ask


@dataclass(frozen=True)
class StoredNotes:
    """A host's notes, as far as they were run; slow ones are still to be run."""

    items: Sequence[Note | Later] = ()

    @property
    def is_ready(self) -> bool:
        """Return whether no slow note is left to run."""
        return not any(isinstance(item, Later) for item in self.items)

    def ask(self) -> list[Note]:
        """Return all notes; running the slow ones needs no transaction."""
        found: list[Note] = []
        for item in self.items:
            if isinstance(item, Later):
                found += _noted(item.name, item.ask)
            else:
                found.append(item)
        return found


def read_notes(rows: DraftRows) -> StoredNotes:
    """Run the host's notes on the draft, except the slow ones."""
    reader = DraftReader(rows)
    return StoredNotes(
        [note for function in rows.target.notes for note in _run(function, reader)]
    )


def _run(function: Notes, reader: DraftReader) -> list[Note | Later]:
    name = name_of(function)
    notes = _noted(name, lambda: function(reader))
    return [one if isinstance(one, Note) else Later(name, one) for one in notes]


def _noted(name: str, function: Callable[[], Iterable[_Noted]]) -> list[_Noted | Note]:
    """Return the results of a host's function, or a note that it failed."""
    try:
        return list(function())
    except SQLAlchemyError:
        raise
    except Exception:  # because a host's code may raise anything
        log.exception("The note %s failed", name)
        return [Note(say("note-failed", name=name))]
