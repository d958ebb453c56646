"""The values that SQLite keeps."""

import decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from draftedit.engine.dialects.value_rules import AnyDatabase, Digits

PLAIN_DIGITS = 10  # after the point that SQLAlchemy reads by default


class SQLiteValues(AnyDatabase):
    """SQLite: a column takes any length and size, and keeps decimals as floats."""

    limits_integers = False  # and a key has a variant, so that it is counted
    decimals_are_floats = True

    def decimal_digits(self, kind: sa.Numeric[Any]) -> Digits:
        """Return what SQLAlchemy reads."""
        return None, kind.decimal_return_scale or kind.scale or PLAIN_DIGITS

    def float_bits(self, kind: sa.Float[Any]) -> int:
        """Return 53, for all of them."""
        return 53

    def keeps_json_number(self, number: int) -> bool:
        """Tell whether it stays a whole number, or the float is the same.

        SQLite takes a text that looks like a number for one (its column affinity), and
        makes a float of what needs more than 64 bits.
        https://www.sqlite.org/datatype3.html#type_affinity
        """
        if -(2**63) <= number < 2**63:
            return True
        try:
            kept = decimal.Decimal(repr(float(number)))
        except OverflowError:
            return False
        return int(kept) == number

    def counted_type(self) -> TypeEngine[Any]:
        """Return what it counts: columns called INTEGER, and no others."""
        return sa.Integer()
