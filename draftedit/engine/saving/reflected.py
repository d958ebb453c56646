"""What a table is like in the database, where the host's models say less of it.

Asked only once the database has refused a row without saying which field it was.
"""

import decimal
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from draftedit.engine.rows import Row
from draftedit.engine.saving.work import Work
from draftedit.engine.schema import Part

_BITS = ((sa.SmallInteger, 15), (sa.BigInteger, 63), (sa.Integer, 31))


@dataclass(frozen=True)
class Reference:
    """A field that the database has refer to a column of a table."""

    field: str
    table: str
    column: sa.ColumnClause[Any]


def references(work: Work, part: Part) -> Iterator[Reference]:
    """Yield what the fields of a part refer to."""
    look = sa.inspect(work.dbsession.connection())
    for key in look.get_foreign_keys(part.name, part.live.schema):
        pairs = zip(key["constrained_columns"], key["referred_columns"], strict=True)
        for name, referred in pairs:
            column: sa.ColumnClause[Any] = sa.column(referred)
            sa.table(key["referred_table"], column, schema=key["referred_schema"])
            yield Reference(name, key["referred_table"], column)


def too_large(work: Work, part: Part, row: Row) -> str | None:
    """Find the field whose value the column does not hold."""
    values = part.decode(row.values)
    look = sa.inspect(work.dbsession.connection())
    for column in look.get_columns(part.name, part.live.schema):
        if _overflows(column["type"], values.get(column["name"])):
            return str(column["name"])
    return None


def _overflows(kind: Any, value: Any) -> bool:
    if isinstance(kind, sa.String):
        text = value if isinstance(value, str) else ""
        return kind.length is not None and len(text) > kind.length
    if isinstance(kind, sa.Numeric | sa.Integer):
        number = value if isinstance(value, int | float | decimal.Decimal) else 0
        return bool(abs(number) >= _limit(kind))
    return False


def _limit(kind: Any) -> Any:
    """Return the first number that a column does not hold."""
    for integer, bits in _BITS:
        if isinstance(kind, integer):
            return 2**bits
    precision = kind.precision or 1000  # as good as any number
    return decimal.Decimal(10) ** (precision - (kind.scale or 0))
