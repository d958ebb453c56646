"""Convert between a host's values of decorated types and those of the database.

https://docs.sqlalchemy.org/en/21/core/custom_types.html#augmenting-existing-types
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from draftedit.engine.values.codecs import host_value
from draftedit.engine.values.dialect_types import variant
from draftedit.engine.values.messages import say

# What a host's type, validator or default may raise for a value that it does not know.
HOST_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)


def to_host(kind: Any, plain: Any, dialect: Dialect) -> Any:
    """Convert to the host's value: a member of an enum, an object of a type.

    Raises ValueError for a type that changes values when they are written, and not when
    they are read, if it would change this one once more: a password would be hashed
    twice. Also raises what the host's type does.
    """
    kind = variant(kind, dialect.name)
    if not isinstance(kind, sa.TypeDecorator):
        return host_value(kind, plain)
    inner = to_host(kind.load_dialect_impl(dialect), plain, dialect)
    if _reads(kind):
        return kind.process_result_value(inner, dialect)
    if _binds(kind):
        once = kind.process_bind_param(inner, dialect)
        if kind.process_bind_param(once, dialect) != once:
            raise ValueError(say("changed-when-written"))
    return inner


def from_host(kind: Any, value: Any, dialect: Dialect) -> Any:
    """Convert from the host's value of a decorated type. Raises what the type does."""
    kind = variant(kind, dialect.name)
    if not isinstance(kind, sa.TypeDecorator):
        return value
    inner = kind.process_bind_param(value, dialect) if _binds(kind) else value
    return from_host(kind.load_dialect_impl(dialect), inner, dialect)


def _reads(kind: sa.TypeDecorator[Any]) -> bool:
    own, base = type(kind), sa.TypeDecorator
    return own.process_result_value is not base.process_result_value


def _binds(kind: sa.TypeDecorator[Any]) -> bool:
    own, base = type(kind), sa.TypeDecorator
    return own.process_bind_param is not base.process_bind_param
