"""Times that a database keeps and Python has no object for, as the database's own text.

`infinity`, years before Christ and after 9999, the end of a day (24:00), spans with
months. PostgreSQL is asked for the text of such columns, as its driver fails to read
one such value, and makes 425 days of a year and two months; by JSON, which spells days
and moments in one way, independent of the connection's settings.

MariaDB's TIME is a span of up to 838 hours, of either sign. It is asked for the text of
such columns, as SQLAlchemy makes 12:00:00 of 300:00:00.
https://mariadb.com/kb/en/time/
"""

import datetime
import re
from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.sql.operators import custom_op

from draftedit.engine.dialects import values_of

Time = TypeVar("Time", datetime.date, datetime.time, datetime.datetime)
MIDNIGHT = "24:00:00"
_INFINITIES = ("infinity", "-infinity")
_DATE = re.compile(
    r"(?P<year>\d{4,7})-(?P<month>\d\d)-(?P<day>\d\d)"
    r"(?P<time>T\d\d:\d\d:\d\d(\.\d{0,5}[1-9])?)?(?P<zone>\+00)?(?P<before> BC)?"
)
_SPAN = re.compile(
    r"(?:([+-]?\d{1,9}) years?)? ?(?:([+-]?\d{1,9}) mons?)? ?"
    r"(?:([+-]?\d{1,9}) days?)? ?(?:([+-]?)(\d{1,10}):(\d\d):(\d\d)(\.\d{1,6})?)?"
)
_LONG_TIME = re.compile(r"(?P<sign>-?)(?P<hours>\d\d\d?)(:[0-5]\d){2}(\.\d{1,6})?")
_MOST_HOURS = 838
_FIRST_BC, _LAST_DATE, _LAST_MOMENT = 4713, 5874897, 294276
_DAY = 86_400_000_000


class _Text(sa.types.UserDefinedType[str]):
    """What is read as text in a result, whatever it is in the statement below that."""

    cache_ok = True

    def __init__(self, form: str) -> None:
        self.form = form

    def column_expression(self, colexpr: Any) -> Any:
        """Return what the outermost statement asks for."""
        if self.form == "text":
            return sa.cast(colexpr, sa.Text)
        if self.form == "char":
            return sa.cast(colexpr, sa.CHAR)
        if self.form == "utc":
            colexpr = sa.func.timezone("UTC", colexpr)
        spelled = sa.func.to_json(colexpr)
        return sa.BinaryExpression(
            spelled, sa.literal_column("'{}'"), custom_op("#>>"), type_=sa.Text()
        )


as_text, as_json, as_json_in_utc = _Text("text"), _Text("json"), _Text("utc")
as_char = _Text("char")  # MariaDB's word for it


def read_or_leave(read: Callable[[str], Time], text: str) -> Time | str:
    """Read a text, and leave one that is odd as it is."""
    try:
        return read(text)
    except ValueError:
        return text


def is_date(value: Any, dialect: str) -> bool:
    """Return whether a value is a date that only PostgreSQL has, as it spells it."""
    found = _odd(value, dialect, _LAST_DATE)
    if found is None:
        return values_of(dialect).keeps_odd_times and value in _INFINITIES
    return not (found["time"] or found["zone"])


def is_long_time(value: Any, dialect: str) -> bool:
    """Return whether a value is a time that only MariaDB has: no time of one day."""
    found = _LONG_TIME.fullmatch(value) if isinstance(value, str) else None
    if found is None or not values_of(dialect).time_is_span:
        return False
    hours = int(found["hours"])
    return hours <= _MOST_HOURS and (bool(found["sign"]) or hours > 23)


def long_time(text: str, digits: int = 6) -> str:
    """Spell a time of MariaDB as Python spells one, with `digits` of its fraction."""
    whole, _, fraction = text.partition(".")
    kept = fraction[:digits].ljust(6, "0")
    return f"{whole}.{kept}" if kept.strip("0") else whole


def is_moment(value: Any, dialect: str, zoned: bool) -> bool:
    """Return whether a value is a moment that only PostgreSQL has, as it is spelled."""
    found = _odd(value, dialect, _LAST_MOMENT)
    if found is None:
        return values_of(dialect).keeps_odd_times and value in _INFINITIES
    return bool(found["time"]) and bool(found["zone"]) == zoned


def _odd(value: Any, dialect: str, last: int) -> re.Match[str] | None:
    found = _DATE.fullmatch(value) if isinstance(value, str) else None
    if not values_of(dialect).keeps_odd_times or found is None:
        return None
    year, before = int(found["year"]), bool(found["before"])
    is_odd = 1 <= year <= _FIRST_BC if before else 9999 < year <= last
    if not is_odd or found["year"] != f"{year:04}":
        return None
    # Every 400 years the calendar is the same.
    like = 2000 + (1 - year if before else year) % 400
    rest = found["time"] or "T00:00:00"
    try:
        datetime.datetime.fromisoformat(f"{like}-{found['month']}-{found['day']}{rest}")
    except ValueError:
        return None
    return found


def in_utc(text: str) -> str:
    """Say in an odd moment that it is in UTC, as PostgreSQL spells and reads it."""
    if text in _INFINITIES:
        return text
    return f"{text[:-3]}+00 BC" if text.endswith(" BC") else f"{text}+00"


def is_span(value: Any) -> bool:
    """Return whether a value is a span as PostgreSQL spells it."""
    return (
        isinstance(value, str)
        and (":" in value or value[-1:].isalpha() or value[-2:-1].isalpha())
        and _SPAN.fullmatch(value) is not None
    )


def span(text: str) -> datetime.timedelta | str:
    """Parse a span; return the text itself if days cannot express it."""
    found = _SPAN.fullmatch(text)
    if found is None:
        return text
    years, months, days, sign, hours, minutes, seconds, fraction = (
        one or "0" for one in found.groups()
    )
    months, days = int(years) * 12 + int(months), int(days)
    rest = (int(hours) * 60 + int(minutes)) * 60_000_000 + int(seconds) * 1_000_000
    rest += int(fraction[1:].ljust(6, "0"))
    rest = -rest if sign == "-" else rest
    if not months and 0 <= rest < _DAY and abs(days) < 999_999_999:
        return datetime.timedelta(days=days, microseconds=rest)
    return _spelled(months, days, rest)


def _spelled(months: int, days: int, rest: int) -> str:
    years = int(months / 12)
    words, before = [], False
    for number, word in ((years, "year"), (months - years * 12, "mon"), (days, "day")):
        if number:
            plus = "+" if before and number > 0 else ""
            words.append(f"{plus}{number} {word}{'' if number == 1 else 's'}")
            before = number < 0
    if rest:
        sign = "-" if rest < 0 else "+" if before else ""
        minutes, part = divmod(abs(rest), 60_000_000)
        seconds = f"{part / 1_000_000:09.6f}".rstrip("0").rstrip(".")
        words.append(f"{sign}{minutes // 60:02}:{minutes % 60:02}:{seconds}")
    return " ".join(words)
