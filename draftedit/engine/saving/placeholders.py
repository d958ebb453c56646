"""Values that stand in for a moment, where a row gives a unique value up."""

from collections.abc import Iterator
from typing import Any

from draftedit.engine.schema.model import Field


def is_possible(field: Field) -> bool:
    """Return whether a column may temporarily hold a meaningless value."""
    return (
        field.references is None
        and field.role in ("value", "order")
        and field.attribute is not None
        and field.column.computed is None
    )


def likeliest(field: Field, dialect: str) -> Any:
    """Return an encoded value that almost certainly no other row has, or None."""
    if not field.codec.on(dialect).has_free_placeholder:
        return None
    return next(candidates(field, None, dialect), None)


def candidates(field: Field, old: Any, dialect: str) -> Iterator[Any]:
    """Yield encoded values to be tried in the place of `old`, the likeliest first."""
    if is_possible(field):
        yield from field.codec.on(dialect).placeholders(old)
