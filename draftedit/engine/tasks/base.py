"""What a host registers as a task, and what one finds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from draftedit.engine.errors import Key

if TYPE_CHECKING:
    from draftedit.engine.tasks.reader import RevisionReader


@dataclass(frozen=True)
class Finding:
    """One thing that a task found, and where.

    `kind` is a word for programs. `other` is the key of another row of the same table
    that it has to do with.
    """

    kind: str
    message: str
    table: str | None = None
    key: Key | None = None
    other: Key | None = None


Run = Callable[["RevisionReader"], Iterable[Finding]]


@dataclass(frozen=True)
class Task:
    """A task of a target: `name` is for programs, `label` for people."""

    name: str
    label: str
    run: Run


@dataclass(frozen=True)
class Place:
    """Which task of which object: `root` is its key, spelled as in paths."""

    target: str
    root: str
    task: str

    def values(self) -> dict[str, Any]:
        """Return the key of its row, column by column."""
        return {"target": self.target, "root": self.root, "task": self.task}
