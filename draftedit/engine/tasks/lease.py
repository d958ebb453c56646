"""Who may write a result: the run whose lease it is, for as long as it renews it.

A lease is a time in the database. The worker may be killed at any point: when the time
is over, another takes the result up, and there is nothing that somebody must clear. A
run that was too slow has lost it, and every statement here says so by changing nothing.
"""

import datetime
import secrets
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine import records
from draftedit.engine.tables import Tables
from draftedit.engine.tasks.base import Place
from draftedit.engine.tasks.wanting import at, changed, is_free

ATTEMPTS = 3  # how often a task may fail before it must be asked for again

_LET_GO = {"lease": None, "free_at": None}


@dataclass(frozen=True)
class Lease:
    """The right to write one result, and the revision that was read with it."""

    place: Place
    token: str
    revision: int


def claim(
    dbsession: Session, tables: Tables, place: Place, seconds: float
) -> Lease | None:
    """Take a result up; None where it is not wanted, or another is at it."""
    token = secrets.token_hex(16)
    result = tables.task_result
    taken = {"lease": token, "free_at": _in(seconds), "done": 0, "total": None}
    is_wanted = result.c.wanted_at.is_not(None)
    where = (at(tables, place), is_wanted, is_free(tables))
    if not changed(dbsession, sa.update(result).where(*where).values(taken)):
        return None
    # Read after the row is ours: what was saved before is seen.
    revision = dbsession.scalar(_revision(tables, place))
    return Lease(place, token, int(revision or 0))


def renew(
    dbsession: Session,
    tables: Tables,
    lease: Lease,
    seconds: float,
    done: int,
    total: int | None,
) -> bool:
    """Keep the lease for so many seconds more, and say how far the run is."""
    values = {"free_at": _in(seconds), "done": done, "total": total}
    return _write(dbsession, tables, lease, values)


def is_outdated(dbsession: Session, tables: Tables, lease: Lease) -> bool:
    """Tell whether the object has been saved since the run read its revision."""
    return bool(dbsession.scalar(_revision(tables, lease.place)) != lease.revision)


def keep(dbsession: Session, tables: Tables, lease: Lease, found: str) -> bool:
    """Store what was found, only where the object is still at the revision read.

    False: nothing was stored, as it is stale, or the lease is another's.
    """
    values = {"revision": lease.revision, "found": found, "stored_at": records.now()}
    values |= {"wanted_at": None, "wanted_by": None, "failed_at": None, **_LET_GO}
    one = tables.object.c
    place = lease.place
    still = sa.exists().where(
        one.target == place.target,
        one.root == place.root,
        one.revision == lease.revision,
    )
    return _write(dbsession, tables, lease, values, still)


def release(dbsession: Session, tables: Tables, lease: Lease) -> bool:
    """Let go without a result: it stays wanted, and whoever comes next may begin."""
    return _write(dbsession, tables, lease, _LET_GO)


def drop(dbsession: Session, tables: Tables, lease: Lease) -> bool:
    """Want it no more: the object is deleted."""
    return _write(dbsession, tables, lease, {"wanted_at": None, **_LET_GO})


def fail(dbsession: Session, tables: Tables, lease: Lease, seconds: float) -> bool:
    """Note that the task failed: again after a while, but not for ever."""
    result = tables.task_result.c
    is_last = result.failures + 1 >= ATTEMPTS
    values = {
        # Before `failures` is counted up: MariaDB assigns from left to right.
        "wanted_at": sa.case((is_last, None), else_=result.wanted_at),
        "failures": result.failures + 1,
        "failed_at": records.now(),
        "lease": None,
        "free_at": _in(seconds),
    }
    return _write(dbsession, tables, lease, values)


def _write(
    dbsession: Session,
    tables: Tables,
    lease: Lease,
    values: dict[str, Any],
    *conditions: sa.ColumnElement[bool],
) -> bool:
    result = tables.task_result
    is_mine = result.c.lease == lease.token
    where = (at(tables, lease.place), is_mine, *conditions)
    # In this order, which MariaDB assigns in.
    statement = sa.update(result).where(*where).ordered_values(*_pairs(result, values))
    return changed(dbsession, statement)


def _pairs(result: sa.Table, values: dict[str, Any]) -> list[tuple[Any, Any]]:
    return [(result.c[name], value) for name, value in values.items()]


def _revision(tables: Tables, place: Place) -> sa.Select[Any]:
    one = tables.object.c
    return sa.select(one.revision).where(
        one.target == place.target, one.root == place.root
    )


def _in(seconds: float) -> datetime.datetime:
    return records.now() + datetime.timedelta(seconds=seconds)
