"""The codecs of dates and of times of day."""

import copy
import datetime
import secrets
from collections.abc import Iterator
from typing import Any, Self, TypeVar

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from draftedit.engine.dialects import values_of
from draftedit.engine.values import odd_times
from draftedit.engine.values.codec import Codec
from draftedit.engine.values.integers import DICE
from draftedit.engine.values.messages import say
from draftedit.engine.values.plain_values import PlainCodec
from draftedit.engine.values.presentation import Control, Notation, Style

Moment = TypeVar("Moment", datetime.datetime, datetime.time)
_TRIES = 4  # of times


class DateCodec(PlainCodec):
    """Dates."""

    types = (sa.Date,)
    api_name = "date"
    notation = Notation.DATE
    may_be_zero_date = True
    asked = odd_times.as_json

    @classmethod
    def build(cls, kind: sa.Date, counted: bool) -> Self:
        """Return the codec of a column type."""
        return cls(kind, sa.Date())

    def take(self, value: Any, dialect: str) -> str:
        """Take a date, one of PostgreSQL's own among them."""
        is_date = isinstance(value, datetime.date)
        if is_date and not isinstance(value, datetime.datetime):
            return str(value.isoformat())
        if odd_times.is_date(value, dialect):
            return str(value)
        if not isinstance(value, str):
            raise ValueError(say("not-a-date"))
        try:
            return datetime.date.fromisoformat(value).isoformat()
        except ValueError as error:
            raise ValueError(say("not-a-date-like-iso")) from error

    def encode(self, value: Any) -> str:
        """Spell it as ISO 8601 does."""
        return str(value if isinstance(value, str) else value.isoformat())

    def decode(self, value: str) -> datetime.date | str:
        """Make a date of it, if Python has it."""
        return odd_times.read_or_leave(datetime.date.fromisoformat, value)

    def placeholders(self, old: Any) -> Iterator[str]:
        """Yield days far from those of today."""
        return far_days()

    def samples(self, value: Any) -> Iterator[str]:
        """Yield a day of our time."""
        yield recent_day()


class TimeCodec(Codec):
    """Times of day; on MariaDB, spans of up to 838 hours."""

    types = (sa.Time,)
    api_name = "time"
    control = Control.LINE
    notation = Notation.TIME
    style = Style.CODE
    takes_empty = False
    names_rows = False
    has_free_placeholder = False
    asked = odd_times.as_text
    asked_of_mariadb = odd_times.as_char

    @classmethod
    def build(cls, kind: sa.Time, counted: bool) -> Self:
        """Return the codec of a column type."""
        return cls(kind, copy.copy(kind))

    def take(self, value: Any, dialect: str) -> str:
        """Take a time without a zone, one of the database's own among them."""
        if value == odd_times.MIDNIGHT and values_of(dialect).keeps_odd_times:
            return str(value)
        if odd_times.is_long_time(value, dialect):
            return odd_times.long_time(
                value, values_of(dialect).second_digits(self.kind)
            )
        try:
            given = (
                value
                if isinstance(value, datetime.time)
                else datetime.time.fromisoformat(value)
            )
        except (TypeError, ValueError) as error:
            raise ValueError(say("not-a-time")) from error
        if given.tzinfo is not None:
            raise ValueError(say("no-time-zone"))
        return without_fractions(given, self.kind, dialect).isoformat()

    def encode(self, value: Any) -> str:
        """Spell it as ISO 8601 does."""
        given = self.decode(str(value))
        return odd_times.long_time(given) if isinstance(given, str) else str(given)

    def decode(self, value: str) -> datetime.time | str:
        """Make a time of it, if Python has it."""
        return odd_times.read_or_leave(datetime.time.fromisoformat, value)

    def search(self, column: Any, pattern: Any) -> None:
        """Find nothing: a search is for texts."""

    def placeholders(self, old: Any) -> Iterator[str]:
        """Yield a few of the 86,400, each of which may be taken."""
        return random_times()

    def samples(self, value: Any) -> Iterator[str]:
        """Yield two times."""
        yield from ("04:05:06", "05:06:07")


def far_days() -> Iterator[str]:
    """Yield days that mean nothing to anybody, in the future first."""
    for first, last in ((3000, 9000), (2001, 2036), (1000, 1900)):
        earliest = datetime.date(first, 1, 1).toordinal()
        span = datetime.date(last, 1, 1).toordinal() - earliest
        yield datetime.date.fromordinal(earliest + DICE.randrange(span)).isoformat()


def random_times() -> Iterator[str]:
    """Yield times of day."""
    for _ in range(_TRIES):
        hour, minute, second = (DICE.randrange(limit) for limit in (24, 60, 60))
        yield datetime.time(hour, minute, second).isoformat()


def recent_day() -> str:
    """Return a day of our time."""
    day = datetime.date(2001, 1, 1) + datetime.timedelta(days=secrets.randbelow(9_000))
    return day.isoformat()


def without_fractions(
    value: Moment, column_type: TypeEngine[Any], dialect: str
) -> Moment:
    """Drop the fractions of a second that the column does not keep."""
    kept = values_of(dialect).second_digits(column_type)
    if kept == 6:
        return value
    step = 10 ** (6 - kept)
    return value.replace(microsecond=value.microsecond // step * step)
