"""Carry out the effects of a delete outside the object, and keep them in history.

Before the rows of the object themselves are deleted, so that the database's own rules
have nothing left to do: only rows that were read, and are locked, are changed.
"""

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.base.errors import Problem, Refused
from draftedit.engine.base.keys import to_path
from draftedit.engine.base.messages import say
from draftedit.engine.outside.consequences import is_kept
from draftedit.engine.outside.foreign_keys import CASCADE, SET_DEFAULT, SET_NULL
from draftedit.engine.outside.outside_tables import OutsideTable
from draftedit.engine.outside.search import Affected, Taken
from draftedit.engine.outside.unseen import refusing_unseen
from draftedit.engine.reading.live import chunks, fields_in
from draftedit.engine.saving import row_counts
from draftedit.engine.saving.revision import Revision
from draftedit.engine.schema.tables import Tables
from draftedit.engine.values.codecs import canonical

NOT_KEPT = say("deletes-not-kept")


def take_along(dbsession: Session, affected: Affected, part: str) -> None:
    """Change the rows that refer to the rows of one part that are deleted next.

    Rows without a key, rows beyond the limit, and defaults are left to the database.
    """
    rows = [one for one in affected.rows if one.cause[0] == part]
    for reference in dict.fromkeys(one.reference for one in rows):
        if reference.action == SET_NULL:
            mine = [one for one in rows if one.reference is reference]
            empty = dict.fromkeys(reference.cleared)
            for condition in _of_rows(reference.table, mine):
                emptied = sa.update(reference.table.table).where(condition)
                dbsession.execute(emptied.values(empty))
    deleted = [one for one in rows if one.reference.action == CASCADE]
    for table in reversed(in_order(dbsession, affected, deleted)):
        mine = [one for one in reversed(deleted) if one.reference.table is table]
        causes = {one.cause[1] for one in mine}
        with refusing_unseen(
            dbsession, affected.graph, table.table, part, causes, len(mine)
        ):
            for condition in _of_rows(table, mine):
                dbsession.execute(sa.delete(table.table).where(condition))


def _of_rows(
    table: OutsideTable, rows: Sequence[Taken]
) -> Iterator[sa.ColumnElement[bool]]:
    for chunk in chunks(one.key for one in rows if one.key):
        yield fields_in([table.fields[name] for name in table.key], chunk)


def in_order(
    dbsession: Session, affected: Affected, rows: Sequence[Taken]
) -> list[OutsideTable]:
    """Return the tables of rows, each after those it refers to.

    In a cycle no order is right; then they come as they were found.
    """
    found = list(dict.fromkeys(one.reference.table for one in rows))
    connection = dbsession.connection()
    sorter: TopologicalSorter[OutsideTable] = TopologicalSorter()
    for table in found:
        sorter.add(table)
        for reference in affected.graph.to(connection, table.table):
            if reference.table in found and reference.table is not table:
                sorter.add(reference.table, table)
    try:
        return list(sorter.static_order())
    except CycleError:
        return found


def keep(
    dbsession: Session, tables: Tables, affected: Affected, revision: Revision
) -> None:
    """Keep the rows that can be restored, in an order in which that is possible.

    Raises Refused, naming the causing rows, if not all of it was written.
    """
    kept = [one for one in affected.rows if is_kept(affected, one)]
    deleted = [one for one in kept if one.reference.action == CASCADE]
    order = {t: n for n, t in enumerate(in_order(dbsession, affected, deleted))}
    deleted.sort(key=lambda one: order[one.reference.table])
    changed = [one for one in kept if one.reference.action != CASCADE]
    content = [*map(_whole, deleted), *(_pointers(dbsession, one) for one in changed)]
    in_turn = enumerate(zip([*deleted, *changed], content, strict=True))
    records = [_record(revision, number, *one) for number, one in in_turn]
    if records:
        insert = sa.insert(tables.kept_row)
        result: Any = dbsession.execute(
            insert, records, execution_options=row_counts.OPTIONS
        )
        if 0 <= result.rowcount < len(records):
            causes = dict.fromkeys(one.cause for one in kept)
            raise Refused(*(Problem(NOT_KEPT, *cause) for cause in causes))


def _whole(taken: Taken) -> dict[str, Any]:
    return {one.name: taken.values[one.name] for one in taken.reference.table.written()}


def _pointers(dbsession: Session, taken: Taken) -> dict[str, Any]:
    """Return the columns that were emptied, and their present values."""
    table, names = taken.reference.table, taken.reference.cleared
    after: dict[str, Any] = dict.fromkeys(names)
    if taken.reference.action == SET_DEFAULT:
        [condition] = _of_rows(table, [taken])
        columns = [one.read() for one in table.fields.values()]
        now = dbsession.execute(sa.select(*columns).where(condition)).mappings().one()
        after = {name: table.encode(now)[name] for name in names}
    return {"before": {name: taken.values[name] for name in names}, "after": after}


def _record(
    revision: Revision, number: int, taken: Taken, content: Mapping[str, Any]
) -> dict[str, Any]:
    table, key = taken.cause
    return {
        "target": revision.target,
        "root": revision.root,
        "revision": revision.number,
        "number": number,
        "part": table,
        "part_key": to_path(key),
        "table_name": taken.reference.table.name,
        "action": taken.reference.action,
        "row_key": canonical(list(taken.key)),
        "content": canonical(content),
    }
