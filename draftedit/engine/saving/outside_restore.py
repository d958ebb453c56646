"""Restore rows outside the object that a delete changed, with the row that caused it.

With a row that a revert or a rebase restores, not with one that is newly inserted under
the same key; and as the last delete of that row found them, as rows outside have a life
of their own. What cannot be restored is reported; it stops nothing.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from draftedit.engine.base.errors import Consequence, Key, OutsideRow
from draftedit.engine.base.messages import say
from draftedit.engine.outside.consequences import SHOWN
from draftedit.engine.outside.foreign_keys import CASCADE
from draftedit.engine.outside.incoming_references import graph_of
from draftedit.engine.outside.outside_tables import OutsideTable
from draftedit.engine.reading.live import bound
from draftedit.engine.saving.revision import Revision
from draftedit.engine.schema.db_errors import is_about_rows
from draftedit.engine.schema.model import Target
from draftedit.engine.schema.tables import Tables

Place = tuple[str, str]  # a row of the object: table, and key as in paths

RETURNED, NOT_RETURNED = "returned", "not_returned"

WHY_NOT = say("not-as-deleted")


@dataclass(frozen=True)
class _Kept:
    """One row that was kept; `table` is None if its table no longer exists."""

    name: str
    table: OutsideTable | None
    action: str
    key: Key
    content: Mapping[str, Any]

    @property
    def label(self) -> str | None:
        """Return the label of the row, if the whole of it was kept."""
        label = None if self.table is None else self.table.label_field
        return None if label is None else self.content.get(label)


def bring_back(
    dbsession: Session,
    target: Target,
    tables: Tables,
    revision: Revision,
    causes: Mapping[Place, int],
) -> list[Consequence]:
    """Restore what was changed with rows of the object; report what could not be.

    `causes` are these rows, by table and key as in paths, with the revisions that
    deleted them.
    """
    kept = list(_kept(dbsession, target, tables, revision, causes))
    left = [] if _is_done(dbsession, kept) else _one_by_one(dbsession, kept)
    lost = set(map(id, left))
    outcomes: dict[tuple[str, str], list[_Kept]] = {}
    for one in kept:
        effect = NOT_RETURNED if id(one) in lost else RETURNED
        outcomes.setdefault((one.name, effect), []).append(one)
    return [_consequence(*group, rows) for group, rows in outcomes.items()]


def _kept(
    dbsession: Session,
    target: Target,
    tables: Tables,
    revision: Revision,
    causes: Mapping[Place, int],
) -> Iterator[_Kept]:
    one = tables.kept_row.c
    wanted = (
        sa.select(tables.kept_row)
        .where(one.target == revision.target, one.root == revision.root)
        .where(one.revision.in_(set(causes.values())))
        .order_by(one.revision, one.number)
    )
    graph = graph_of(dbsession, target)
    for record in dbsession.execute(wanted).mappings().all():
        if causes.get((record["part"], record["part_key"])) == record["revision"]:
            yield _Kept(
                record["table_name"],
                graph.named(dbsession.connection(), record["table_name"]),
                record["action"],
                tuple(json.loads(record["row_key"])),
                json.loads(record["content"]),
            )


def _one_by_one(dbsession: Session, kept: list[_Kept]) -> list[_Kept]:
    """Restore rows repeatedly, as far as possible, and return the others.

    A row may refer to one of its own table that comes later.
    """
    left = kept
    while left:
        still = [one for one in left if not _is_done(dbsession, [one])]
        if len(still) == len(left):
            return left
        left = still
    return left


def _is_done(dbsession: Session, kept: Sequence[_Kept]) -> bool:
    """Restore all of these, or none; return which."""
    tables = [one.table for one in kept if one.table is not None]
    if len(tables) < len(kept):
        return False
    savepoint = dbsession.begin_nested()
    try:
        done = all(
            dbsession.connection().execute(_statement(one, table)).rowcount == 1
            # Not every driver reports the row count of an INSERT; it is done, or an
            # error.
            or one.action == CASCADE
            for one, table in zip(kept, tables, strict=True)
        )
    except DBAPIError as error:
        savepoint.rollback()
        if not is_about_rows(error):
            raise
        return False
    if done:
        savepoint.commit()
    else:
        savepoint.rollback()
    return done


def _statement(kept: _Kept, table: OutsideTable) -> Any:
    """Return the statement that restores a row, or its reference if still as deleted.

    Columns that no longer exist are left out.
    """
    if kept.action == CASCADE:
        return sa.insert(table.table).values(_bound(table, kept.content))
    identity = dict(zip(table.key, kept.key, strict=True))
    is_as_left = identity | kept.content["after"]
    return (
        sa.update(table.table)
        .where(*(_is(table, name, value) for name, value in is_as_left.items()))
        .values(_bound(table, kept.content["before"]))
    )


def _is(table: OutsideTable, name: str, value: Any) -> sa.ColumnElement[bool]:
    column = table.table.c[name]
    return (
        column.is_(None)
        if value is None
        else column == bound(table.fields[name], value)
    )


def _bound(table: OutsideTable, values: Mapping[str, Any]) -> dict[Any, Any]:
    return {
        table.table.c[name]: bound(table.fields[name], value)
        for name, value in values.items()
        if name in table.fields
    }


def _consequence(table: str, effect: str, rows: Sequence[_Kept]) -> Consequence:
    shown = tuple(OutsideRow(one.key, one.label) for one in rows[:SHOWN])
    is_back = effect == RETURNED
    reason = None if is_back else WHY_NOT
    return Consequence(table, effect, len(rows), False, shown, is_back, reason)
