"""The codec of bytes."""

import base64
import copy
from collections.abc import Iterator
from typing import Any, Self

import sqlalchemy as sa

from draftedit.engine.dialects import values_of, with_types
from draftedit.engine.values.codec import Codec
from draftedit.engine.values.messages import say
from draftedit.engine.values.presentation import Control, Notation, Style


class BinaryCodec(Codec):
    """Bytes, spelled as base64."""

    kind: Any

    types = (sa.LargeBinary,)
    api_name = "binary"
    control = Control.AREA
    notation = Notation.BASE64
    style = Style.CODE
    takes_empty = False
    names_rows = False
    has_free_placeholder = False

    @classmethod
    def build(cls, kind: sa.LargeBinary, counted: bool) -> Self:
        """Return the codec of a column type."""
        plain = with_types(copy.copy(kind), lambda one: one.long_type(kind))
        return cls(kind, plain)

    def take(self, value: Any, dialect: str) -> str:
        """Take bytes that fit, or their base64."""
        if isinstance(value, str):
            try:
                value = base64.b64decode(value, validate=True)
            except ValueError as error:
                raise ValueError(say("not-base64")) from error
        if not isinstance(value, bytes):
            raise ValueError(say("not-base64"))
        limit = self._limit(dialect)
        if limit is not None and len(value) > limit:
            raise ValueError(say("too-many-bytes", limit=limit))
        return self.encode(value)

    def _limit(self, dialect: str) -> int | None:
        """Return how many bytes fit; None: any number."""
        return self.kind.length or values_of(dialect).most_bytes(self.kind)

    def encode(self, value: Any) -> str:
        """Spell them as base64."""
        return base64.b64encode(value).decode("ascii")

    def decode(self, value: str) -> bytes:
        """Make bytes of them."""
        return base64.b64decode(value)

    def search(self, column: Any, pattern: Any) -> None:
        """Find nothing: bytes are no text."""

    def placeholders(self, old: Any) -> Iterator[str]:
        """Yield nothing: no bytes are as good as others to a CHECK."""
        yield from ()

    def samples(self, value: Any) -> Iterator[str]:
        """Yield single bytes."""
        yield from ("AA==", "AQ==")
