"""Requests for results: the row in the database is the truth, a queue only hints.

So nothing is lost with a queue, or with a worker: any worker that polls finds them.
"""

import datetime
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.base.joined import mark_changed
from draftedit.engine.base.sql import insert_or_find
from draftedit.engine.schema.tables import Tables
from draftedit.engine.schema.task import TaskKey
from draftedit.engine.store import draft_records

_IDLE = {"lease": None, "free_at": None, "done": 0, "total": None}


@dataclass(frozen=True)
class ResultRecord:
    """One result as the table has it (see `draftedit.engine.schema.tables`).

    `live` is the object's revision, read by the same statement.
    """

    task: str
    wanted_at: datetime.datetime | None
    wanted_by: str | None
    lease: str | None
    free_at: datetime.datetime | None
    done: int
    total: int | None
    failed_at: datetime.datetime | None
    revision: int | None
    found: str | None
    stored_at: datetime.datetime | None
    live: int


def want(dbsession: Session, tables: Tables, place: TaskKey, by: str) -> None:
    """Request a result, in the caller's transaction; repeating it changes nothing."""
    # The run reads and compares the object's revision in this row, so it must exist.
    draft_records.current_revision(dbsession, tables, place.target, place.root, True)
    result = tables.task_result
    is_idle = result.c.wanted_at.is_(None)
    asked = {"wanted_at": draft_records.now(), "wanted_by": by, "failures": 0}
    asked |= {"failed_at": None, **_IDLE}
    update = sa.update(result).where(at(tables, place), is_idle).values(asked)
    if changed(dbsession, update):
        return
    there = sa.select(sa.literal(1)).where(at(tables, place))
    if dbsession.scalar(there) is None:
        # If another transaction requests it at the same time, one request is enough.
        insert_or_find(dbsession, result, place.values() | asked, "wanted_at")


def waiting(dbsession: Session, tables: Tables, limit: int) -> list[TaskKey]:
    """Return the results that are requested and not leased, the oldest first."""
    result = tables.task_result.c
    wanted = (
        sa.select(result.target, result.root, result.task)
        .where(result.wanted_at.is_not(None), is_free(tables))
        .order_by(result.wanted_at)
        .limit(limit)
    )
    return [TaskKey(*one) for one in dbsession.execute(wanted)]


def found(
    dbsession: Session, tables: Tables, target: str, root: str
) -> dict[str, ResultRecord]:
    """Return the results of an object by task, with its revision in that moment."""
    result, one = tables.task_result, tables.object
    same = sa.and_(one.c.target == result.c.target, one.c.root == result.c.root)
    columns = [
        result.c[name] for name in ResultRecord.__annotations__ if name != "live"
    ]
    wanted = (
        sa.select(*columns, sa.func.coalesce(one.c.revision, 0).label("live"))
        .select_from(result.outerjoin(one, same))
        .where(result.c.target == target, result.c.root == root)
    )
    rows = dbsession.execute(wanted).mappings()
    return {row["task"]: ResultRecord(**row) for row in rows}


def is_free(tables: Tables) -> sa.ColumnElement[bool]:
    """Return the condition that no run has the result, or that its lease is over."""
    free_at = tables.task_result.c.free_at
    return sa.or_(free_at.is_(None), free_at <= draft_records.now())


def at(tables: Tables, place: TaskKey) -> sa.ColumnElement[bool]:
    """Return the condition that selects the row of a result."""
    result = tables.task_result.c
    return sa.and_(*(result[name] == value for name, value in place.values().items()))


def changed(dbsession: Session, statement: sa.Update) -> bool:
    """Execute an update of at most one row; return whether it was there."""
    done: sa.CursorResult[Any] = dbsession.connection().execute(statement)
    mark_changed(dbsession)
    return done.rowcount == 1
