"""Name and count the rows outside an object that prevent the delete of its rows."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from draftedit.engine.base.errors import Key, Problem
from draftedit.engine.base.keys import to_path
from draftedit.engine.base.messages import say
from draftedit.engine.base.texts import row_count
from draftedit.engine.outside.foreign_keys import NO_ACTION
from draftedit.engine.outside.incoming_references import Reference, graph_of
from draftedit.engine.outside.outside_tables import OutsideTable
from draftedit.engine.outside.search import MOST, Referring, referring
from draftedit.engine.reading.live import chunks, fields_in
from draftedit.engine.saving.save_run import SaveRun
from draftedit.engine.schema.model import Part

IN_USE = say("referred-to-from-outside")
SHOWN = 5  # rows that are named


def find_in_use(work: SaveRun, part: Part, keys: Sequence[Key]) -> Iterator[Problem]:
    """Yield a problem for each table with rows that refer to live rows of a part."""
    fields = [part.fields[name] for name in part.key]
    for reference in _holding(work, part):
        found = referring(
            work.dbsession, part.live, fields, keys, reference, MOST + 1, lock=False
        )
        yield from _problem(part, reference.table, list(found))


def find_left_behind(work: SaveRun) -> Iterator[Problem]:
    """Yield a problem for each table whose rows refer to rows deleted by now.

    For references that the database checks at COMMIT: SQLite would refuse it without
    naming them.
    """
    for part in work.target.tables.values():
        keys = work.doomed[part.name]
        for reference in _holding(work, part) if keys else ():
            if reference.deferred and set(reference.referred_columns) == set(part.key):
                found = _still_referring(work, part, keys, reference)
                yield from _problem(part, reference.table, found)


def _holding(work: SaveRun, part: Part) -> Iterator[Reference]:
    """Yield the references from outside that prevent deletes of a part's rows."""
    graph = graph_of(work.dbsession, work.target)
    for reference in graph.to(work.dbsession.connection(), part.live):
        is_outside = reference.table.table.name not in work.target.tables
        if reference.action == NO_ACTION and is_outside:
            yield reference


def _still_referring(
    work: SaveRun, part: Part, keys: Sequence[Key], reference: Reference
) -> list[Referring]:
    table, pairs = (
        reference.table,
        zip(reference.referred_columns, reference.columns, strict=True),
    )
    columns = dict(pairs)
    fields = [table.fields[columns[name]] for name in part.key]
    read = [one.read() for one in table.fields.values()]
    found: list[Referring] = []
    for chunk in chunks(keys):
        wanted = sa.select(*read).where(fields_in(fields, chunk)).limit(MOST + 1)
        wanted = wanted.order_by(*(table.table.c[name] for name in table.key))
        for record in work.dbsession.execute(wanted).mappings():
            values = table.encode(record)
            found.append((values, tuple(values[columns[name]] for name in part.key)))
    return found


def _problem(
    part: Part, table: OutsideTable, found: Sequence[Referring]
) -> Iterator[Problem]:
    if not found:
        return
    named = [to_path(table.key_of(values)) for values, _ in found[:SHOWN] if table.key]
    rows = ", ".join(named + (["…"] if len(found) > SHOWN else []))
    what = row_count(len(found), MOST)
    message = say("referred-to-by-keyless-rows", table=table.name, count=what)
    if named:
        message = say("referred-to-by-rows", table=table.name, count=what, rows=rows)
    yield Problem(message, part.name, found[0][1])
