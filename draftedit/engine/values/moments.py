"""The codec of moments: dates with a time."""

import copy
import datetime
from collections.abc import Iterator
from typing import Any, Self, cast

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from draftedit.engine.values import odd_times
from draftedit.engine.values.messages import say
from draftedit.engine.values.plain_values import PlainCodec
from draftedit.engine.values.presentation import Notation
from draftedit.engine.values.times import (
    far_days,
    random_times,
    recent_day,
    without_fractions,
)

UTC = datetime.UTC


class DateTimeCodec(PlainCodec):
    """Dates with a time: in UTC where the column has a zone, else as they are."""

    kind: sa.DateTime

    types = (sa.DateTime,)
    api_name = "datetime"
    may_be_zero_date = True

    @classmethod
    def build(cls, kind: sa.DateTime, counted: bool) -> Self:
        """Return the codec of a column type."""
        return cls(kind, copy.copy(kind))

    @property
    def notation(self) -> Notation:
        """With the zone, where the column has one."""
        return Notation.ZONED_MOMENT if self.kind.timezone else Notation.MOMENT

    @property
    def asked(self) -> TypeEngine[Any]:
        """What PostgreSQL is asked for."""
        return odd_times.as_json_in_utc if self.kind.timezone else odd_times.as_json

    def take(self, value: Any, dialect: str) -> str:
        """Take a moment, one of PostgreSQL's own among them."""
        zoned = self.kind.timezone
        if odd_times.is_moment(value, dialect, zoned):
            return str(value)
        if isinstance(value, str):
            try:
                value = datetime.datetime.fromisoformat(value)
            except ValueError as error:
                raise ValueError(say("not-a-datetime-like-rfc3339")) from error
        if not isinstance(value, datetime.datetime):
            raise ValueError(say("not-a-datetime"))
        if value.tzinfo is not None and not zoned:
            raise ValueError(say("no-time-zone"))
        try:
            return self.encode(without_fractions(value, self.kind, dialect))
        except OverflowError as error:
            raise ValueError(say("date-out-of-range")) from error

    def encode(self, value: Any) -> str:
        """Spell it as RFC 3339 does, in UTC where the column has a zone."""
        zoned = self.kind.timezone
        if isinstance(value, str):
            read = self.decode(value)
            if isinstance(read, str):
                return odd_times.in_utc(read) if zoned else read
            value = read
        moment = cast(datetime.datetime, value)
        if not zoned and moment.tzinfo:  # SQLite keeps any text in any column
            raise ValueError(say("no-time-zone"))
        if not zoned:
            return moment.isoformat()
        # SQLite and MariaDB forget the zone; what was written was UTC.
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"

    def decode(self, value: str) -> datetime.datetime | str:
        """Make a moment of it, if Python has it."""
        return odd_times.read_or_leave(datetime.datetime.fromisoformat, value)

    def show(self, value: Any) -> str:
        """Write it without the letters for machines."""
        return str(value).replace("T", " ").replace("Z", " UTC")

    def placeholders(self, old: Any) -> Iterator[str]:
        """Yield moments far from those of today."""
        zone = "Z" if self.kind.timezone else ""
        for day, clock in zip(far_days(), random_times(), strict=False):
            yield f"{day}T{clock}{zone}"

    def samples(self, value: Any) -> Iterator[str]:
        """Yield a moment of our time."""
        yield f"{recent_day()}T04:05:06"
