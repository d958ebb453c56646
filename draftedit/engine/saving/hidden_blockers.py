"""Refuse to delete a row with children that the relationship's condition hides.

A relationship with an additional condition excludes rows (soft delete) that refer to
the row all the same: they would block the delete, or be deleted with it, and no history
would have them.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from draftedit.engine.base.errors import Problem, Refused
from draftedit.engine.base.messages import say
from draftedit.engine.base.texts import row_count
from draftedit.engine.reading.live import chunks, columns_in
from draftedit.engine.saving.save_run import SaveRun
from draftedit.engine.schema.model import Part


def refuse_out_of_sight(work: SaveRun) -> None:
    """Raise Refused, with table and count, if such rows refer to deleted ones."""
    parts = work.target.tables.values()
    problems = [one for part in parts for one in _problems(work, part)]
    if problems:
        raise Refused(*problems)


def _problems(work: SaveRun, part: Part) -> Iterator[Problem]:
    demands = part.demands(part.live.c)
    if part.parent is None or not demands or not _refers_to_parent(part):
        return
    parent = work.target.tables[part.parent]
    columns = [part.fields[name].read() for name in part.parent_fields]
    # CASE, since NOT of a comparison with NULL would be neither true nor false.
    seen = sa.case((sa.and_(*demands), 1), else_=0)
    for chunk in chunks(work.doomed[part.parent]):
        found = (
            sa.select(*columns, sa.func.count())
            .where(columns_in(part, part.parent_fields, chunk), seen == 0)
            .group_by(*(part.live.c[name] for name in part.parent_fields))
        )
        for *key, count in work.dbsession.execute(found):
            yield _problem(part, parent, key, count)


def _refers_to_parent(part: Part) -> bool:
    """Return whether a foreign key binds the rows to their parent, visible or not."""
    return any(
        key.parent.name in part.parent_fields and key.column.table.name == part.parent
        for key in part.live.foreign_keys
    )


def _problem(part: Part, parent: Part, key: list[Any], count: int) -> Problem:
    encoders = (part.fields[name].codec.encode for name in part.parent_fields)
    pairs = zip(encoders, key, strict=True)
    return Problem(
        say(
            "referred-to-by-hidden-rows",
            table=part.name,
            title=parent.title,
            rows=row_count(count),
        ),
        parent.name,
        tuple(encode(value) for encode, value in pairs),
    )
