"""What an operation asks of a form that leads to it: its members, read from texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from draftedit.engine.base.errors import Key
from draftedit.engine.reading.rows import Row

if TYPE_CHECKING:
    from draftedit.engine.operations.base import AnyKey


class FormReader(Protocol):
    """Reads members as they are called in JSON; web code knows how forms spell them.

    Each raises BadOperation for what is missing or not spelled as it must be.
    """

    def text(self, member: str) -> str:
        """Return a member that is text, and not empty."""

    def integer(self, member: str) -> int:
        """Return a member that is a whole number."""

    def table(self) -> str:
        """Return the name of the table."""

    def key(self, member: str = "id") -> Key:
        """Return a key."""

    def optional_key(self, member: str) -> Key | None:
        """Return a key that may be missing or empty."""

    def after(self) -> AnyKey:
        """Return the row to stand behind; None: first; LAST, also without an order."""

    def row(self) -> Row:
        """Return the row that table and key name; raise Refused for none."""

    def values(self, row: Row | None) -> dict[str, Any]:
        """Return the values that differ from the row's, or those of a new row.

        Raises Refused for values that cannot be read.
        """
