"""Explain why the database refuses a save: which row, which field, which other row."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from draftedit.engine.base.errors import Key, Problem, Refused
from draftedit.engine.base.messages import say
from draftedit.engine.base.texts import Text
from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.reading.live import bound, encoded_key
from draftedit.engine.reading.rows import Row
from draftedit.engine.saving import introspection
from draftedit.engine.saving.database_keys import real_keys
from draftedit.engine.saving.deferred_constraints import MISSING
from draftedit.engine.saving.introspection import ColumnReference
from draftedit.engine.saving.outside_blockers import IN_USE, find_in_use
from draftedit.engine.saving.plan import Plan
from draftedit.engine.saving.revision import Revision
from draftedit.engine.saving.row_counts import NOT_WRITTEN
from draftedit.engine.saving.save_run import NoPlaceholder, SaveRun
from draftedit.engine.saving.three_way import LiveRows
from draftedit.engine.saving.writer import write
from draftedit.engine.schema import db_errors
from draftedit.engine.schema.model import Part
from draftedit.engine.schema.tables import Tables
from draftedit.engine.schema.unique_keys import UniqueKey


def write_or_explain(
    rows: DraftRows,
    tables: Tables,
    plan: Plan,
    live: LiveRows,
    revision: Revision,
    accept: str | None,
) -> SaveRun:
    """Write the plan; if the database refuses, find the row and raise Refused.

    The error of a statement for many rows does not name one: it is rolled back and the
    plan written row by row until the same error does.
    """
    quick = SaveRun(rows, tables, plan, live, replace(revision), one_by_one=False)
    try:
        return _attempt(quick, accept)
    except (NoPlaceholder, StaleDataError):
        pass  # a second attempt, by the database's own keys and row by row
    except DBAPIError as error:
        if not db_errors.is_about_rows(error):
            raise
    work = SaveRun(rows, tables, plan, live, replace(revision), one_by_one=True)
    try:
        return _attempt(work, accept)
    except StaleDataError as error:
        raise Refused(Problem(NOT_WRITTEN, work.at.table, work.at.key)) from error
    except DBAPIError as error:
        if not db_errors.is_about_rows(error):
            raise
        raise Refused(_explain(work, error)) from error


def _attempt(work: SaveRun, accept: str | None) -> SaveRun:
    with work.dbsession.begin_nested():
        write(work, accept)
    return work


def _explain(work: SaveRun, error: DBAPIError) -> Problem:
    at = work.at
    if at.table is None:
        return _of_deferred(work, error)
    part = work.target.tables[at.table]
    if at.row is not None:
        unique = db_errors.unique_named(part, real_keys(work, part), error)
        if unique is not None:
            return _taken(work, part, at.row, unique)
        if db_errors.is_foreign_key(error):
            return Problem(MISSING, part.name, at.key, _missing(work, part, at.row))
    if db_errors.is_foreign_key(error):
        keys = [at.key] if at.key is not None else []
        found = find_in_use(work, part, keys)
        return next(found, Problem(IN_USE, part.name, at.key))
    field = db_errors.field_named(part, error)
    if field is None and at.row is not None:
        field = introspection.too_large(work, part, at.row)
    return Problem(db_errors.reason(error), part.name, at.key, field)


def _of_deferred(work: SaveRun, error: DBAPIError) -> Problem:
    """Return the problem of the row that violates a deferred constraint."""
    for part in work.target.tables.values():
        unique = db_errors.unique_named(part, real_keys(work, part), error)
        for row in (*work.plan.new[part.name], *work.plan.changed[part.name]):
            if unique is not None and _collides(work, part, row, unique):
                return _taken(work, part, row, unique)
    in_use = db_errors.is_foreign_key(error)
    return Problem(IN_USE if in_use else db_errors.reason(error))


def _collides(work: SaveRun, part: Part, row: Row, unique: UniqueKey) -> bool:
    """Return whether another row has the final values of this one."""
    other = _holder(work, part, row, unique)
    stays = other is not None and not _gives_up(work, part, other, unique)
    return stays or _twin(work, part, row, unique) is not None


def _missing(work: SaveRun, part: Part, row: Row) -> str | None:
    """Return the reference to a missing row: not every database names it."""
    found = sorted(introspection.references(work, part), key=lambda one: one.field)
    return next((one.field for one in found if _is_void(work, part, row, one)), None)


def _is_void(work: SaveRun, part: Part, row: Row, reference: ColumnReference) -> bool:
    """Return whether a row refers to one that is neither live nor new in the draft."""
    value, table = row.values.get(reference.field), reference.table
    if value is None:
        return False
    name = reference.column.name
    if table in work.target.tables and value in work.new_values(table, name):
        return False
    wanted = bound(part.fields[reference.field], value)
    there = sa.select(sa.literal(1)).where(reference.column == wanted)
    return work.dbsession.scalar(there.limit(1)) is None


def _taken(work: SaveRun, part: Part, row: Row, unique: UniqueKey) -> Problem:
    """Return the problem with the row that has the value, by its collation."""
    other = _twin(work, part, row, unique)
    if other is None:
        other = _holder(work, part, row, unique)
        if other is not None and _gives_up(work, part, other, unique):
            return _not_given_up(part, row, unique, other)
    names = [*unique.columns, *unique.inputs]
    # If the key compares no settable column, report those of its condition.
    settable = _insertable(part, names) or _insertable(part, unique.conditions)
    spelled = ", ".join(str(row.values[name]) for name in settable or names)
    what = {"value": spelled, "title": part.title}
    return Problem(
        _taken_by(what, other, unique),
        table=part.name,
        key=row.key,
        field=(settable or names)[-1],
        other=other,
    )


def _taken_by(what: dict[str, str], other: Key | None, unique: UniqueKey) -> Text:
    if other is not None:
        return say("value-taken-by-row", **what, row=", ".join(map(str, other)))
    if unique.inputs:  # which row it is, only the database could compute
        return say("value-taken-under", **what, unique=unique.title)
    return say("value-taken", **what)


def _insertable(part: Part, names: Iterable[str]) -> list[str]:
    return [name for name in names if part.fields[name].insertable]


def _gives_up(work: SaveRun, part: Part, key: Key, unique: UniqueKey) -> bool:
    """Return whether the save itself takes the value from the row that has it."""
    names = set(unique.depends_on)
    changed = work.plan.changed[part.name]
    return key in work.doomed[part.name] or any(
        row.key == key and not names.isdisjoint(row.changed_fields()) for row in changed
    )


def _not_given_up(part: Part, row: Row, unique: UniqueKey, other: Key) -> Problem:
    """Say that it was for the save to make room, and not for the user."""
    message = say("stand-in-left", row=", ".join(map(str, other)), unique=unique.title)
    field = unique.depends_on[-1]
    return Problem(message, part.name, row.key, field, other=other)


def _real(work: SaveRun, part: Part, row: Row, unique: UniqueKey) -> Mapping[str, Any]:
    return {
        name: work.keys.value(part.fields[name], row.values[name])
        for name in unique.columns
    }


def _holder(work: SaveRun, part: Part, row: Row, unique: UniqueKey) -> Key | None:
    """Return the live row that had the values before the save.

    None if the key compares computed values, which only the database can do.
    """
    if unique.inputs:
        return None
    values = _real(work, part, row, unique)
    wanted = sa.select(*(part.fields[name].read() for name in part.key)).where(
        *(part.live.c[n] == bound(part.fields[n], v) for n, v in values.items())
    )
    if unique.predicate:
        wanted = wanted.where(sa.literal_column(unique.predicate, sa.Boolean()))
    found = (encoded_key(part, record) for record in work.dbsession.execute(wanted))
    return next((key for key in found if key != row.key), None)


def _twin(work: SaveRun, part: Part, row: Row, unique: UniqueKey) -> Key | None:
    """Return the other row of the same draft that has the values, and takes part."""
    values = _real(work, part, row, unique)
    conditions = [row.values[name] for name in unique.conditions]
    written = (*work.plan.new[part.name], *work.plan.changed[part.name])
    return next(
        (
            other.key
            for other in written
            if other.key != row.key
            and not unique.inputs
            and _real(work, part, other, unique) == values
            and [other.values[name] for name in unique.conditions] == conditions
        ),
        None,
    )
