"""What the verbs of an editing session answer, and what can be told of a draft."""

import datetime
from dataclasses import dataclass

from draftedit.engine.errors import Key
from draftedit.engine.foreign import Incoming
from draftedit.engine.operations import Operation
from draftedit.engine.rebasing import Dropped
from draftedit.engine.rows import Row


@dataclass(frozen=True)
class DraftInfo:
    """What can be told of a draft; times are UTC, keys are encoded.

    `root` is the object's key, draft-made for a new object that is not saved yet;
    `behind`: by how many revisions live is ahead of `base`; `revision`: the one that
    this draft's save made.
    """

    key: int
    target: str
    root: Key
    label: str
    base: int
    state: str
    closed_because: str | None
    version: int
    undo: int
    redo: int
    owner: str
    opened_at: datetime.datetime
    changed_at: datetime.datetime
    closed_at: datetime.datetime | None
    behind: int
    revision: int | None


@dataclass(frozen=True)
class Outcome:
    """What an operation did; `sequence` and `operation` are None where nothing."""

    version: int
    undo: int
    redo: int
    sequence: int | None
    operation: Operation | None
    inverse: Operation | None
    rows: list[Row]


@dataclass(frozen=True)
class BroughtIn:
    """What a rebase did: the draft now, the revisions that came in, what was lost."""

    info: DraftInfo
    revisions: list[Incoming]
    dropped: list[Dropped]


@dataclass(frozen=True)
class Moved:
    """What undo or redo did: the operations applied, in order, and the touched rows."""

    version: int
    undo: int
    redo: int
    operations: list[Operation]
    rows: list[Row]
