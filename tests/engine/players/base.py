"""What the oracle and the laws ask of every host's player."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit import Drafts

Key = tuple[Any, ...]


class Player(ABC):
    """A host as random tests play with it: what is there, and what may be made.

    `settable` names the columns that are changed, by table, and how their values are
    made: "unique" ones by a counter, a tuple has all of them, and the name of a table
    stands for the keys of its rows. `is_kept`: hidden rows refer to the root, so that
    the database does not let it go. `hook` is what the host's own sessions call on
    `do_orm_execute`.
    """

    name: str
    drafts: Drafts
    metadata: tuple[sa.MetaData, ...]
    settable: ClassVar[dict[str, dict[str, Any]]]
    is_kept = False
    hook: Callable[[Any], None] | None = None

    @abstractmethod
    def fill(self, dbsession: Session) -> tuple[Key, Key]:
        """Put objects there; return the keys of one to edit, and of another."""

    @abstractmethod
    def values(self, table: str, number: Any, pick: int) -> dict[str, Any]:
        """Return what a new row of a table is made of."""

    def listen(self, dbsession: Session) -> None:
        """Let the session show what the host's own sessions show."""
        if self.hook is not None:
            sa.event.listen(dbsession, "do_orm_execute", self.hook)
