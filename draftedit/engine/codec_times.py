"""Codecs of dates, times, moments and spans."""

import copy
import datetime
import decimal
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.mysql.mariadb import MariaDBDialect
from sqlalchemy.types import TypeEngine

from draftedit.engine.codec import Codec, is_mariadb

UTC = datetime.UTC
Moment = TypeVar("Moment", datetime.datetime, datetime.time)
_MARIADB = MariaDBDialect()
_MICROSECOND = datetime.timedelta(microseconds=1)
_SECOND = datetime.timedelta(seconds=1)
_EPOCH = datetime.datetime(1970, 1, 1)


def date(_type: sa.Date) -> Codec:
    """Dates."""

    def parse(value: Any, _dialect: str) -> Any:
        if isinstance(value, datetime.date) and not isinstance(
            value, datetime.datetime
        ):
            return value.isoformat()
        if not isinstance(value, str):
            raise ValueError("This is not a date.")
        try:
            return datetime.date.fromisoformat(value).isoformat()
        except ValueError as error:
            raise ValueError("This is not a date (YYYY-MM-DD).") from error

    return Codec(
        "date",
        sa.Date(),
        parse,
        lambda value: value.isoformat(),
        datetime.date.fromisoformat,
    )


def moment(column_type: sa.DateTime) -> Codec:
    """Dates with a time: in UTC where the column has a zone, else as they are."""
    zoned = column_type.timezone

    def encode(value: datetime.datetime) -> str:
        if not zoned:
            return value.replace(tzinfo=None).isoformat()
        # SQLite and MariaDB forget the zone; what was written was UTC.
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"

    def parse(value: Any, dialect: str) -> Any:
        if isinstance(value, str):
            try:
                value = datetime.datetime.fromisoformat(value)
            except ValueError as error:
                raise ValueError("This is not a date and time (RFC 3339).") from error
        if not isinstance(value, datetime.datetime):
            raise ValueError("This is not a date and time.")
        if value.tzinfo is not None and not zoned:
            raise ValueError("This column has no time zone.")
        try:
            return encode(_without_fractions(value, column_type, dialect))
        except OverflowError as error:
            raise ValueError("This date is out of range.") from error

    return Codec(
        "datetime",
        copy.copy(column_type),
        parse,
        encode,
        datetime.datetime.fromisoformat,
    )


def _without_fractions(
    value: Moment, column_type: TypeEngine[Any], dialect: str
) -> Moment:
    """Drop the fractions of a second that the column does not keep (MariaDB)."""
    digits = getattr(column_type.dialect_impl(_MARIADB), "fsp", None) or 0
    if not is_mariadb(dialect) or digits == 6:
        return value
    step = 10 ** (6 - digits)
    return value.replace(microsecond=value.microsecond // step * step)


def time(column_type: sa.Time) -> Codec:
    """Times of day."""

    def parse(value: Any, dialect: str) -> Any:
        try:
            given = (
                value
                if isinstance(value, datetime.time)
                else datetime.time.fromisoformat(value)
            )
        except (TypeError, ValueError) as error:
            raise ValueError("This is not a time (hh:mm:ss).") from error
        if given.tzinfo is not None:
            raise ValueError("This column has no time zone.")
        return _without_fractions(given, column_type, dialect).isoformat()

    return Codec(
        "time",
        copy.copy(column_type),
        parse,
        lambda value: value.isoformat(),
        datetime.time.fromisoformat,
    )


def span(column_type: sa.Interval) -> Codec:
    """Spans of time, spelled as seconds."""

    def encode(value: datetime.timedelta) -> str:
        return format(decimal.Decimal(value // _MICROSECOND).scaleb(-6), "f")

    def decode(value: str) -> datetime.timedelta:
        return int(decimal.Decimal(value).scaleb(6)) * _MICROSECOND

    def parse(value: Any, dialect: str) -> Any:
        try:
            given = (
                value if isinstance(value, datetime.timedelta) else decode(str(value))
            )
            if dialect != "postgresql":
                _EPOCH + given  # how it is stored there, and when it overflows
        except (ArithmeticError, ValueError) as error:
            raise ValueError("This is not a number of seconds.") from error
        if is_mariadb(dialect):
            given = given // _SECOND * _SECOND
        return encode(given)

    return Codec("interval", copy.copy(column_type), parse, encode, decode)
