"""Canonical values: one JSON form for every value of every column type.

Origin, draft and live are compared in this form, in Python, never in SQL, so that
equal values that differ in spelling (1 / "1", time zones, key order) are equal.
A codec brings a value to what the column will give back, or refuses it, before it
is journalled.
"""

import base64
import binascii
import copy
import datetime
import decimal
import json
import math
import struct
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.mysql import LONGTEXT
from sqlalchemy.dialects.mysql.mariadb import MariaDBDialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from draftedit.engine.errors import BadModel
from draftedit.engine.order import OrderKey

EXACT_INTEGER = 2**53  # beyond it a JSON number may lose digits: spelled as text
BIGGEST = 2**63
UTC = datetime.UTC

Parse = Callable[[Any, str], Any]
Moment = TypeVar("Moment", datetime.datetime, datetime.time)
_MARIADB = MariaDBDialect()


@dataclass(frozen=True)
class Codec:
    """How the values of one column are read, spelled and written.

    `name` is the type's name in the API. `plain` is the column's type in the draft
    and history tables. `parse(value, dialect)` takes JSON, text or a Python value
    to the encoded form, or raises ValueError; `encode` does so for what the
    database gave; `decode` makes of the encoded form what the driver takes.
    """

    name: str
    plain: TypeEngine[Any]
    parse: Parse
    encode: Callable[[Any], Any] = lambda value: value
    decode: Callable[[Any], Any] = lambda value: value
    length: int | None = None
    choices: tuple[str, ...] | None = None


def canonical(data: Any) -> str:
    """Spell encoded data as text, the same text for equal data."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def same(one: Any, other: Any) -> bool:
    """Tell whether two encoded values are equal (and True is not 1)."""
    return one is other or canonical(one) == canonical(other)


def codec(column_type: TypeEngine[Any]) -> Codec:
    """Return the codec of a column type; raise BadModel where there is none."""
    if isinstance(column_type, OrderKey):
        return Codec("order", OrderKey(), _text(None))
    if isinstance(column_type, TypeDecorator) and not isinstance(
        column_type, sa.Interval | sa.PickleType
    ):
        return codec(column_type.impl_instance)
    for known, build in _BUILDERS:
        if isinstance(column_type, known):
            return build(column_type)
    raise BadModel(f"the column type {column_type!r} cannot be drafted")


def _integer(column_type: sa.Integer) -> Codec:
    bits = {sa.SmallInteger: 15, sa.BigInteger: 63}
    limit = 2 ** next((b for t, b in bits.items() if isinstance(column_type, t)), 31)

    def parse(value: Any, _dialect: str) -> Any:
        if isinstance(value, str) and value.strip().lstrip("+-").isdecimal():
            if len(value) > 24:
                raise ValueError("The number is too large.")
            value = int(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError("This is not a whole number.")
        if not -limit <= value < limit:
            raise ValueError(f"The number must lie between {-limit} and {limit - 1}.")
        return encode(value)

    def encode(value: int) -> Any:
        return value if abs(value) <= EXACT_INTEGER else str(value)

    return Codec("integer", sa.BigInteger(), parse, encode, int)


def _boolean(_type: sa.Boolean) -> Codec:
    spellings = {True: True, False: False, "true": True, "false": False}

    def parse(value: Any, _dialect: str) -> Any:
        if isinstance(value, bool | str | int) and value in spellings:
            return spellings[value]
        raise ValueError("This is neither true nor false.")

    return Codec("boolean", sa.Boolean(), parse, bool, bool)


def _text(length: int | None, strip: bool = False) -> Parse:
    def parse(value: Any, _dialect: str) -> Any:
        if not isinstance(value, str):
            raise ValueError("This is not text.")
        _check_characters(value)
        value = value.rstrip(" ") if strip else value
        if length is not None and len(value) > length:
            raise ValueError(
                f"At most {length} characters fit; these are {len(value)}."
            )
        return value

    return parse


def _check_characters(text: str) -> None:
    """Refuse what not every database stores as it is."""
    if "\x00" in text:
        raise ValueError("The text holds a NUL character.")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("The text holds half of a surrogate pair.")


def _string(column_type: sa.String) -> Codec:
    length = column_type.length
    if isinstance(column_type, sa.Text):
        plain: sa.String = long_text(column_type.collation)
        return Codec("text", plain, _text(length), length=length)
    plain = sa.String(length, collation=column_type.collation)
    if length is None:  # MariaDB has no VARCHAR without a length
        plain = plain.with_variant(
            LONGTEXT(collation=column_type.collation), "mysql", "mariadb"
        )
    if isinstance(column_type, sa.CHAR):
        # PostgreSQL pads a CHAR, MariaDB strips it: the blanks at its end are none.
        return Codec("string", plain, _text(length, True), str.rstrip, length=length)
    return Codec("string", plain, _text(length), length=length)


def _enum(column_type: sa.Enum) -> Codec:
    names: dict[Any, str] = {name: name for name in column_type.enums}
    if column_type.enum_class is not None:
        members = list(dict.fromkeys(column_type.enum_class))
        names |= dict(zip(members, column_type.enums, strict=True))

    def parse(value: Any, _dialect: str) -> Any:
        try:
            known = value in names
        except TypeError:  # a list or an object, which no name can be
            known = False
        if not known:
            raise ValueError("This is none of the choices.")
        return names[value]

    plain = sa.String(max(map(len, column_type.enums), default=1))
    return Codec("enum", plain, parse, choices=tuple(column_type.enums))


def _decimal(column_type: sa.Numeric[Any]) -> Codec:
    if not column_type.asdecimal:
        return _float(column_type)
    precision, scale = column_type.precision, column_type.scale

    def encode(value: Any) -> str:
        number = decimal.Decimal(value)
        if scale is not None:
            with decimal.localcontext(prec=1000):
                number = number.quantize(decimal.Decimal(1).scaleb(-scale))
        return format(number if number else abs(number), "f")

    def parse(value: Any, _dialect: str) -> Any:
        if isinstance(value, bool) or not isinstance(
            value, str | int | float | decimal.Decimal
        ):
            raise ValueError("This is not a number.")
        text = repr(value) if isinstance(value, float) else str(value).strip()
        try:
            number = decimal.Decimal(text if len(text) < 200 else "NaN")
        except decimal.InvalidOperation as error:
            raise ValueError("This is not a number.") from error
        if not number.is_finite() or abs(number.adjusted()) > 200:
            raise ValueError("This is not a number that can be stored.")
        encoded = encode(number)
        if decimal.Decimal(encoded) != number:
            raise ValueError(f"At most {scale} digits fit after the point.")
        whole = len(encoded.lstrip("-").partition(".")[0].lstrip("0"))
        if precision is not None and whole > precision - (scale or 0):
            raise ValueError(f"At most {precision} digits fit.")
        return encoded

    return Codec("decimal", copy.copy(column_type), parse, encode, decimal.Decimal)


def _float(column_type: sa.Numeric[Any] | sa.Float[Any]) -> Codec:
    single = isinstance(column_type, sa.REAL) or (column_type.precision or 53) <= 24
    # A FLOAT without a precision has 4 bytes on MariaDB, and shows 6 digits.
    unspecified = type(column_type) is sa.Float and column_type.precision is None

    def parse(value: Any, dialect: str) -> Any:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ValueError("This is not a number.")
        try:
            number = float(value)
        except (ValueError, OverflowError) as error:
            raise ValueError("This is not a number.") from error
        if not math.isfinite(number):
            raise ValueError("This is not a number that can be stored.")
        if single or (unspecified and dialect in ("mariadb", "mysql")):
            return float(f"{_single(number):.6g}")
        return number + 0.0

    return Codec("float", sa.Double(), parse, float, float)


def _single(number: float) -> float:
    try:
        return float(struct.unpack("f", struct.pack("f", number))[0])
    except OverflowError as error:
        raise ValueError("The number is too large.") from error


def _date(_type: sa.Date) -> Codec:
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


def _datetime(column_type: sa.DateTime) -> Codec:
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
            encoded = encode(_whole(value, column_type, dialect))
        except OverflowError as error:
            raise ValueError("This date is out of range.") from error
        return encoded

    def decode(value: str) -> datetime.datetime:
        return datetime.datetime.fromisoformat(value)

    return Codec("datetime", copy.copy(column_type), parse, encode, decode)


def _whole(value: Moment, column_type: TypeEngine[Any], dialect: str) -> Moment:
    """Drop the fractions of a second where the column has none (MariaDB)."""
    digits = getattr(column_type.dialect_impl(_MARIADB), "fsp", None) or 0
    if dialect not in ("mariadb", "mysql") or digits == 6:
        return value
    step = 10 ** (6 - digits)
    return value.replace(microsecond=value.microsecond // step * step)


def _time(column_type: sa.Time) -> Codec:
    def parse(value: Any, dialect: str) -> Any:
        try:
            moment = (
                value
                if isinstance(value, datetime.time)
                else datetime.time.fromisoformat(value)
            )
        except (TypeError, ValueError) as error:
            raise ValueError("This is not a time (hh:mm:ss).") from error
        if moment.tzinfo is not None:
            raise ValueError("This column has no time zone.")
        return _whole(moment, column_type, dialect).isoformat()

    return Codec(
        "time",
        copy.copy(column_type),
        parse,
        lambda value: value.isoformat(),
        datetime.time.fromisoformat,
    )


def _interval(column_type: sa.Interval) -> Codec:
    def encode(value: datetime.timedelta) -> str:
        return format(decimal.Decimal(value // _MICROSECOND).scaleb(-6), "f")

    def decode(value: str) -> datetime.timedelta:
        return int(decimal.Decimal(value).scaleb(6)) * _MICROSECOND

    def parse(value: Any, dialect: str) -> Any:
        if not isinstance(value, datetime.timedelta):
            try:
                value = decode(str(value))
            except (ArithmeticError, ValueError) as error:
                raise ValueError("This is not a number of seconds.") from error
        if dialect in ("mariadb", "mysql"):
            value = datetime.timedelta(seconds=value // datetime.timedelta(seconds=1))
        return encode(value)

    return Codec("interval", copy.copy(column_type), parse, encode, decode)


def _binary(column_type: sa.LargeBinary) -> Codec:
    length = column_type.length

    def encode(value: bytes) -> str:
        return base64.b64encode(value).decode("ascii")

    def parse(value: Any, _dialect: str) -> Any:
        if isinstance(value, str):
            try:
                value = base64.b64decode(value, validate=True)
            except binascii.Error as error:
                raise ValueError("This is not base64.") from error
        if not isinstance(value, bytes):
            raise ValueError("This is not base64.")
        if length is not None and len(value) > length:
            raise ValueError(f"At most {length} bytes fit.")
        return encode(value)

    return Codec("binary", copy.copy(column_type), parse, encode, base64.b64decode)


def _uuid(column_type: sa.Uuid[Any]) -> Codec:
    def parse(value: Any, _dialect: str) -> Any:
        try:
            return str(value if isinstance(value, uuid.UUID) else uuid.UUID(value))
        except (AttributeError, TypeError, ValueError) as error:
            raise ValueError("This is not a UUID.") from error

    plain = copy.copy(column_type)
    plain.as_uuid = True
    return Codec("uuid", plain, parse, str, uuid.UUID)


def _json(column_type: sa.JSON) -> Codec:
    def parse(value: Any, _dialect: str) -> Any:
        try:
            text = json.dumps(value, allow_nan=False, ensure_ascii=False)
        except (TypeError, ValueError, RecursionError) as error:
            raise ValueError("This is not JSON.") from error
        _check_characters(text)
        if "\\u0000" in text:
            raise ValueError("The text holds a NUL character.")
        return json.loads(text)

    plain = copy.copy(column_type)
    plain.none_as_null = True
    return Codec("json", plain, parse)


def long_text(collation: str | None = None) -> sa.Text:
    """Return a text type without MariaDB's limit of 64 KiB."""
    on_mariadb = LONGTEXT(collation=collation)
    return sa.Text(collation=collation).with_variant(on_mariadb, "mysql", "mariadb")


_MICROSECOND = datetime.timedelta(microseconds=1)

_BUILDERS: tuple[tuple[type, Callable[[Any], Codec]], ...] = (
    (sa.Enum, _enum),
    (sa.Boolean, _boolean),
    (sa.Integer, _integer),
    (sa.Numeric, _decimal),
    (sa.Float, _float),
    (sa.Interval, _interval),
    (sa.DateTime, _datetime),
    (sa.Date, _date),
    (sa.Time, _time),
    (sa.LargeBinary, _binary),
    (sa.Uuid, _uuid),
    (sa.JSON, _json),
    (sa.String, _string),
)
