"""Generate values to try with: from a row that exists, and others like it."""

from collections.abc import Callable, Collection, Iterator
from typing import Any

from draftedit.engine.reading.rows import Row
from draftedit.engine.schema.model import Field, Part
from draftedit.engine.schema.unique_keys import model_keys

# Returns what a reference may lead to, by the field's name.
Choices = Callable[[str], list[Any]]


def changes_of(part: Part, row: Row, dialect: str) -> Iterator[tuple[str, Any]]:
    """Yield settable fields of a row, each with a value other than its own.

    The fields least likely to be in a constraint come first.
    """
    names = [name for name, field in part.fields.items() if field.settable]
    unique = unique_columns(part, dialect)
    for name in sorted(names, key=lambda name: (name in unique, _risk(part, name))):
        field = part.fields[name]
        value = other_value(field, row.values[name], dialect)
        if value is not None and field.references is None:
            yield name, value


def unique_columns(part: Part, dialect: str) -> frozenset[str]:
    """Return the columns on which a unique key, an expression or EXCLUDE depends."""
    keys = model_keys(part.live, dialect)
    return frozenset(name for key in keys for name in key.depends_on)


def _risk(part: Part, name: str) -> int:
    return part.fields[name].codec.constraint_risk


def like(
    part: Part, row: Row, unique: Collection[str], choices: Choices, dialect: str
) -> dict[str, Any]:
    """Return the values of a new row that is like another one.

    Values of the key and of `unique` columns are changed, or left out.
    """
    values: dict[str, Any] = {}
    for name, field in part.fields.items():
        value = row.values[name]
        is_own = name in unique or field.role == "key"
        may_be_empty = field.nullable or field.has_default
        if not field.insertable or (may_be_empty and (is_own or value is None)):
            continue
        if is_own and field.references is not None:
            value = next(iter(choices(name)), value)
        elif is_own:
            value = other_value(field, value, dialect)
        values[name] = value
    return values


def other_value(field: Field, value: Any, dialect: str) -> Any:
    """Return a value that the field accepts and that differs; None if none is known.

    A free value is drawn at random, as another row may have any fixed one.
    """
    for candidate in _candidates(field, value):
        try:
            taken = field.codec.parse(candidate, dialect)
        except ValueError:
            continue
        if taken != value:
            return taken
    return None


def _candidates(field: Field, value: Any) -> Iterator[Any]:
    if field.allowed is not None:
        yield from (one for one in field.allowed if one is not None)
    else:
        yield from field.codec.samples(value)
