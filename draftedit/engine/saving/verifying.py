"""Verify that the rows a save wrote exist and have their values.

A trigger, a rule or a hook of the application may silently remove a row again, restore
its old values, or move it below another parent. Their changes to columns that the save
did not write are their own, and so is their spelling of a new value.
"""

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from draftedit.engine.base.errors import Key, Problem, Refused
from draftedit.engine.base.messages import say
from draftedit.engine.base.sql import run
from draftedit.engine.reading.live import (
    chunks,
    columns_hold,
    columns_in,
    wanted_keys,
)
from draftedit.engine.reading.rows import Row
from draftedit.engine.saving.save_run import SaveRun, Values
from draftedit.engine.schema.model import Part
from draftedit.engine.values.codecs import same

NOT_THERE = say("row-not-in-object")
STILL_THERE = say("row-still-there")
OLD_VALUE = say("old-value-put-back")
ELSEWHERE = say("row-put-elsewhere")


def verify(work: SaveRun) -> None:
    """Read every row that the save wrote or deleted; raise Refused for wrong ones.

    One statement for each table and chunk of keys, which reads no more columns than the
    save wrote.
    """
    parts = work.target.tables.values()
    problems = [one for part in parts for one in _problems(work, part)]
    if problems:
        raise Refused(*problems)


def _problems(work: SaveRun, part: Part) -> Iterator[Problem]:
    rows = (*work.plan.new[part.name], *work.plan.changed[part.name])
    written = {work.keys.real(part, row.key): row for row in rows}
    doomed = [key for key in work.doomed[part.name] if key not in written]
    there = _read(work, part, [*written, *doomed], _names(part, rows))
    for real, row in written.items():
        # A collation may know a key by another spelling than it was written in.
        values = there.get(real) or _only(_read(work, part, [real], _names(part, rows)))
        if values is None:
            yield Problem(NOT_THERE, part.name, row.key)
        else:
            yield from _differences(work, part, real, row, values)
    for key in doomed:
        if key in there:
            yield Problem(STILL_THERE, part.name, key)


def _names(part: Part, rows: Collection[Row]) -> list[str]:
    """Return the columns to read: those the save changed, and those of the parent."""
    changed = {name for row in rows for name in row.changed_fields()}
    return [
        name
        for name, field in part.fields.items()
        if name in part.key
        or name in part.parent_fields
        or (name in changed and not field.read_only)
    ]


def _read(
    work: SaveRun,
    part: Part,
    keys: Collection[Key],
    names: Collection[str],
    *conditions: sa.ColumnElement[bool],
) -> dict[Key, Values]:
    found: dict[Key, Values] = {}
    statement = _rows_of(part, tuple(names)).where(*conditions)
    for chunk in chunks(keys):
        binds = wanted_keys(part, part.key, chunk)
        for record in run(work.dbsession, statement, binds):
            values = {
                name: None if value is None else part.fields[name].codec.encode(value)
                for name, value in zip(names, record, strict=True)
            }
            found[part.key_of(values)] = values
    return found


@lru_cache
def _rows_of(part: Part, names: tuple[str, ...]) -> sa.Select[Any]:
    columns = (part.fields[name].read() for name in names)
    there = columns_hold(part, part.key), *part.demands(part.live.c)
    return sa.select(*columns).where(*there)


def _only(found: Mapping[Key, Values]) -> Values | None:
    return next(iter(found.values()), None)


def _differences(
    work: SaveRun, part: Part, real: Key, row: Row, values: Values
) -> Iterator[Problem]:
    if not _is_in_place(work, part, real, row, values):
        yield Problem(ELSEWHERE, part.name, row.key, part.parent_fields[0])
        return
    for name, (before, after) in row.changed_fields().items():
        if name not in values or name in row.omitted:
            continue
        wanted = work.keys.value(part.fields[name], after)
        if same(values[name], before) and not same(before, wanted):
            yield Problem(OLD_VALUE, part.name, row.key, name)


def _is_in_place(
    work: SaveRun, part: Part, real: Key, row: Row, values: Values
) -> bool:
    """Return whether a row is below the parent that the draft gave it.

    Decided by the database: a collation may know the parent by another spelling.
    """
    names = part.parent_fields
    wanted = tuple(work.keys.value(part.fields[n], row.values[n]) for n in names)
    if wanted == tuple(values[name] for name in names):
        return True
    below = columns_in(part, names, [wanted])
    return bool(_read(work, part, [real], part.key, below))
