"""When processes that run tasks were last seen: so that waiting can be explained."""

import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine import records
from draftedit.engine.tables import Tables

FORGOTTEN = datetime.timedelta(days=1)


def beat(dbsession: Session, tables: Tables, name: str) -> None:
    """Say that the worker of this name is at work; forget those long gone."""
    worker = tables.task_worker
    at = records.now()
    mine = sa.update(worker).where(worker.c.name == name).values(seen_at=at)
    if dbsession.connection().execute(mine).rowcount == 0:
        dbsession.execute(sa.insert(worker), {"name": name, "seen_at": at})
        dbsession.execute(sa.delete(worker).where(worker.c.seen_at < at - FORGOTTEN))


def last_seen(dbsession: Session, tables: Tables) -> datetime.datetime | None:
    """Return when any worker was last seen; None where there never was one."""
    wanted = sa.select(sa.func.max(tables.task_worker.c.seen_at))
    seen_at: datetime.datetime | None = dbsession.scalar(wanted)
    return seen_at
