"""The codec of what only its database can read, kept as the text that it writes."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from draftedit.engine.dialects import BACKENDS
from draftedit.engine.values.dialect_types import resolved
from draftedit.engine.values.strings import TextCodec, checked


class DatabaseTextCodec(TextCodec):
    """Types of PostgreSQL alone whose text, written back, gives the same value."""

    types = (
        postgresql.INET,
        postgresql.CIDR,
        postgresql.MACADDR,
        postgresql.MACADDR8,
        postgresql.TSVECTOR,
        postgresql.TSQUERY,
    )
    spelled_by_database = True

    @classmethod
    def build(cls, kind: Any, counted: bool) -> Self:
        """Return the codec of a column type."""
        return cls(kind, sa.Text(), written=kind, text_type=sa.Text())

    @property
    def length(self) -> None:
        """Nothing is known of it."""

    @property
    def is_computed(self) -> bool:
        """Return whether triggers or generated columns fill it, as they do vectors."""
        kinds = (resolved(self.kind, name) for name in BACKENDS)
        return any(isinstance(kind, postgresql.TSVECTOR) for kind in kinds)

    @property
    def has_free_placeholder(self) -> bool:
        """Tell whether anybody writes it: if so, what is drawn is long."""
        return not self.is_computed

    def take(self, value: Any, dialect: str) -> str:
        """Take any text: the database is asked whether it reads it."""
        return checked(value)

    def placeholders(self, old: Any) -> Iterator[str]:
        """Yield a random value, in the spelling of the database."""
        kinds = [resolved(self.kind, name) for name in BACKENDS]
        for known, draw in _DRAWS.items():
            if any(isinstance(kind, known) for kind in kinds):
                yield draw()

    def samples(self, value: Any) -> Iterator[str]:
        """Yield a random value."""
        return self.placeholders(value)


def _address() -> str:
    """Return an address of a private network (RFC 4193), as long as they get."""
    groups = [f"{0x1000 + secrets.randbelow(0xF000):x}" for _ in range(7)]
    return f"fd{secrets.token_hex(1)}:{':'.join(groups)}/128"


def _hardware_address(count: int) -> str:
    """Return a locally administered address of `count` bytes."""
    return ":".join(("02", *(secrets.token_hex(1) for _ in range(count - 1))))


_DRAWS: Mapping[type[Any], Callable[[], str]] = {
    postgresql.INET: _address,
    postgresql.CIDR: _address,
    postgresql.MACADDR: lambda: _hardware_address(6),
    postgresql.MACADDR8: lambda: _hardware_address(8),
    postgresql.TSQUERY: lambda: f"'{secrets.token_hex(8)}'",
}
