"""What draftedit asks about the values that a database keeps, and their types."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

Digits = tuple[int | None, int | None]


class ValueRules(ABC):
    """The part of `Backend` that is about values: which ones come back as they were."""

    # --- Times

    # Whether it keeps `infinity`, years before Christ and after 9999, 24:00 as a time,
    # and months in a span.
    keeps_odd_times: ClassVar[bool]
    # Whether a TIME is a span of up to 838 hours, of either sign.
    time_is_span: ClassVar[bool]
    # Whether it has a type for spans; elsewhere they are moments, counted from 1970.
    has_spans: ClassVar[bool]
    # The digits of a second's fraction that a span keeps.
    span_digits: ClassVar[int]

    # --- Numbers

    # Whether the type of a column limits its whole numbers.
    limits_integers: ClassVar[bool]
    # Whether it has columns without negative numbers.
    has_unsigned: ClassVar[bool]
    # Whether it keeps a decimal as a float.
    decimals_are_floats: ClassVar[bool]
    # The digits that it shows of a float of single precision; None: the fewest that
    # distinguish it from all others.
    float_digits: ClassVar[int | None]

    # --- Texts and JSON

    # The collation that compares bytes, for order keys; None: the default one does.
    bytes_collation: ClassVar[str | None]
    # Whether a table's options name the collation of its columns.
    tables_have_collations: ClassVar[bool]
    # The levels of JSON that its functions read, around those of our own; None: any.
    json_levels: ClassVar[int | None]

    @abstractmethod
    def second_digits(self, kind: TypeEngine[Any]) -> int:
        """Return the digits of a second's fraction that a column keeps: 6 at most."""

    @abstractmethod
    def decimal_digits(self, kind: sa.Numeric[Any]) -> Digits:
        """Return the digits before and after the point of a column without precision.

        None: any number of them.
        """

    @abstractmethod
    def float_bits(self, kind: sa.Float[Any]) -> int:
        """Return the bits of a column's floats: 24 or fewer are single precision."""

    @abstractmethod
    def takes_uuid(self, text: str) -> bool:
        """Tell whether its type takes a UUID, spelled with hyphens."""

    @abstractmethod
    def keeps_json_number(self, number: int) -> bool:
        """Tell whether a number that is all of a JSON value comes back as it was."""

    @abstractmethod
    def most_bytes(self, kind: TypeEngine[Any]) -> int | None:
        """Return the bytes that a text or blob without a length holds; None: any."""

    # --- Types of our own tables; None: SQLAlchemy's type is right as it is

    @abstractmethod
    def moment_type(self) -> TypeEngine[Any] | None:
        """Return the type of a moment to the microsecond."""

    @abstractmethod
    def counted_type(self) -> TypeEngine[Any] | None:
        """Return the type of a key of 64 bits that the database counts."""

    @abstractmethod
    def exact_type(self, length: int, counts_blanks: bool) -> TypeEngine[Any] | None:
        """Return the type of a text that compares byte by byte.

        `counts_blanks`: those at its end, too.
        """

    @abstractmethod
    def long_type(self, kind: TypeEngine[Any]) -> TypeEngine[Any] | None:
        """Return the type of a text or blob like `kind` without its limit."""

    @abstractmethod
    def table_type(self, kind: sa.String, words: dict[str, str]) -> TypeEngine[Any]:
        """Return a text's type with `charset` and `collation`, as `words` name them.

        Asked only where `tables_have_collations`.
        """


class AnyDatabase(ValueRules):
    """What holds where no database is known, and for most of them: nothing special."""

    keeps_odd_times = False
    time_is_span = False
    has_spans = False
    span_digits = 6
    limits_integers = True
    has_unsigned = False
    decimals_are_floats = False
    float_digits: ClassVar[int | None] = None
    bytes_collation: ClassVar[str | None] = None
    tables_have_collations = False
    json_levels: ClassVar[int | None] = None

    def second_digits(self, kind: TypeEngine[Any]) -> int:
        """Return 6."""
        return 6

    def decimal_digits(self, kind: sa.Numeric[Any]) -> Digits:
        """Return any."""
        return None, None

    def float_bits(self, kind: sa.Float[Any]) -> int:
        """Return what the standard has for REAL and FLOAT."""
        if isinstance(kind, sa.Double):
            return 53
        return 24 if isinstance(kind, sa.REAL) else kind.precision or 53

    def takes_uuid(self, text: str) -> bool:
        """Return true."""
        return True

    def keeps_json_number(self, number: int) -> bool:
        """Return true."""
        return True

    def most_bytes(self, kind: TypeEngine[Any]) -> int | None:
        """Return None."""
        return None

    def moment_type(self) -> TypeEngine[Any] | None:
        """Return None."""
        return None

    def counted_type(self) -> TypeEngine[Any] | None:
        """Return None."""
        return None

    def exact_type(self, length: int, counts_blanks: bool) -> TypeEngine[Any] | None:
        """Return None."""
        return None

    def long_type(self, kind: TypeEngine[Any]) -> TypeEngine[Any] | None:
        """Return None."""
        return None

    def table_type(self, kind: sa.String, words: dict[str, str]) -> TypeEngine[Any]:
        """Return the type: no table has collations of its own."""
        return kind
