"""Leases: only the run that holds one, and renews it, may write a result.

A lease is a time in the database. The worker may be killed at any point: when the time
is over, another takes the result up, without any cleaning up. A run that was too slow
has lost its lease, and every statement here then changes nothing and returns false.
"""

import datetime
import secrets
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.schema.tables import Tables
from draftedit.engine.schema.task import TaskKey
from draftedit.engine.store import draft_records
from draftedit.engine.tasks.result_requests import at, changed, is_free

ATTEMPTS = 3  # how often a task may fail before it must be requested again

_LET_GO = {"lease": None, "free_at": None}


@dataclass(frozen=True)
class Lease:
    """The right to write one result, and the revision that was read with it."""

    place: TaskKey
    token: str
    revision: int


def claim(
    dbsession: Session, tables: Tables, place: TaskKey, seconds: float
) -> Lease | None:
    """Lease a result; return None if it is not requested, or another run has it."""
    token = secrets.token_hex(16)
    result = tables.task_result
    taken = {"lease": token, "free_at": _in(seconds), "done": 0, "total": None}
    is_wanted = result.c.wanted_at.is_not(None)
    where = (at(tables, place), is_wanted, is_free(tables))
    if not changed(dbsession, sa.update(result).where(*where).values(taken)):
        return None
    # Read after we hold the row, so that any earlier save is seen.
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
    """Extend the lease by `seconds`, and store the progress of the run."""
    values = {"free_at": _in(seconds), "done": done, "total": total}
    return _write(dbsession, tables, lease, values)


def is_outdated(dbsession: Session, tables: Tables, lease: Lease) -> bool:
    """Return whether the object has been saved since the run read its revision."""
    return bool(dbsession.scalar(_revision(tables, lease.place)) != lease.revision)


def keep(dbsession: Session, tables: Tables, lease: Lease, found: str) -> bool:
    """Store the findings if the object is still at the revision read.

    False: nothing was stored, because it is stale, or the lease is lost.
    """
    values = {
        "revision": lease.revision,
        "found": found,
        "stored_at": draft_records.now(),
    }
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
    """Release the lease without a result: it stays requested, and any run may begin."""
    return _write(dbsession, tables, lease, _LET_GO)


def drop(dbsession: Session, tables: Tables, lease: Lease) -> bool:
    """Withdraw the request, because the object is deleted."""
    return _write(dbsession, tables, lease, {"wanted_at": None, **_LET_GO})


def fail(dbsession: Session, tables: Tables, lease: Lease, seconds: float) -> bool:
    """Record a failure of the task: it is retried after a while, but not for ever."""
    result = tables.task_result.c
    is_last = result.failures + 1 >= ATTEMPTS
    values = {
        # Before `failures` is incremented: MariaDB assigns from left to right.
        "wanted_at": sa.case((is_last, None), else_=result.wanted_at),
        "failures": result.failures + 1,
        "failed_at": draft_records.now(),
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
    # MariaDB assigns in this order.
    statement = sa.update(result).where(*where).ordered_values(*_pairs(result, values))
    return changed(dbsession, statement)


def _pairs(result: sa.Table, values: dict[str, Any]) -> list[tuple[Any, Any]]:
    return [(result.c[name], value) for name, value in values.items()]


def _revision(tables: Tables, place: TaskKey) -> sa.Select[Any]:
    one = tables.object.c
    return sa.select(one.revision).where(
        one.target == place.target, one.root == place.root
    )


def _in(seconds: float) -> datetime.datetime:
    return draft_records.now() + datetime.timedelta(seconds=seconds)
