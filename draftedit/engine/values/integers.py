"""The codec of whole numbers, with a sign or without."""

import random
import secrets
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine

from draftedit.engine.dialects import ANY, BACKENDS, values_of
from draftedit.engine.values.dialect_types import DIALECTS, resolved
from draftedit.engine.values.messages import say
from draftedit.engine.values.plain_values import PlainCodec
from draftedit.engine.values.presentation import Notation

_BITS = (
    (mysql.TINYINT, 8),
    (mysql.MEDIUMINT, 24),
    (sa.SmallInteger, 16),
    (sa.BigInteger, 64),
)
EXACT_INTEGER = 2**53  # beyond it a JSON number may lose digits: spelled as text
LONGEST = 200  # digits that a number may have
DICE = random.SystemRandom()


class IntegerCodec(PlainCodec):
    """Whole numbers, spelled as text where JSON would lose digits."""

    types = (mysql.YEAR, sa.Integer)
    api_name = "integer"
    notation = Notation.INTEGER
    constraint_risk = 3
    is_whole = True

    @classmethod
    def build(cls, kind: TypeEngine[Any], counted: bool) -> Self:
        """Return the codec of a column type."""
        return cls(kind, _signed(kind), counted)

    @cached_property
    def _ranges(self) -> Mapping[str, Sequence[int]]:
        names = ("", *DIALECTS)
        return {name: _range(self.kind, name, self.counted) for name in names}

    def take(self, value: Any, dialect: str) -> Any:
        """Take a whole number that the column holds; a draft's keys are negative."""
        number = _whole(value)
        known = self._ranges[dialect]
        if number not in known:
            least, most = known[0], known[-1]
            raise ValueError(say("number-out-of-range", least=least, most=most))
        return self.encode(number)

    def encode(self, value: Any) -> Any:
        """Spell it as a number if JSON keeps all of its digits, else as text."""
        # MariaDB makes a decimal of what it merges from signed and unsigned columns.
        number = int(value)
        # SQLite keeps 1.5 in a column of integers.
        if number != value and not isinstance(value, str):
            raise ValueError(say("not-a-whole-number"))
        return number if abs(number) <= EXACT_INTEGER else str(number)

    def decode(self, value: Any) -> int:
        """Make an int of it."""
        return int(value)

    def placeholders(self, old: Any) -> Iterator[int]:
        """Yield large numbers, then some above the old one."""
        bits = 15 if isinstance(self.kind, sa.SmallInteger) else 31
        half: int = 2 ** (bits - 1)
        yield half + DICE.randrange(half)
        for reach in (1000, 100, 10):
            yield int(old or 0) + 1 + DICE.randrange(reach)
        yield -1 - DICE.randrange(half)

    def samples(self, value: Any) -> Iterator[int]:
        """Yield numbers far from the value and near to it."""
        for step in steps():
            yield int(value or 0) + step


def steps() -> tuple[int, ...]:
    """Return what is added to a number to make others of it."""
    return 1_000 + secrets.randbelow(1_000_000), 1 + secrets.randbelow(20), 1, -1


def _range(column_type: TypeEngine[Any], dialect: str, counted: bool) -> Sequence[int]:
    """Return the numbers that a column takes on a database.

    SQLite takes all of them in each, and has a variant so that it counts a key.
    """
    here = values_of(dialect)
    kind = resolved(column_type, dialect if here.limits_integers else ANY)
    if isinstance(kind, mysql.YEAR):
        return (0, *range(1901, 2156))  # others would be taken for two digits of one
    bits = next((bits for known, bits in _BITS if isinstance(kind, known)), 32)
    numbers = range(-(2 ** (bits - 1)), 2 ** (bits - 1))
    if here.has_unsigned and is_unsigned(kind):
        numbers = range(2**bits)
    return range(-(2**63), numbers.stop) if counted else numbers


def is_unsigned(kind: TypeEngine[Any]) -> bool:
    """Return whether MariaDB keeps no negative number in a column."""
    return bool(getattr(kind, "unsigned", False) or getattr(kind, "zerofill", False))


def _signed(column_type: TypeEngine[Any]) -> TypeEngine[Any]:
    """Return the type that has all numbers of a column, and a draft's own keys."""
    plain = sa.BigInteger()
    for name in (n for n, one in BACKENDS.items() if one.has_unsigned):
        kind = resolved(column_type, name)
        if isinstance(kind, sa.BigInteger) and is_unsigned(kind):
            plain = plain.with_variant(mysql.DECIMAL(20, 0), name)
    return plain


def _whole(value: Any) -> int:
    if isinstance(value, str):
        digits = value.strip().removeprefix("-")
        if digits.isascii() and digits.isdecimal():
            if len(digits) > LONGEST:
                raise ValueError(say("number-too-large"))
            return int(value)
    elif isinstance(value, float) and value.is_integer():
        return int(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError(say("not-a-whole-number"))
