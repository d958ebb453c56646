"""The codec of floats."""

import copy
import decimal
import math
import struct
from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from typing import Any, Self

import sqlalchemy as sa

from draftedit.engine.dialects import values_of
from draftedit.engine.values.integers import steps
from draftedit.engine.values.messages import say
from draftedit.engine.values.numbers import check_sign, large_floats, unsigned_on
from draftedit.engine.values.plain_values import PlainCodec
from draftedit.engine.values.presentation import Notation

_ENOUGH = 9  # digits, which distinguish all numbers of single precision


class FloatCodec(PlainCodec):
    """Floats, brought to the digits that the column shows."""

    kind: sa.Float[Any]

    types = (sa.Float,)
    api_name = "float"
    notation = Notation.DECIMAL

    @classmethod
    def build(cls, kind: sa.Float[Any], counted: bool) -> Self:
        """Return the codec of a column type."""
        # The same type as live: in a UNION with a longer one, 0.1 would be another.
        plain = copy.copy(kind)
        plain.asdecimal = False
        return cls(kind, plain)

    @cached_property
    def _unsigned(self) -> frozenset[str]:
        return unsigned_on(self.kind)

    def take(self, value: Any, dialect: str) -> float:
        """Take a finite number, with the digits that the column keeps."""
        if isinstance(value, bool) or not isinstance(
            value, str | int | float | decimal.Decimal
        ):
            raise ValueError(say("not-a-number"))
        try:
            given = float(value)
        except (ValueError, OverflowError) as error:
            raise ValueError(say("not-a-number")) from error
        if not math.isfinite(given):
            raise ValueError(say("number-not-storable"))
        check_sign(given, dialect in self._unsigned)
        here = values_of(dialect)
        if here.float_bits(self.kind) <= 24:
            given = _shown(_single(given), here.float_digits)
        return given + 0.0  # and -0.0 is 0.0

    def encode(self, value: Any) -> float:
        """Make a float of it."""
        return float(value)

    def decode(self, value: Any) -> float:
        """Make a float of it."""
        return float(value)

    def placeholders(self, old: Any) -> Iterator[float]:
        """Yield a large number, then one above the old one."""
        return large_floats(old)

    def samples(self, value: Any) -> Iterator[int]:
        """Yield numbers far from the value and near to it."""
        for step in steps():
            yield int(value or 0) + step


def _single(given: float) -> float:
    """Return the nearest number of single precision."""
    try:
        packed: float = struct.unpack("<f", struct.pack("<f", given))[0]
    except OverflowError as error:
        raise ValueError(say("number-too-large")) from error
    return packed


def _shown(single: float, digits: int | None) -> float:
    """Return the number that the database shows for one of single precision."""
    if digits is None:
        enough = (n for n in range(1, _ENOUGH) if _is_distinct(single, n))
        digits = next(enough, _ENOUGH)
    return float(f"{single:.{digits}g}")


def _is_distinct(single: float, digits: int) -> bool:
    """Return whether so many digits are nearer to this number than to any other.

    Halfway between two is not enough: PostgreSQL would show another digit.
    https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-FLOAT
    """
    mantissa, exponent = math.frexp(abs(single))
    step = Fraction(2) ** max(exponent - 24, -149)  # to the next number above
    shown = Fraction(f"{abs(single):.{digits}g}")
    away = shown - Fraction(abs(single))
    if away < 0 and mantissa == 0.5 and exponent > -125:
        step /= 2  # below a power of two, the numbers are twice as dense
    return abs(away) < step / 2
