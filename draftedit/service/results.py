"""Result types of the editing session's verbs, and information about a draft."""

import datetime
from dataclasses import dataclass

from draftedit.engine.base.errors import Incoming, Key
from draftedit.engine.operations import Operation
from draftedit.engine.reading.rows import Row
from draftedit.engine.rebasing import Dropped


@dataclass(frozen=True)
class DraftInfo:
    """Information about a draft; times are UTC, keys are encoded.

    `root` is the object's key, draft-made for a new object that is not saved yet;
    `behind`: how many revisions live is ahead of `base`; `revision`: the one that this
    draft's save created.
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
class Applied:
    """The result of an operation; `sequence`, `operation`: None for no change."""

    version: int
    undo: int
    redo: int
    sequence: int | None
    operation: Operation | None
    inverse: Operation | None
    rows: list[Row]


@dataclass(frozen=True)
class RebaseResult:
    """The result of a rebase: the draft, the revisions brought in, what was lost."""

    info: DraftInfo
    revisions: list[Incoming]
    dropped: list[Dropped]


@dataclass(frozen=True)
class UndoResult:
    """The result of undo or redo: the operations as applied, and touched rows."""

    version: int
    undo: int
    redo: int
    operations: list[Operation]
    rows: list[Row]
