"""Count drafts per day and target: the roll-up and the drafts not yet in it."""

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.base.sql import run
from draftedit.engine.schema.tables import Tables
from draftedit.engine.statistics import counting
from draftedit.engine.statistics.counting import SUMS, Figure


class DayAndTarget(NamedTuple):
    """What drafts are counted by: a day (UTC) and a target."""

    day: datetime.date
    target: str


@dataclass(frozen=True)
class DayStatistics:
    """The counts of one day (UTC) for one target.

    A draft is counted as opened on the day it was opened, as saved, cancelled or
    abandoned on the day it was closed, with its operations, undos, redos and the
    seconds it was open. `figures` break down the closed ones: see
    `draftedit.engine.statistics.counting`.
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
    figures: Mapping[Figure, int] = field(default_factory=dict)

    @property
    def place(self) -> DayAndTarget:
        """Return the day and the target."""
        return DayAndTarget(self.day, self.target)

    @property
    def numbers(self) -> dict[str, Any]:
        """Return the counts by name, without the figures."""
        return {name: getattr(self, name) for name in NUMBERS}

    def __add__(self, other: "DayStatistics") -> "DayStatistics":
        """Add the counts of the same day and target."""
        mine, others = self.numbers, other.numbers
        sums = {name: mine[name] + others[name] for name in NUMBERS}
        figures = Counter(self.figures) + Counter(other.figures)
        return DayStatistics(*self.place, **sums, figures=dict(figures))


NUMBERS = tuple(
    one.name
    for one in fields(DayStatistics)
    if one.name not in ("day", "target", "figures")
)


def statistics(
    dbsession: Session, tables: Tables, since: datetime.date | None = None
) -> list[DayStatistics]:
    """Return the counts, the newest day first, from the day `since` on.

    Runs a fixed number of statements.
    """
    waiting = count(dbsession, counting.counts(tables), {})
    found = (*_rolled_up(dbsession, tables, since), *waiting)
    return added_up(one for one in found if since is None or one.day >= since)[::-1]


def added_up(counts: Iterable[DayStatistics]) -> list[DayStatistics]:
    """Sum the counts of each day and target, the oldest day first."""
    days: dict[DayAndTarget, DayStatistics] = {}
    for one in counts:
        known = days.get(one.place)
        days[one.place] = known + one if known else one
    return [days[place] for place in sorted(days)]


def count(
    dbsession: Session, statement: sa.Executable, binds: Mapping[str, Any]
) -> list[DayStatistics]:
    """Run a statement of `counting`; return the counts, the oldest day first."""
    numbers: list[DayStatistics] = []
    figures = []
    for one in run(dbsession, statement, binds).mappings():
        if one["outcome"]:
            figures.append(one)
        else:
            # Some databases return the sum of integers as a decimal number.
            sums: dict[str, Any] = {name: int(one[name]) for name in SUMS}
            sums[one["measure"]] = one["count"]
            numbers.append(DayStatistics(one["day"], one["target"], **sums))
    return added_up([*numbers, *_figures(figures)])


def _rolled_up(
    dbsession: Session, tables: Tables, since: datetime.date | None
) -> Iterable[DayStatistics]:
    wanted = [sa.select(tables.draft_day), sa.select(tables.draft_day_figure)]
    if since is not None:
        wanted[0] = wanted[0].where(tables.draft_day.c.day >= since)
        wanted[1] = wanted[1].where(tables.draft_day_figure.c.day >= since)
    days, figures = (dbsession.execute(one).mappings() for one in wanted)
    for one in days:
        yield DayStatistics(**one)
    yield from _figures(figures)


def _figures(rows: Iterable[Mapping[Any, Any]]) -> Iterable[DayStatistics]:
    found: dict[DayAndTarget, Counter[Figure]] = {}
    for one in rows:
        figures = found.setdefault(DayAndTarget(one["day"], one["target"]), Counter())
        figures[Figure(one["outcome"], one["measure"], one["value"])] += one["count"]
    for place, figures in found.items():
        yield DayStatistics(*place, figures=dict(figures))
