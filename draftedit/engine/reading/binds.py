"""Bind parameters of the statements in `reading`, and convert their results."""

from collections.abc import Sequence
from typing import Any

from draftedit.engine.base.errors import Key, Unknown
from draftedit.engine.reading.listing import Position, position_of
from draftedit.engine.reading.rows import Row, row_from
from draftedit.engine.reading.statements import FOUND, NUMBER, SCANNED
from draftedit.engine.reading.union_branches import sort_columns
from draftedit.engine.schema.model import Field, Part
from draftedit.engine.values.decorated import HOST_ERRORS, from_host
from draftedit.engine.values.dialect_types import DIALECTS


def parse_key(part: Part, raw: Sequence[Any], dialect: str) -> Key:
    """Parse a key into its encoded form; raise Unknown if that is not possible."""
    if isinstance(raw, str) or len(raw) != len(part.key):
        raise Unknown(part.name, raw)
    try:
        return tuple(
            _parsed(part.fields[name], value, dialect)
            for name, value in zip(part.key, raw, strict=True)
        )
    except HOST_ERRORS:
        raise Unknown(part.name, raw) from None


def _parsed(field: Field, value: Any, dialect: str) -> Any:
    """Parse a value of the database, or else an object of the host's own type."""
    try:
        return field.codec.parse(value, dialect)
    except ValueError:
        plain = from_host(field.column.type, value, DIALECTS[dialect])
        if plain is value:
            raise
        return field.codec.parse(plain, dialect)


def parent_binds(part: Part, parent: Key) -> dict[str, Any]:
    """Return the parameters that name a parent in a page statement."""
    decoded = part.decode(dict(zip(part.parent_fields, parent, strict=True)))
    return {f"parent_{name}": value for name, value in decoded.items()}


def position_binds(part: Part, position: Position) -> dict[str, Any]:
    """Return the parameters that name a position in a page statement."""
    decoded = part.decode(dict(zip(sort_columns(part), position, strict=True)))
    return {f"after_{name}": value for name, value in decoded.items()}


def cut(
    part: Part, records: Sequence[dict[str, Any]], limit: int
) -> tuple[list[Row], Position | None]:
    """Keep `limit` rows; also return the position after which there may be more."""
    rows = [row_from(part, record) for record in records]
    found = [
        row
        for row, record in zip(rows, records, strict=True)
        if record.get(FOUND, True)
    ]
    if len(found) > limit:
        return found[:limit], position_of(part, found[limit - 1])
    # The last row scanned is in the result of a search even if it does not match.
    if records and records[-1].get(NUMBER) == SCANNED:
        return found, position_of(part, rows[-1])
    return found, None
