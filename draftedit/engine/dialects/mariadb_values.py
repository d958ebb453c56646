"""The values that MariaDB keeps."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects.mysql.mariadb import MariaDBDialect
from sqlalchemy.types import TypeEngine

from draftedit.engine.dialects.value_rules import AnyDatabase, Digits

_DIALECT = MariaDBDialect()
_BYTES = 2**16 - 1  # that a TEXT or a BLOB holds
_SHORT = (sa.Text, sa.TEXT, sa.UnicodeText, sa.LargeBinary, sa.BLOB)


class MariaDBValues(AnyDatabase):
    """MariaDB: its own sizes of texts, times and numbers."""

    time_is_span = True  # https://mariadb.com/kb/en/time/
    span_digits = 0
    has_unsigned = True
    float_digits = 6  # https://mariadb.com/kb/en/float/
    bytes_collation = "ascii_bin"
    tables_have_collations = True
    json_levels = 28  # its functions stop at 32, with the journal's own around

    def second_digits(self, kind: TypeEngine[Any]) -> int:
        """Return the column's fractional digits: none by default."""
        return getattr(kind.dialect_impl(_DIALECT), "fsp", None) or 0

    def decimal_digits(self, kind: sa.Numeric[Any]) -> Digits:
        """Return what DECIMAL means."""
        return 10, 0

    def float_bits(self, kind: sa.Float[Any]) -> int:
        """Return 24 for FLOAT, and 53 for REAL, which is a DOUBLE."""
        is_double = isinstance(kind, sa.Double | sa.REAL)
        return 53 if is_double else kind.precision or 24

    def takes_uuid(self, text: str) -> bool:
        """Refuse a version that the variant does not have."""
        return not text[14] > "7" >= text[19]

    def most_bytes(self, kind: TypeEngine[Any]) -> int | None:
        """Return 64 KiB for TEXT and BLOB."""
        return _BYTES if type(kind.dialect_impl(_DIALECT)) in _SHORT else None

    def moment_type(self) -> TypeEngine[Any]:
        """Return DATETIME to the microsecond: it has no zone."""
        return mysql.DATETIME(fsp=6)

    def exact_type(self, length: int, counts_blanks: bool) -> TypeEngine[Any]:
        """Return a VARCHAR of a binary collation, of all of Unicode."""
        collation = "utf8mb4_nopad_bin" if counts_blanks else "utf8mb4_bin"
        return mysql.VARCHAR(length, charset="utf8mb4", collation=collation)

    def long_type(self, kind: TypeEngine[Any]) -> TypeEngine[Any]:
        """Return LONGTEXT, of the same character set and collation, or LONGBLOB."""
        if isinstance(kind, sa.LargeBinary):
            return mysql.LONGBLOB()
        own: Any = kind.dialect_impl(_DIALECT)
        charset = getattr(own, "charset", None)
        return mysql.LONGTEXT(charset=charset, collation=own.collation)

    def table_type(self, kind: sa.String, words: dict[str, str]) -> TypeEngine[Any]:
        """Return LONGTEXT, CHAR or VARCHAR."""
        if kind.length is None:
            return mysql.LONGTEXT(**words)
        text = mysql.CHAR if isinstance(kind, sa.CHAR) else mysql.VARCHAR
        return text(kind.length, **words)
