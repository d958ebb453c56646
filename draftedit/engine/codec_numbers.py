"""Codecs of whole numbers, decimals and floats."""

import copy
import decimal
import math
import struct
from typing import Any

import sqlalchemy as sa

from draftedit.engine.codec import Codec, is_mariadb

EXACT_INTEGER = 2**53  # beyond it a JSON number may lose digits: spelled as text
LONGEST = 200  # digits that a number may have
ON_SQLITE = 10  # digits after the point that SQLAlchemy reads there, unless told


def integer(column_type: sa.Integer) -> Codec:
    """Whole numbers, spelled as text where JSON would lose digits."""
    bits = {sa.SmallInteger: 15, sa.BigInteger: 63}
    limit = 2 ** next((b for t, b in bits.items() if isinstance(column_type, t)), 31)

    def parse(value: Any, _dialect: str) -> Any:
        number = _whole(value)
        if not -limit <= number < limit:
            raise ValueError(f"The number must lie between {-limit} and {limit - 1}.")
        return encode(number)

    def encode(value: int) -> Any:
        return value if abs(value) <= EXACT_INTEGER else str(value)

    return Codec("integer", sa.BigInteger(), parse, encode, int)


def _whole(value: Any) -> int:
    if isinstance(value, str):
        digits = value.strip().removeprefix("-")
        if digits.isascii() and digits.isdecimal():
            if len(digits) > LONGEST:
                raise ValueError("The number is too large.")
            return int(value)
    elif isinstance(value, float) and value.is_integer():
        return int(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError("This is not a whole number.")


def number(column_type: sa.Numeric[Any]) -> Codec:
    """Decimals, spelled as text with the digits that the column keeps."""
    precision, scale = column_type.precision, column_type.scale

    def encode(value: Any) -> str:
        with decimal.localcontext(prec=1000):
            exact = decimal.Decimal(value)
            if precision is not None and scale is not None:
                exact = exact.quantize(decimal.Decimal(1).scaleb(-scale))
            else:
                exact = exact.normalize()
        return format(exact if exact else abs(exact), "f")

    def parse(value: Any, dialect: str) -> Any:
        exact = _decimal(value)
        with decimal.localcontext(prec=1000):
            _check_digits(exact, *_digits(column_type, dialect), dialect)
        return encode(exact)

    if not column_type.asdecimal:
        return Codec("float", sa.Double(), lambda v, d: float(parse(v, d)), float)
    return Codec("decimal", copy.copy(column_type), parse, encode, decimal.Decimal)


def _decimal(value: Any) -> decimal.Decimal:
    if isinstance(value, bool) or not isinstance(
        value, str | int | float | decimal.Decimal
    ):
        raise ValueError("This is not a number.")
    try:
        text = repr(value) if isinstance(value, float) else str(value).strip()
        exact = decimal.Decimal(text if len(text) < LONGEST else "NaN")
    except (ArithmeticError, ValueError) as error:
        raise ValueError("This is not a number.") from error
    if not exact.is_finite() or abs(exact.adjusted()) > LONGEST:
        raise ValueError("This is not a number that can be stored.")
    return exact


def _digits(
    column_type: sa.Numeric[Any], dialect: str
) -> tuple[int | None, int | None]:
    """Return how many digits fit before and after the point; None: any number."""
    if column_type.precision is not None:
        scale = column_type.scale or 0
        return column_type.precision - scale, scale
    if is_mariadb(dialect):
        return 10, 0  # what DECIMAL means there
    if dialect == "sqlite":
        return None, column_type.decimal_return_scale or column_type.scale or ON_SQLITE
    return None, None


def _check_digits(
    exact: decimal.Decimal, whole: int | None, fraction: int | None, dialect: str
) -> None:
    if fraction is not None and exact != round(exact, fraction):
        raise ValueError(f"At most {fraction} digits fit after the point.")
    if whole is not None and abs(exact) >= 10**whole:
        raise ValueError(f"At most {whole} digits fit before the point.")
    if dialect == "sqlite":  # keeps a decimal as a float
        kept = round(decimal.Decimal(float(exact)), fraction or 0)
        if exact != kept:
            raise ValueError("This database does not keep that many digits.")


def floating(column_type: sa.Float[Any]) -> Codec:
    """Floats, brought to the digits that the column shows."""

    def parse(value: Any, dialect: str) -> Any:
        if isinstance(value, bool) or not isinstance(
            value, str | int | float | decimal.Decimal
        ):
            raise ValueError("This is not a number.")
        try:
            given = float(value)
        except (ValueError, OverflowError) as error:
            raise ValueError("This is not a number.") from error
        if not math.isfinite(given):
            raise ValueError("This is not a number that can be stored.")
        if _is_single(column_type, dialect):
            given = _single(given)
        return given + 0.0  # and -0.0 is 0.0

    # The same type as live: in a UNION with a longer one, 0.1 would be something else.
    plain = copy.copy(column_type)
    plain.asdecimal = False
    return Codec("float", plain, parse, float, float)


def _is_single(column_type: sa.Float[Any], dialect: str) -> bool:
    """Tell whether the column has four bytes, which hold six digits."""
    if dialect == "sqlite" or isinstance(column_type, sa.Double):
        return False
    if is_mariadb(dialect):
        bits = 53 if isinstance(column_type, sa.REAL) else column_type.precision or 24
    else:
        bits = 24 if isinstance(column_type, sa.REAL) else column_type.precision or 53
    return bits <= 24


def _single(given: float) -> float:
    try:
        packed: float = struct.unpack("<f", struct.pack("<f", given))[0]
    except OverflowError as error:
        raise ValueError("The number is too large.") from error
    return float(f"{packed:.6g}")
