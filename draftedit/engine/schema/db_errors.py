"""Interpret database errors that refuse a row: which constraint, which column, why."""

import re
from collections.abc import Iterable

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from draftedit.engine.base.messages import say
from draftedit.engine.dialects import backend_of_error, error_is
from draftedit.engine.dialects.backend import headline
from draftedit.engine.dialects.facts import ErrorKind
from draftedit.engine.schema.model import Part
from draftedit.engine.schema.unique_keys import UniqueKey


def is_about_rows(error: DBAPIError) -> bool:
    """Return whether the error refuses the data, rather than to work at all."""
    return isinstance(error, IntegrityError | DataError) or error_is(error, "refused")


_REASONS: tuple[tuple[ErrorKind, str], ...] = (
    ("not_null", say("value-missing")),
    ("check", say("refused-by-rule")),
    ("does_not_fit", say("value-does-not-fit")),
    ("wrong_value", say("value-does-not-fit")),
)


def is_foreign_key(error: DBAPIError) -> bool:
    """Return whether the error is about a reference to a row, or from one."""
    return error_is(error, "foreign_key")


def reason(error: DBAPIError) -> str:
    """Return the reason in our words."""
    for kind, message in _REASONS:
        if error_is(error, kind):
            return message
    return say("refused-by-database")


def unique_named(
    part: Part, keys: Iterable[UniqueKey], error: DBAPIError
) -> UniqueKey | None:
    """Return the unique key that an error is about, the primary key included."""
    backend = backend_of_error(error)
    if backend is None or not backend.error_is(error, "unique"):
        return None
    text = backend.named_in(error)
    # SQLite: "UNIQUE constraint failed: line.order_id, line.number"
    columns = re.findall(rf"(?<!\w){re.escape(part.name)}\.(\w+)", text)
    named = (one for one in keys if _is_named(one, text) or [*one.columns] == columns)
    return next(named, UniqueKey(None, part.key))


def _is_named(key: UniqueKey, text: str) -> bool:
    name = key.name
    return bool(name and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text))


def field_named(part: Part, error: DBAPIError) -> str | None:
    """Return the field an error names, in its text or by the name of a constraint."""
    text = headline(error)
    found = [
        name
        for name in part.fields
        if re.search(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", text)
    ]
    return max(found, key=len, default=None)
