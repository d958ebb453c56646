"""Types of long tasks: what a host registers, and the findings of a run."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from draftedit.engine.base.errors import Key
from draftedit.engine.base.texts import HasMessage


@dataclass(frozen=True)
class Finding(HasMessage):
    """One finding of a task, and where it is.

    `kind` is a word for programs. `other` is the key of another row of the same table
    that the finding is about.
    """

    kind: str
    message: str
    table: str | None = None
    key: Key | None = None
    other: Key | None = None


Run = Callable[[Any], Iterable[Finding]]  # is called with a RevisionReader


@dataclass(frozen=True)
class Task:
    """A task of a target: `name` is for programs, `label` for people."""

    name: str
    label: str
    run: Run


@dataclass(frozen=True)
class TaskKey:
    """Identifies a task of an object: `root` is the object's key as in paths."""

    target: str
    root: str
    task: str

    def values(self) -> dict[str, Any]:
        """Return the key of its row, by column."""
        return {"target": self.target, "root": self.root, "task": self.task}
