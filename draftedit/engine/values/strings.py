"""The codecs of texts and order keys."""

import copy
import secrets
import string
from collections.abc import Iterator
from typing import Any, ClassVar, Self

import sqlalchemy as sa

from draftedit.engine.dialects import values_of, with_types
from draftedit.engine.values.codec import Codec
from draftedit.engine.values.integers import DICE
from draftedit.engine.values.messages import say
from draftedit.engine.values.order_key import DIGITS, WIDTH, OrderKey, is_order_key
from draftedit.engine.values.plain_values import PlainCodec
from draftedit.engine.values.presentation import Control, Notation, Style

_LONG = 8  # characters that a text must have for a random one to be unlike all others
_TRIES = 4  # of texts of the same shape, or of the same length


class OrderCodec(PlainCodec):
    """Order keys."""

    types = (OrderKey,)
    api_name = "order"
    notation = Notation.TEXT

    @classmethod
    def build(cls, kind: OrderKey, counted: bool) -> Self:
        """Return the codec of a column type."""
        return cls(kind, OrderKey())

    def take(self, value: Any, dialect: str) -> str:
        """Take an order key."""
        if not isinstance(value, str) or not is_order_key(value):
            raise ValueError(say("not-an-order-key"))
        return value

    def placeholders(self, old: Any) -> Iterator[str]:
        """Yield a place behind all others: a key of six last digits, and more."""
        yield f"{DIGITS[-1] * WIDTH}{secrets.token_hex(16)}{DIGITS[-1]}"

    def samples(self, value: Any) -> Iterator[str]:
        """Yield nothing: a place is changed by a move."""
        yield from ()


class StringCodec(Codec):
    """Text of a limited length, in one line if it is short."""

    kind: sa.String

    types: ClassVar[tuple[type[Any], ...]] = (sa.String,)
    is_text = True
    api_name = "string"
    control = Control.LINE
    notation = Notation.TEXT
    style = Style.TEXT
    takes_empty = True
    names_rows = True
    is_collated = True
    constraint_risk = 1

    @classmethod
    def build(cls, kind: sa.String, counted: bool) -> "StringCodec":
        """Return the codec of a column type: text, a CHAR, any other string."""
        if isinstance(kind, sa.Text):
            return TextCodec(kind, _long(kind), text_type=sa.Text())
        # With its variants: a key that is exact must be exact in a draft, too. MariaDB
        # has no VARCHAR without a length.
        plain = _long(kind) if kind.length is None else copy.copy(kind)
        if isinstance(kind, sa.CHAR):
            return CharCodec(kind, plain)
        return StringCodec(kind, plain, text_type=sa.String())

    @property
    def length(self) -> int | None:
        """How many characters fit."""
        return self.kind.length

    def take(self, value: Any, dialect: str) -> str:
        """Take a text that fits."""
        text = checked(value)
        if self.length is not None and len(text) > self.length:
            raise ValueError(say("value-too-long", limit=self.length, length=len(text)))
        return text

    def search(
        self, column: sa.ColumnElement[Any], pattern: sa.ColumnElement[str]
    ) -> sa.ColumnElement[bool]:
        """Find a text that contains the term, in any case."""
        return like(column, pattern)

    @property
    def has_free_placeholder(self) -> bool:
        """Return whether a random text has room."""
        return self.length is None or self.length >= _LONG

    def placeholders(self, old: Any) -> Iterator[str]:
        """Yield a random text, then some of the shape of the old one."""
        text = f"~{secrets.token_hex(16)}"[: self.length]
        if len(text) >= _LONG:
            yield text
        for _ in range(_TRIES if old else 0):
            yield "".join(map(_like, old))

    def samples(self, value: Any) -> Iterator[str]:
        """Yield random texts, behind the old one and alone."""
        length = self.length or 40
        for _ in range(_TRIES):  # a short one may be what is there already
            own = secrets.token_hex(4)[:length]
            yield str(value or "")[: length - len(own)] + own
            yield own


class CharCodec(StringCodec):
    """Text without blanks at its end: PostgreSQL pads a CHAR, MariaDB strips it."""

    types = ()

    def take(self, value: Any, dialect: str) -> str:
        """Take a text that fits without the blanks at its end."""
        return super().take(self.encode(checked(value)), dialect)

    def encode(self, value: Any) -> str:
        """Drop the blanks at its end."""
        return str(value).rstrip(" ")


class TextCodec(StringCodec):
    """Text of any length."""

    types: ClassVar[tuple[type[Any], ...]] = ()
    api_name = "text"
    control = Control.AREA
    constraint_risk = 0

    def take(self, value: Any, dialect: str) -> str:
        """Take a text that fits; a TEXT of MariaDB holds 64 KiB."""
        text = super().take(value, dialect)
        most = values_of(dialect).most_bytes(self.kind)
        if most is not None and len(text.encode()) > most:
            raise ValueError(say("too-many-bytes", limit=most))
        return text


def long_text(collation: str | None = None) -> sa.Text:
    """Return a text type without MariaDB's limit of 64 KiB."""
    return _long(sa.Text(collation=collation))


def _long(kind: sa.String) -> sa.Text:
    plain = sa.Text(collation=kind.collation)
    return with_types(plain, lambda one: one.long_type(kind))


def checked(value: Any) -> str:
    """Return a text that every database stores as it is; raise ValueError."""
    if not isinstance(value, str):
        raise ValueError(say("not-text"))
    check_characters(value)
    return value


def check_characters(value: str) -> None:
    """Refuse what not every database stores as it is."""
    if "\x00" in value:
        raise ValueError(say("text-has-nul"))
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError(say("text-has-half-surrogate"))


def like(
    column: sa.ColumnElement[Any], pattern: sa.ColumnElement[str]
) -> sa.ColumnElement[bool]:
    """Return the condition that a text fits a pattern, which is in lower case."""
    return sa.func.lower(column).like(pattern, escape="\\")


def _like(character: str) -> str:
    """Return another letter for a letter, another digit for a digit."""
    for kind in (string.ascii_lowercase, string.ascii_uppercase, string.digits):
        if character in kind:
            return DICE.choice(kind)
    return character
