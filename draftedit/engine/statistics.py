"""Counting drafts per day and target: the roll-up and the drafts not yet in it."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine import records
from draftedit.engine.tables import Tables


@dataclass(frozen=True)
class DayStatistics:
    """What was counted on one day (UTC) for one target.

    A draft is counted as opened on the day it was opened, as saved, cancelled or
    abandoned on the day it was closed, with its operations, undos, redos and the
    seconds it was open.
    """

    day: datetime.date
    target: str
    opened: int = 0
    saved: int = 0
    cancelled: int = 0
    abandoned: int = 0
    operations: int = 0
    undos: int = 0
    redos: int = 0
    seconds_open: int = 0

    def __add__(self, other: "DayStatistics") -> "DayStatistics":
        """Add up two counts of one day and target."""
        mine, others = ([*vars(one).values()][2:] for one in (self, other))
        sums = (a + b for a, b in zip(mine, others, strict=True))
        return DayStatistics(self.day, self.target, *sums)


def statistics(dbsession: Session, tables: Tables) -> list[DayStatistics]:
    """Return the counts, the newest day first."""
    counts = (*_rolled_up(dbsession, tables), *_uncounted(dbsession, tables))
    return added_up(counts)[::-1]


def added_up(counts: Iterable[DayStatistics]) -> list[DayStatistics]:
    """Add up the counts of each day and target, the oldest day first."""
    days: dict[tuple[datetime.date, str], DayStatistics] = {}
    for one in counts:
        known = days.get((one.day, one.target))
        days[one.day, one.target] = known + one if known else one
    return [days[key] for key in sorted(days)]


def _rolled_up(dbsession: Session, tables: Tables) -> Iterable[DayStatistics]:
    for one in dbsession.execute(sa.select(tables.draft_day)).mappings():
        yield DayStatistics(**one)


def _uncounted(dbsession: Session, tables: Tables) -> Iterable[DayStatistics]:
    draft, place = tables.draft, tables.draft_object
    wanted = (
        sa.select(*_columns(draft.c), place.c.target)
        .join_from(draft, place, place.c.draft == draft.c.key)
        .where(draft.c.counted == sa.false())
    )
    for one in dbsession.execute(wanted).mappings():
        yield from counts_of(dict(one))


def _columns(draft: Any) -> tuple[Any, ...]:
    return (
        draft.state,
        draft.closed_because,
        draft.opened_at,
        draft.closed_at,
        draft.operations,
        draft.undos,
        draft.redos,
    )


def counts_of(draft: dict[str, Any]) -> Iterable[DayStatistics]:
    """Return what one draft adds: to the day it was opened, and the day it closed."""
    yield DayStatistics(draft["opened_at"].date(), draft["target"], opened=1)
    if draft["state"] == records.OPEN:
        return
    abandoned = draft["closed_because"] == records.BY_IDLENESS
    cancelled = draft["state"] == records.CANCELLED and not abandoned
    seconds = (draft["closed_at"] - draft["opened_at"]).total_seconds()
    yield DayStatistics(
        day=draft["closed_at"].date(),
        target=draft["target"],
        saved=int(draft["state"] == records.SAVED),
        cancelled=int(cancelled),
        abandoned=int(abandoned),
        operations=draft["operations"],
        undos=draft["undos"],
        redos=draft["redos"],
        seconds_open=int(seconds),
    )
