"""The codec of yes and no."""

from collections.abc import Iterator
from typing import Any, Self

import sqlalchemy as sa

from draftedit.engine.values.codec import Codec
from draftedit.engine.values.messages import say
from draftedit.engine.values.presentation import Control, Notation, Style

_SPELLINGS = {True: True, False: False, "true": True, "false": False}


class BooleanCodec(Codec):
    """True or false."""

    types = (sa.Boolean,)
    api_name = "boolean"
    control = Control.SWITCH
    notation = Notation.TEXT
    style = Style.CODE
    takes_empty = False
    names_rows = False
    has_free_placeholder = False
    constraint_risk = 2

    @classmethod
    def build(cls, kind: sa.Boolean, counted: bool) -> Self:
        """Return the codec of a column type."""
        return cls(kind, sa.Boolean())

    def take(self, value: Any, dialect: str) -> Any:
        """Take true, false and their names in JSON."""
        if isinstance(value, bool | str | int) and value in _SPELLINGS:
            return _SPELLINGS[value]
        raise ValueError(say("not-true-or-false"))

    def encode(self, value: Any) -> bool:
        """Spell it as JSON does."""
        return bool(value)

    def decode(self, value: Any) -> bool:
        """Make a bool of it."""
        return bool(value)

    def to_text(self, value: Any) -> str:
        """Write it as `take` reads it."""
        return "true" if value else "false"

    def search(self, column: Any, pattern: Any) -> None:
        """Find nothing: pages show a word of some language for it."""

    def placeholders(self, old: Any) -> Iterator[bool]:
        """Yield both: one of them may be free."""
        yield from (False, True)

    def samples(self, value: Any) -> Iterator[bool]:
        """Yield both."""
        yield from (True, False)
