"""Where the database refuses a save: which row, which field, which other row."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from draftedit.engine.draft_rows import DraftRows
from draftedit.engine.errors import Key, Problem, Refused
from draftedit.engine.rows import Row
from draftedit.engine.saving import messages, reflected
from draftedit.engine.saving.deferred import MISSING
from draftedit.engine.saving.live import bound, encoded_key
from draftedit.engine.saving.plan import Plan
from draftedit.engine.saving.reflected import Reference
from draftedit.engine.saving.revision import Revision
from draftedit.engine.saving.sides import LiveRows
from draftedit.engine.saving.work import Work
from draftedit.engine.saving.writer import write
from draftedit.engine.schema import Part
from draftedit.engine.tables import Tables

IN_USE = "The row is deleted, but something outside this object refers to it."


def write_or_explain(
    rows: DraftRows, tables: Tables, plan: Plan, live: LiveRows, revision: Revision
) -> Work:
    """Write the plan; where the database refuses, find the row and raise Refused.

    A statement for many rows that fails does not say for which: it is rolled back and
    the plan written row by row until the same error names one.
    """
    quick = Work(rows, tables, plan, live, replace(revision), one_by_one=False)
    try:
        return _attempt(quick)
    except DBAPIError as error:
        if not messages.is_about_rows(error):
            raise
    work = Work(rows, tables, plan, live, replace(revision), one_by_one=True)
    try:
        return _attempt(work)
    except DBAPIError as error:
        if not messages.is_about_rows(error):
            raise
        raise Refused(_explain(work, error)) from error


def _attempt(work: Work) -> Work:
    with work.dbsession.begin_nested():
        write(work)
    return work


def _explain(work: Work, error: DBAPIError) -> Problem:
    at = work.at
    if at.table is None:
        return _of_deferred(work, error)
    part = work.target.tables[at.table]
    if at.row is not None:
        unique = messages.unique_named(part, error)
        if unique is not None:
            return _taken(work, part, at.row, unique)
        if messages.is_foreign_key(error):
            return Problem(MISSING, part.name, at.key, _missing(work, part, at.row))
    if messages.is_foreign_key(error):
        return Problem(IN_USE, part.name, at.key)
    field = messages.field_named(part, error)
    if field is None and at.row is not None:
        field = reflected.too_large(work, part, at.row)
    return Problem(messages.reason(error), part.name, at.key, field)


def _of_deferred(work: Work, error: DBAPIError) -> Problem:
    """Find the row of a deferred constraint that is violated in the end."""
    for part in work.target.tables.values():
        unique = messages.unique_named(part, error)
        for row in (*work.plan.new[part.name], *work.plan.changed[part.name]):
            if unique is not None and _holder(work, part, row, unique) is not None:
                return _taken(work, part, row, unique)
    in_use = messages.is_foreign_key(error)
    return Problem(IN_USE if in_use else messages.reason(error))


def _missing(work: Work, part: Part, row: Row) -> str | None:
    """Find the reference to nothing: not every database names it."""
    found = sorted(reflected.references(work, part), key=lambda one: one.field)
    return next((one.field for one in found if _is_void(work, part, row, one)), None)


def _is_void(work: Work, part: Part, row: Row, reference: Reference) -> bool:
    """Tell whether a row refers to one that is neither live nor new in the draft."""
    value, table = row.values.get(reference.field), reference.table
    if value is None:
        return False
    name = reference.column.name
    if table in work.target.tables and value in work.new_values(table, name):
        return False
    wanted = bound(part.fields[reference.field], value)
    there = sa.select(sa.literal(1)).where(reference.column == wanted)
    return work.dbsession.scalar(there.limit(1)) is None


def _taken(work: Work, part: Part, row: Row, unique: tuple[str, ...]) -> Problem:
    """Say whose value it is: the database finds the other row by its own collation."""
    other = _holder(work, part, row, unique) or _twin(work, part, row, unique)
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


def _real(
    work: Work, part: Part, row: Row, unique: tuple[str, ...]
) -> Mapping[str, Any]:
    return {
        name: work.keys.value(part.fields[name], row.values[name]) for name in unique
    }


def _holder(work: Work, part: Part, row: Row, unique: tuple[str, ...]) -> Key | None:
    """Find the live row that has the values, before the save."""
    values = _real(work, part, row, unique)
    wanted = sa.select(*(part.fields[name].read() for name in part.key)).where(
        *(part.live.c[n] == bound(part.fields[n], v) for n, v in values.items())
    )
    found = (encoded_key(part, record) for record in work.dbsession.execute(wanted))
    return next((key for key in found if key != row.key), None)


def _twin(work: Work, part: Part, row: Row, unique: tuple[str, ...]) -> Key | None:
    """Find the other row of the same draft that has the values."""
    values = _real(work, part, row, unique)
    written = (*work.plan.new[part.name], *work.plan.changed[part.name])
    return next(
        (
            other.key
            for other in written
            if other.key != row.key and _real(work, part, other, unique) == values
        ),
        None,
    )
