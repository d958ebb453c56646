"""Stage "delete": removed rows and their descendants, children first.

The order of the tables is the target's `insert_order`, reversed (`schema.aggregate`).
"""

from collections.abc import Iterator

import sqlalchemy as sa

from draftedit.engine.base.errors import Key, Problem, Refused
from draftedit.engine.base.messages import say
from draftedit.engine.reading.live import chunks, columns_in, encoded_key, has_key
from draftedit.engine.saving import row_counts
from draftedit.engine.saving.inside_blockers import left_inside
from draftedit.engine.saving.orm import instances
from draftedit.engine.saving.outside import refusing_unseen, take_along
from draftedit.engine.saving.save_run import Cursor, SaveRun
from draftedit.engine.schema.model import Field, Part


def _in_order(work: SaveRun) -> list[Part]:
    """Return the tables, referring ones first; references in a cycle are ignored."""
    names = reversed(work.target.insert_order)
    parts = (work.target.tables[name] for name in names)
    return [part for part in parts if not part.is_link]


def disconnect(work: SaveRun) -> None:
    """Clear references of deleted rows to rows that are deleted before them."""
    earlier: set[str] = set()
    for part in _in_order(work):
        earlier.add(part.name)
        names = [
            name
            for name, field in part.fields.items()
            if field.references in earlier and field.nullable and field.role == "value"
        ]
        for chunk in chunks(work.doomed[part.name] if names else ()):
            emptied = sa.update(part.live).where(has_key(part, chunk))
            emptied = emptied.values(dict.fromkeys(names))
            row_counts.execute(work.dbsession, emptied, part, chunk)
    work.dbsession.expire_all()


def refuse_dangling(work: SaveRun) -> None:
    """Raise Refused, naming the rows that stay and refer to one that is deleted.

    The ORM would empty some such references silently, and SQLite would not name them.
    """
    problems: list[Problem] = []
    for part in work.target.tables.values():
        for field in part.fields.values():
            other = work.target.tables.get(str(field.references))
            if other is not None and other.key == (field.referred,):
                problems += _dangling(work, part, field, other)
    problems += left_inside(work)
    if problems:
        raise Refused(*problems)


def _dangling(
    work: SaveRun, part: Part, field: Field, other: Part
) -> Iterator[Problem]:
    going = set(work.doomed[part.name])
    for chunk in chunks(work.doomed[other.name]):
        wanted = sa.select(
            *(part.fields[name].read() for name in (*part.key, field.name))
        ).where(columns_in(part, (field.name,), chunk))
        wanted = wanted.order_by(*(part.live.c[name] for name in part.key))
        for *columns, value in work.dbsession.execute(wanted):
            key = encoded_key(part, columns)
            if key not in going:
                message = say("reference-deleted", title=other.title)
                gone: Key = (field.codec.encode(value),)
                # A new row has a real key by now, which it loses again.
                mine = work.keys.of_draft(part, key)
                yield Problem(message, part.name, mine, field.name, other=gone)


def delete(work: SaveRun) -> None:
    """Delete the rows by their keys."""
    for part in _in_order(work):
        take_along(work, part.name)
        left = work.left_to_delete(part.name)
        with refusing_unseen(work, part, left):
            for key, instance in instances(work.dbsession, part, left):
                work.at = Cursor(part.name, key, deleting=True)
                work.dbsession.delete(instance)
                work.wrote_row()
            # Deepest first, and never by ON DELETE CASCADE: a level must be deleted
            # before the one above it, whatever order the unit of work would choose.
            work.settle()
