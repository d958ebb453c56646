"""Read from the database what the host's models do not declare about a table.

Used only after the database has refused a row without naming the field.
"""

import decimal
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from draftedit.engine.reading.rows import Row
from draftedit.engine.saving.save_run import SaveRun
from draftedit.engine.schema.model import Part

_BITS = ((sa.SmallInteger, 15), (sa.BigInteger, 63), (sa.Integer, 31))


@dataclass(frozen=True)
class ColumnReference:
    """A field that refers to a column of a table, according to the database."""

    field: str
    table: str
    column: sa.ColumnClause[Any]


def references(work: SaveRun, part: Part) -> Iterator[ColumnReference]:
    """Yield the references of the fields of a part."""
    look = sa.inspect(work.dbsession.connection())
    for key in look.get_foreign_keys(part.name, part.live.schema):
        pairs = zip(key["constrained_columns"], key["referred_columns"], strict=True)
        for name, referred in pairs:
            column: sa.ColumnClause[Any] = sa.column(referred)
            sa.table(key["referred_table"], column, schema=key["referred_schema"])
            yield ColumnReference(name, key["referred_table"], column)


def too_large(work: SaveRun, part: Part, row: Row) -> str | None:
    """Return the field whose value is too large for its column."""
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
    # In SQLAlchemy 2.0, a Float is a Numeric, too; its precision is not one of digits.
    if isinstance(kind, sa.Numeric | sa.Integer) and not isinstance(kind, sa.Float):
        number = value if isinstance(value, int | float | decimal.Decimal) else 0
        return bool(abs(number) >= _limit(kind))
    return False


def _limit(kind: Any) -> Any:
    """Return the first number that is too large for a column."""
    for integer, bits in _BITS:
        if isinstance(kind, integer):
            return 2**bits
    precision = kind.precision or 1000  # as good as any number
    return decimal.Decimal(10) ** (precision - (kind.scale or 0))
