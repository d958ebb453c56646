"""Steps of the doctor's trial: done, not taken or failed, and what a failure means."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from draftedit.engine.base.errors import DraftError

# What the failure of a step means to users.
MEANINGS = {
    "open": "no draft can be opened",
    "page": "its rows cannot be shown",
    "set": "its values cannot be changed",
    "insert": "no row can be added",
    "move": "no row can be moved",
    "delete": "no row can be deleted",
    "undo": "no step can be undone",
    "save": "a draft that changes it cannot be saved",
    "history": "what was saved before cannot be shown",
    "revert": "what was saved before cannot be brought back",
}

# Steps that write made-up values, which may be refused for that reason.
MADE_UP = frozenset({"set", "insert", "move", "delete", "save", "revert"})


class NotTaken(Exception):
    """Made-up values were refused, which is no fault of the database."""


class Failed(Exception):
    """A step failed, as it would for a user."""

    def __init__(self, step: str, meaning: str) -> None:
        """Keep the step and its meaning."""
        super().__init__(meaning)
        self.step = step
        self.meaning = meaning


class Steps:
    """The steps that were done so far."""

    def __init__(self) -> None:
        """Begin with none."""
        self.done: dict[str, None] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Do one step; raise NotTaken or Failed."""
        try:
            yield
        except DraftError as refusal:
            if name in MADE_UP:
                raise NotTaken(f"{name}: {refusal}") from refusal
            raise Failed(name, f"{MEANINGS[name]}: {refusal}") from refusal
        except Exception as error:  # because each fault of a schema raises its own kind
            raise Failed(name, f"{MEANINGS[name]}: {_line(error)}") from error
        self.done[name] = None


def _line(error: Exception) -> str:
    """Return an error in one line, without SQLAlchemy's statement and link."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    return f"{type(cause).__name__}: {' '.join(str(cause).split())}"
