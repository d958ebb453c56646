"""The codec of spans of time."""

import copy
import datetime
import decimal
from collections.abc import Iterator
from typing import Any, Self

import sqlalchemy as sa

from draftedit.engine.dialects import values_of
from draftedit.engine.values import odd_times
from draftedit.engine.values.integers import DICE
from draftedit.engine.values.messages import say
from draftedit.engine.values.plain_values import PlainCodec
from draftedit.engine.values.presentation import Notation

_MICROSECOND = datetime.timedelta(microseconds=1)
_SECOND = datetime.timedelta(seconds=1)
_EPOCH = datetime.datetime(1970, 1, 1)


class IntervalCodec(PlainCodec):
    """Spans of time, spelled as seconds; with months, as PostgreSQL spells them."""

    types = (sa.Interval,)
    api_name = "interval"
    notation = Notation.SECONDS
    asked = odd_times.as_text

    @classmethod
    def build(cls, kind: sa.Interval, counted: bool) -> Self:
        """Return the codec of a column type."""
        return cls(kind, copy.copy(kind))

    def take(self, value: Any, dialect: str) -> str:
        """Take a span or a number of seconds; with months on PostgreSQL alone."""
        here = values_of(dialect)
        if here.keeps_odd_times and odd_times.is_span(value):
            return self.encode(value)
        try:
            is_span = isinstance(value, datetime.timedelta)
            given = value if is_span else _seconds(str(value))
            if not here.has_spans:
                _EPOCH + given  # how it is stored there, and when it overflows
        except (ArithmeticError, ValueError) as error:
            raise ValueError(say("not-seconds")) from error
        if here.span_digits == 0:
            given = given // _SECOND * _SECOND
        return self.encode(given)

    def encode(self, value: Any) -> str:
        """Spell it as seconds, where they can say it."""
        if isinstance(value, str):
            found = odd_times.span(value)
            if not isinstance(found, datetime.timedelta):
                return found
            value = found
        return format(decimal.Decimal(value // _MICROSECOND).scaleb(-6), "f")

    def decode(self, value: str) -> datetime.timedelta | str:
        """Make a span of it, if Python has it."""
        return value if odd_times.is_span(value) else _seconds(value)

    def placeholders(self, old: Any) -> Iterator[str]:
        """Yield a span of months."""
        yield str(2**24 + DICE.randrange(2**24))

    def samples(self, value: Any) -> Iterator[str]:
        """Yield one second and two."""
        yield from ("1", "2")


def _seconds(text: str) -> datetime.timedelta:
    return int(decimal.Decimal(text).scaleb(6)) * _MICROSECOND
