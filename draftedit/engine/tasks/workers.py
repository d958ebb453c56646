"""Record when workers were last seen, so that a wait can be explained."""

import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.base.sql import insert_or_find
from draftedit.engine.schema.tables import Tables
from draftedit.engine.store import draft_records

FORGOTTEN = datetime.timedelta(days=1)


def beat(dbsession: Session, tables: Tables, name: str) -> None:
    """Record that the worker of this name is at work; delete those long gone."""
    worker = tables.task_worker
    at = draft_records.now()
    mine = sa.update(worker).where(worker.c.name == name).values(seen_at=at)
    if dbsession.connection().execute(mine).rowcount == 0:
        insert_or_find(dbsession, worker, {"name": name, "seen_at": at}, "seen_at")
        dbsession.execute(sa.delete(worker).where(worker.c.seen_at < at - FORGOTTEN))


def last_seen(dbsession: Session, tables: Tables) -> datetime.datetime | None:
    """Return when any worker was last seen; None if there never was one."""
    wanted = sa.select(sa.func.max(tables.task_worker.c.seen_at))
    seen_at: datetime.datetime | None = dbsession.scalar(wanted)
    return seen_at
