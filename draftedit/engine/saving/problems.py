"""Database errors of a save, as problems: which row, which field, which other row."""

import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from draftedit.engine.draft_rows import DraftRows
from draftedit.engine.errors import Key, Problem, Refused
from draftedit.engine.rows import Row
from draftedit.engine.saving.archive import Revision
from draftedit.engine.saving.compare import LiveRows
from draftedit.engine.saving.plan import Plan
from draftedit.engine.saving.writer import Keys, Writer
from draftedit.engine.schema import Part

# MariaDB reports a failed CHECK (4025) outside the class of integrity errors.
_MARIADB_CHECK = 4025


def write_or_explain(
    rows: DraftRows, plan: Plan, live: LiveRows, revision: Revision
) -> Keys:
    """Write the plan; where the database refuses, find the row and raise Refused.

    A statement for many rows that fails does not say for which: it is rolled back and
    the plan written row by row until the same error names one.
    """
    try:
        return _attempt(Writer(rows, plan, live, revision, one_by_one=False))
    except DBAPIError as error:
        if not _is_about_rows(error):
            raise
    writer = Writer(rows, plan, live, revision, one_by_one=True)
    try:
        return _attempt(writer)
    except DBAPIError as error:
        if not _is_about_rows(error):
            raise
        raise Refused(_explain(rows, writer, error)) from error


def _attempt(writer: Writer) -> Keys:
    with writer.dbsession.begin_nested():
        return writer.write()


def _is_about_rows(error: DBAPIError) -> bool:
    if isinstance(error, IntegrityError | DataError):
        return True
    code = error.orig.args[0] if error.orig and error.orig.args else None
    return code == _MARIADB_CHECK


def _explain(rows: DraftRows, writer: Writer, error: DBAPIError) -> Problem:
    text = str(error.orig)
    row = writer.at.row
    if row is None:
        key = next(iter(writer.at.keys or ()), None)
        message = "The row is deleted, but something outside this object refers to it."
        return Problem(message, table=writer.at.table, key=key)
    part = rows.target.tables[row.table]
    unique = _unique_named(part, text)
    if unique is not None:
        return _taken(rows, writer, part, row, unique)
    field = _field_named(part, row, text)
    return Problem(_message(text, field), part.name, row.key, field)


def _message(text: str, field: str | None) -> str:
    lowered = text.lower()
    if "foreign key" in lowered:
        return "This refers to a row that is not there."
    if "null" in lowered:
        return "This must be given."
    if "too long" in lowered or "out of range" in lowered:
        return "The value does not fit the column."
    if "check" in lowered or "constraint" in lowered:
        return "A rule of the database refuses this value."
    return "The database refuses this value."


def _unique_named(part: Part, text: str) -> tuple[str, ...] | None:
    """Find which unique key an error is about: by its name, or by its columns."""
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


def _taken(
    rows: DraftRows, writer: Writer, part: Part, row: Row, unique: tuple[str, ...]
) -> Problem:
    """Say whose value it is: the database finds the other row by its own collation."""
    values = {
        name: writer.keys.value(part.fields[name], row.values[name]) for name in unique
    }
    other = _holder(rows, part, values, row.key) or _twin(writer, part, row, values)
    settable = [name for name in unique if part.fields[name].insertable]
    spelled = ", ".join(str(row.values[name]) for name in settable or unique)
    label = f" (row {', '.join(map(str, other))})" if other else ""
    return Problem(
        f"{spelled} is taken already by another {part.title}{label}.",
        table=part.name,
        key=row.key,
        field=(settable or list(unique))[-1],
        other=other,
    )


def _holder(
    rows: DraftRows, part: Part, values: Mapping[str, Any], key: Key
) -> Key | None:
    conditions = [
        sa.type_coerce(part.live.c[name], part.fields[name].codec.plain) == value
        for name, value in part.decode(values).items()
    ]
    wanted = sa.select(*(part.fields[name].read() for name in part.key)).where(
        *conditions
    )
    for found in rows.dbsession.execute(wanted):
        encoded = tuple(
            part.fields[name].codec.encode(value)
            for name, value in zip(part.key, found, strict=True)
        )
        if encoded != key:
            return encoded
    return None


def _twin(
    writer: Writer, part: Part, row: Row, values: Mapping[str, Any]
) -> Key | None:
    """Find the other row of the same draft that has these values."""
    written = (*writer.plan.new[part.name], *writer.plan.changed[part.name])
    for other in written:
        if other.key != row.key and all(
            writer.keys.value(part.fields[n], other.values[n]) == v
            for n, v in values.items()
        ):
            return other.key
    return None


def _field_named(part: Part, row: Row, text: str) -> str | None:
    """Find the field an error names, in a message or by its constraint."""
    found = [
        name
        for name in part.fields
        if re.search(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", text)
    ]
    wanted = [name for name in found if name in row.values]
    return max(wanted, key=len, default=None)
