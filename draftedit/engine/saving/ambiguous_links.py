"""Refuse to delete rows of an association table that cannot be told apart.

Without a primary key such a table may have a row twice, or one that refers to nothing:
history would keep one for both, and a revert could not restore them.
"""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from draftedit.engine.base.errors import Key, Problem, Refused
from draftedit.engine.base.keys import to_path
from draftedit.engine.base.messages import say
from draftedit.engine.reading.live import chunks, columns_in
from draftedit.engine.saving.save_run import SaveRun
from draftedit.engine.schema.model import Part


def refuse_unclear_links(work: SaveRun) -> None:
    """Raise Refused if rows to be deleted have no key of their own."""
    problems: list[Problem] = []
    for name, part in work.target.tables.items():
        if not part.is_link or len(part.live.primary_key) or part.parent is None:
            continue
        own = [row.key for row in work.plan.gone[name]]
        problems += _problems(work, part, name, part.key, own)
        above = work.doomed[part.parent]
        problems += _problems(work, part, part.parent, part.parent_fields, above)
    if problems:
        raise Refused(*problems)


def _problems(
    work: SaveRun, part: Part, table: str, names: Sequence[str], keys: Sequence[Key]
) -> Iterator[Problem]:
    columns = [part.live.c[name] for name in part.key]
    is_unclear = sa.or_(sa.func.count() > 1, *(one.is_(None) for one in columns))
    for chunk in chunks(keys):
        unclear = (
            sa.select(*(part.fields[name].read() for name in part.key))
            .where(columns_in(part, names, chunk))
            .group_by(*columns)
            .having(is_unclear)
        )
        for record in work.dbsession.execute(unclear).mappings():
            at = tuple(part.fields[name].codec.encode(record[name]) for name in names)
            yield Problem(_message(part, tuple(record.values())), table, at)


def _message(part: Part, key: Key) -> str:
    spelled = to_path(tuple("NULL" if value is None else value for value in key))
    return say("rows-indistinguishable", table=part.name, row=spelled)
