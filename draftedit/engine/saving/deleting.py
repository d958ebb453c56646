"""Stage 7: the rows that are gone, with all below them, deepest table first."""

from collections.abc import Iterator

import sqlalchemy as sa

from draftedit.engine.errors import Key, Problem, Refused
from draftedit.engine.saving.host import instances
from draftedit.engine.saving.live import chunks, columns_in, encoded_key, has_key
from draftedit.engine.saving.work import At, Work
from draftedit.engine.schema import Field, Part


def _in_order(work: Work) -> list[Part]:
    """Return the tables, what refers to others first; references in a cycle aside."""
    names = reversed(work.target.insert_order)
    parts = (work.target.tables[name] for name in names)
    return [part for part in parts if not part.is_link]


def disconnect(work: Work) -> None:
    """Let doomed rows refer to nothing that is deleted before them."""
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
            work.dbsession.execute(emptied.values(dict.fromkeys(names)))
    work.dbsession.expire_all()


def refuse_dangling(work: Work) -> None:
    """Name the rows that stay and refer to one that goes: a problem, no silence.

    The ORM would empty some such references, SQLite would not say which it was.
    """
    problems: list[Problem] = []
    for part in work.target.tables.values():
        for field in part.fields.values():
            other = work.target.tables.get(str(field.references))
            if other is not None and other.key == (field.referred,):
                problems += _dangling(work, part, field, other)
    if problems:
        raise Refused(*problems)


def _dangling(work: Work, part: Part, field: Field, other: Part) -> Iterator[Problem]:
    going = set(work.doomed[part.name])
    for chunk in chunks(work.doomed[other.name]):
        wanted = sa.select(
            *(part.fields[name].read() for name in (*part.key, field.name))
        ).where(columns_in(part, (field.name,), chunk))
        wanted = wanted.order_by(*(part.live.c[name] for name in part.key))
        for *columns, value in work.dbsession.execute(wanted):
            key = encoded_key(part, columns)
            if key not in going:
                message = f"This refers to a {other.title} that is deleted."
                gone: Key = (field.codec.encode(value),)
                # A new row has a real key by now, which it loses again.
                mine = work.keys.of_draft(part, key)
                yield Problem(message, part.name, mine, field.name, other=gone)


def delete(work: Work) -> None:
    """Delete the doomed rows by their keys."""
    for part in _in_order(work):
        for key, instance in instances(work.dbsession, part, work.doomed[part.name]):
            work.at = At(part.name, key, deleting=True)
            work.dbsession.delete(instance)
            work.wrote_row()
        # Deepest first, and never by ON DELETE CASCADE: a level must be gone before
        # the one above it, whatever order the unit of work would choose.
        work.settle()
