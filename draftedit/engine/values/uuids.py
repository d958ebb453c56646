"""The codec of UUIDs."""

import copy
import uuid
from collections.abc import Iterator
from typing import Any, Self

import sqlalchemy as sa

from draftedit.engine.dialects import values_of
from draftedit.engine.values.messages import say
from draftedit.engine.values.plain_values import PlainCodec
from draftedit.engine.values.presentation import Notation


class UuidCodec(PlainCodec):
    """UUIDs, spelled as 36 characters."""

    kind: sa.Uuid[Any]

    types = (sa.Uuid,)
    is_text = True
    api_name = "uuid"
    notation = Notation.TEXT

    @classmethod
    def build(cls, kind: sa.Uuid[Any], counted: bool) -> Self:
        """Return the codec of a column type."""
        return cls(kind, copy.copy(kind))

    def take(self, value: Any, dialect: str) -> str:
        """Take what Python reads as a UUID, if the database does."""
        try:
            given = value if isinstance(value, uuid.UUID) else uuid.UUID(value)
        except (AttributeError, TypeError, ValueError) as error:
            raise ValueError(say("not-a-uuid")) from error
        spelled = str(given)
        if not values_of(dialect).takes_uuid(spelled):
            raise ValueError(say("uuid-not-taken"))
        return spelled

    def encode(self, value: Any) -> str:
        """Spell it with hyphens."""
        return str(value)

    def decode(self, value: str) -> uuid.UUID | str:
        """Make of it what SQLAlchemy takes for this column."""
        return self.host_value(self.kind, value)

    @classmethod
    def host_value(cls, kind: sa.Uuid[Any], value: Any) -> uuid.UUID | str:
        """Return a UUID, or its text where the host has asked for that."""
        return uuid.UUID(str(value)) if kind.as_uuid else str(value)

    def placeholders(self, old: Any) -> Iterator[str]:
        """Yield a random one."""
        yield str(uuid.uuid4())

    def samples(self, value: Any) -> Iterator[str]:
        """Yield a random one."""
        yield str(uuid.uuid4())
