"""Order keys: strings between two neighbours, so that a move writes one row.

A key is six base-62 digits, counted up and down for places at either end, and a
fraction for places in between. Compared byte by byte, on every database.
"""

import re
from typing import Any

from sqlalchemy import String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from draftedit.engine.dialects import ALL, values_of

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BASE = len(DIGITS)
WIDTH = 6  # digits before the fraction: 5.7e10 places at the ends
MIDDLE = BASE**WIDTH // 2
MAX_LENGTH = 64  # a longer key is refused: its siblings are re-keyed instead

# A fraction never ends in 0: between "x" and "x0" no key would fit.
_KEY = re.compile(rf"[0-9A-Za-z]{{{WIDTH}}}([0-9A-Za-z]*[1-9A-Za-z])?")


class NoRoom(ValueError):
    """Between these two keys no key of the permitted length fits."""


class OrderKey(TypeDecorator[str]):
    """Column type of an order key: ASCII, compared byte-wise on every database."""

    impl = String
    cache_ok = True
    # For Alembic, which spells a type of SQLAlchemy as `sa.` and its repr: a host's
    # migrations name no module of ours.
    __module__ = "sqlalchemy.types"

    def __repr__(self) -> str:
        """Spell the type without us, for the migrations of hosts."""
        spelled = f"String({MAX_LENGTH})"
        for one in ALL:
            if one.bytes_collation is not None:
                own = f"sa.String({MAX_LENGTH}, collation={one.bytes_collation!r})"
                names = ", ".join(map(repr, one.dialects))
                spelled += f".with_variant({own}, {names})"
        return spelled

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by the real place of the class."""
        return _order_key, ()

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the collation that compares bytes."""
        collation = values_of(dialect.name).bytes_collation
        return dialect.type_descriptor(String(MAX_LENGTH, collation=collation))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Refuse what is no order key before it reaches the table."""
        if value is not None and not is_order_key(value):
            raise ValueError(f"{value!r} is no order key")
        return value


def _order_key() -> OrderKey:
    return OrderKey()


def is_order_key(text: str) -> bool:
    """Return whether `text` may stand in an `OrderKey` column."""
    return len(text) <= MAX_LENGTH and _KEY.fullmatch(text) is not None


def between(low: str | None, high: str | None) -> str:
    """Return a key after `low` and before `high`; None stands for either end.

    Raises NoRoom when the neighbours are equal, out of order, no order keys, or
    when the key would be longer than MAX_LENGTH.
    """
    for key in (low, high):
        if key is not None and not is_order_key(key):
            raise NoRoom(f"{key!r} is no order key")
    if low is None:
        return _digits(MIDDLE) if high is None else _place(_number(high) - 1)
    if high is None:
        return _place(_number(low) + 1)
    if low >= high:
        raise NoRoom(f"{low!r} does not come before {high!r}")
    first, last = _number(low), _number(high)
    if last - first > 1:
        return _digits((first + last) // 2)
    upper = high[WIDTH:] if last == first else None
    key = _digits(first) + _fraction(low[WIDTH:], upper)
    if len(key) > MAX_LENGTH:
        raise NoRoom(f"a key between {low!r} and {high!r} would be too long")
    return key


def spread(count: int, low: str | None = None, high: str | None = None) -> list[str]:
    """Return `count` keys in order, evenly between `low` and `high`.

    Raises NoRoom as `between` does.
    """
    if count == 0:
        return []
    if low is None or high is None:
        return _run(count, low, high)
    middle = count // 2
    key = between(low, high)
    return [*spread(middle, low, key), key, *spread(count - middle - 1, key, high)]


def _run(count: int, low: str | None, high: str | None) -> list[str]:
    keys: list[str] = []
    for _ in range(count):
        low, high = (low, between(low, high)) if high else (between(low, high), high)
        keys.append(high or low or "")
    return keys[::-1] if high else keys


def _place(number: int) -> str:
    if not 0 < number < BASE**WIDTH - 1:
        raise NoRoom("the end of the order is reached")
    return _digits(number)


def _number(key: str) -> int:
    number = 0
    for digit in key[:WIDTH]:
        number = number * BASE + DIGITS.index(digit)
    return number


def _digits(number: int) -> str:
    digits = ""
    for _ in range(WIDTH):
        number, digit = divmod(number, BASE)
        digits = DIGITS[digit] + digits
    return digits


def _fraction(low: str, high: str | None) -> str:
    """Return the short fraction midway between two; `high` None stands for 1."""
    prefix = ""
    while True:
        first = DIGITS.index(low[0]) if low else 0
        last = DIGITS.index(high[0]) if high else BASE
        if last - first > 1:
            return prefix + DIGITS[(first + last) // 2]
        prefix += DIGITS[first]
        low = low[1:]
        # Once the digits differ, everything above `low` under this prefix is free.
        high = high[1:] if high and last == first else None
