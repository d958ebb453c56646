"""The codec of decimals."""

import copy
import decimal
from collections.abc import Iterator
from functools import cached_property
from typing import Any, ClassVar

import sqlalchemy as sa

from draftedit.engine.dialects import BACKENDS, values_of
from draftedit.engine.values.dialect_types import resolved
from draftedit.engine.values.integers import DICE, LONGEST, is_unsigned, steps
from draftedit.engine.values.messages import say
from draftedit.engine.values.plain_values import PlainCodec
from draftedit.engine.values.presentation import Notation

ON_SQLITE = 10  # digits after the point that SQLAlchemy reads there by default


class DecimalCodec(PlainCodec):
    """Decimals, spelled as text with the digits that the column keeps."""

    kind: sa.Numeric[Any]

    types: ClassVar[tuple[type[Any], ...]] = (sa.Numeric,)
    api_name = "decimal"
    notation = Notation.DECIMAL

    @classmethod
    def build(cls, kind: sa.Numeric[Any], counted: bool) -> "DecimalCodec":
        """Return the codec of a column type: of floats if the host has asked so."""
        if kind.asdecimal:
            return cls(kind, copy.copy(kind))
        return DecimalAsFloatCodec(kind, sa.Double())

    @cached_property
    def _unsigned(self) -> frozenset[str]:
        return unsigned_on(self.kind)

    def take(self, value: Any, dialect: str) -> Any:
        """Take a number that loses none of its digits in the column."""
        exact = _decimal(value)
        check_sign(exact, dialect in self._unsigned)
        with decimal.localcontext(prec=1000):
            _check_digits(exact, *_digits(self.kind, dialect), dialect)
        return self._spelled(exact)

    def encode(self, value: Any) -> Any:
        """Spell it with the digits of the column."""
        return self._spelled(value)

    def _spelled(self, value: Any) -> str:
        precision, scale = self.kind.precision, self.kind.scale
        with decimal.localcontext(prec=1000):
            exact = decimal.Decimal(value)
            if precision is not None and scale is not None:
                exact = exact.quantize(decimal.Decimal(1).scaleb(-scale))
            else:
                exact = exact.normalize()
        return format(exact if exact else abs(exact), "f")

    def decode(self, value: Any) -> Any:
        """Make a Decimal of it."""
        return decimal.Decimal(value)

    def placeholders(self, old: Any) -> Iterator[Any]:
        """Yield large numbers, then some above the old one."""
        digits = min(self.kind.precision or 9, 12) - (self.kind.scale or 0)
        limit: int = 10 ** max(digits, 0)
        yield str(limit // 2 + DICE.randrange(limit // 2 + 1) - 1)
        for reach in (1000, 10):
            yield str(decimal.Decimal(str(old or 0)) + 1 + DICE.randrange(reach))

    def samples(self, value: Any) -> Iterator[Any]:
        """Yield numbers far from the value and near to it."""
        for step in steps():
            yield str(decimal.Decimal(str(value or 0)) + step)


class DecimalAsFloatCodec(DecimalCodec):
    """Decimals that the host reads as floats."""

    types = ()
    api_name = "float"

    def take(self, value: Any, dialect: str) -> float:
        """Take a number that loses none of its digits in the column."""
        return float(super().take(value, dialect))

    def encode(self, value: Any) -> float:
        """Make a float of it."""
        return float(value)

    def decode(self, value: Any) -> Any:
        """Return it: it is a float already."""
        return value

    def placeholders(self, old: Any) -> Iterator[float]:
        """Yield a large number, then one above the old one."""
        return large_floats(old)

    def samples(self, value: Any) -> Iterator[int]:
        """Yield numbers far from the value and near to it."""
        for step in steps():
            yield int(value or 0) + step


def large_floats(old: Any) -> Iterator[float]:
    """Yield floats to stand in the place of another, exact in four bytes."""
    yield float(2**22 + DICE.randrange(2**22))
    yield float(old or 0) + 1 + DICE.randrange(1000)


def unsigned_on(kind: Any) -> frozenset[str]:
    """Return the databases on which a column has no negative numbers."""
    able = (name for name, one in BACKENDS.items() if one.has_unsigned)
    return frozenset(name for name in able if is_unsigned(resolved(kind, name)))


def check_sign(number: decimal.Decimal | float, unsigned: bool) -> None:
    """Refuse a negative number where the column has none."""
    if unsigned and number < 0:
        raise ValueError(say("number-negative"))


def _decimal(value: Any) -> decimal.Decimal:
    if isinstance(value, bool) or not isinstance(
        value, str | int | float | decimal.Decimal
    ):
        raise ValueError(say("not-a-number"))
    try:
        text = repr(value) if isinstance(value, float) else str(value).strip()
        exact = decimal.Decimal(text if len(text) < LONGEST else "NaN")
    except (ArithmeticError, ValueError) as error:
        raise ValueError(say("not-a-number")) from error
    if not exact.is_finite() or abs(exact.adjusted()) > LONGEST:
        raise ValueError(say("number-not-storable"))
    return exact


def _digits(
    column_type: sa.Numeric[Any], dialect: str
) -> tuple[int | None, int | None]:
    """Return how many digits fit before and after the point; None: any number."""
    if column_type.precision is not None:
        scale = column_type.scale or 0
        return column_type.precision - scale, scale
    return values_of(dialect).decimal_digits(column_type)


def _check_digits(
    exact: decimal.Decimal, whole: int | None, fraction: int | None, dialect: str
) -> None:
    if fraction is not None and exact != round(exact, fraction):
        raise ValueError(say("too-many-digits-after-point", limit=fraction))
    if whole is not None and abs(exact) >= 10**whole:
        raise ValueError(say("too-many-digits-before-point", limit=whole))
    if values_of(dialect).decimals_are_floats:
        kept = round(decimal.Decimal(float(exact)), fraction or 0)
        if exact != kept:
            raise ValueError(say("too-many-digits"))
