"""Column types of our own tables, the same on every database."""

import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from draftedit.engine.dialects import BACKENDS, with_types
from draftedit.engine.values.codecs import UTC


class UtcDateTime(TypeDecorator[datetime.datetime]):
    """A moment in UTC, to the microsecond, aware in Python on every database."""

    impl = with_types(sa.DateTime(timezone=True), lambda one: one.moment_type())
    cache_ok = True
    # For Alembic, which spells what it takes for a type of MySQL with the import that
    # it needs: a host's migrations name no module of ours.
    __module__ = "sqlalchemy.dialects.mysql"

    def __repr__(self) -> str:
        """Spell the type without us, for the migrations of hosts."""
        others = (n for n, one in BACKENDS.items() if one.moment_type() is None)
        names = ", ".join(map(repr, others))
        return f"DATETIME(fsp=6).with_variant(sa.DateTime(timezone=True), {names})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by the real place of the class."""
        return _utc_date_time, ()

    def process_bind_param(
        self, value: datetime.datetime | None, dialect: Dialect
    ) -> datetime.datetime | None:
        """Refuse a moment without a zone; write UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone")
        return value.astimezone(UTC)

    def process_result_value(
        self, value: datetime.datetime | None, dialect: Dialect
    ) -> datetime.datetime | None:
        """Put the zone back where the database forgot it."""
        if value is None or value.tzinfo is not None:
            return value and value.astimezone(UTC)
        return value.replace(tzinfo=UTC)


def _utc_date_time() -> UtcDateTime:
    return UtcDateTime()


def name_type(length: int) -> sa.String:
    """Return a text type that compares byte by byte, so that keys are exact."""
    return with_types(sa.String(length), lambda one: one.exact_type(length, False))


def counted_type() -> sa.BigInteger:
    """Return the type of a key of 64 bits that every database counts."""
    return with_types(sa.BigInteger(), lambda one: one.counted_type())
