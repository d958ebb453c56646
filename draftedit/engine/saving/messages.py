"""What databases say when they refuse a row: which constraint, which column, why."""

import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from draftedit.engine.schema import Part

# MariaDB reports a failed CHECK and a trigger's SIGNAL outside the integrity errors,
_MARIADB = frozenset({4025, 1644})
# PostgreSQL a trigger's RAISE.
_POSTGRESQL = frozenset({"P0001"})


def is_about_rows(error: DBAPIError) -> bool:
    """Tell whether the database refuses what is written, not to work."""
    if isinstance(error, IntegrityError | DataError):
        return True
    code = error.orig.args[0] if error.orig and error.orig.args else None
    return code in _MARIADB or getattr(error.orig, "sqlstate", None) in _POSTGRESQL


# What the three databases write, in this order: PostgreSQL's "check" quotes the row.
_REASONS = (
    (r"not[ -]null|cannot be null|default value", "This must be given."),
    (r"\bcheck\b|^constraint", "A rule of the database refuses this value."),
    (r"too long|out of range|overflow", "The value does not fit the column."),
)


def is_foreign_key(error: DBAPIError) -> bool:
    """Tell whether the error is about a reference to a row, or from one."""
    return "foreign key" in str(error.orig).lower()


def reason(error: DBAPIError) -> str:
    """Say why in our words."""
    text = _headline(error)
    for pattern, message in _REASONS:
        if re.search(pattern, text, re.IGNORECASE):
            return message
    return "The database refuses this value."


def _headline(error: DBAPIError) -> str:
    """Return what the error says, without the number and without quoted rows."""
    arguments = error.orig.args if error.orig else ()
    text = str(arguments[-1]) if arguments else ""
    return text.partition("\n")[0]


def unique_named(part: Part, error: DBAPIError) -> tuple[str, ...] | None:
    """Find which unique key an error is about: by its name, or by its columns."""
    text = str(error.orig)
    if not re.search(r"unique|duplicate", text, re.IGNORECASE):
        return None
    for unique, name in _unique_names(part):
        if name and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text):
            return unique
    return _unnamed_unique(part, text) or part.key


def _unnamed_unique(part: Part, text: str) -> tuple[str, ...]:
    """Find the columns of a unique key that has no name of the host's."""
    # SQLite: "UNIQUE constraint failed: line.order_id, line.number"
    columns = re.findall(rf"(?<!\w){re.escape(part.name)}\.(\w+)", text)
    # PostgreSQL: "Key (order_id, number)=(1, 2) already exists."
    if found := re.search(r"Key \((.+?)\)=\(", text):
        columns = found[1].replace('"', "").split(", ")
    # MariaDB calls a key by its first column: "… for key 'number'"
    if found := re.search(r"for key '(?:.*\.)?(\w+?)(?:_\d+)?'", text):
        columns = next((list(u) for u in part.uniques if u[0] == found[1]), columns)
    return tuple(name for name in columns if name in part.fields)


def _unique_names(part: Part) -> list[tuple[tuple[str, ...], str | None]]:
    uniques: list[sa.UniqueConstraint | sa.Index] = [
        c for c in part.live.constraints if isinstance(c, sa.UniqueConstraint)
    ]
    uniques += [index for index in part.live.indexes if index.unique]
    return [
        (tuple(column.name for column in one.columns), _name_of(one)) for one in uniques
    ]


def _name_of(one: Any) -> str | None:
    return None if one.name is None else str(one.name)


def field_named(part: Part, error: DBAPIError) -> str | None:
    """Find the field an error names, in its text or by the name of a constraint."""
    text = _headline(error)
    found = [
        name
        for name in part.fields
        if re.search(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", text)
    ]
    return max(found, key=len, default=None)
