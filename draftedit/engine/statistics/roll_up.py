"""Add drafts to the daily counts, each of them once."""

import contextlib
from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from draftedit.engine.base.sql import among, is_among, run
from draftedit.engine.schema.tables import Tables
from draftedit.engine.statistics import counting
from draftedit.engine.statistics.daily_counts import DayStatistics, count


def add(
    dbsession: Session, tables: Tables, keys: Sequence[int], stay: bool = False
) -> None:
    """Add drafts, which the caller has locked, except those that are counted already.

    `stay`: they are not deleted in this transaction, but marked as counted.
    """
    mine = among(keys)
    for day in count(dbsession, _counts(tables), mine):
        # The row of the day first: concurrent purges wait there, in the same order.
        _add_numbers(dbsession, tables.draft_day, day)
        _add_figures(dbsession, tables.draft_day_figure, day)
    if stay:
        marked = sa.update(tables.draft).where(is_among(tables.draft.c.key))
        run(dbsession, marked.values(counted=True), mine)


@cache
def _counts(tables: Tables) -> sa.CompoundSelect[Any]:
    return counting.counts(tables, is_among)


def _add_numbers(dbsession: Session, table: sa.Table, day: DayStatistics) -> None:
    """Add to the row of the day, or insert it; two purges may do so at once."""
    addition = (
        sa.update(table)
        .where(*_is_of(table, day))
        .values({name: table.c[name] + number for name, number in day.numbers.items()})
    )
    if dbsession.connection().execute(addition).rowcount:
        return
    with contextlib.suppress(IntegrityError), dbsession.begin_nested():
        dbsession.execute(sa.insert(table), day.place._asdict())  # starts at 0
    dbsession.execute(addition)


def _add_figures(dbsession: Session, table: sa.Table, day: DayStatistics) -> None:
    """Add to the day's figures; its locked row keeps other purges out."""
    names = ("outcome", "measure", "value")
    wanted = sa.select(*(table.c[name] for name in names)).where(*_is_of(table, day))
    # Locked, so that no older snapshot is read.
    there = {tuple(row) for row in dbsession.execute(wanted.with_for_update())}
    old = {figure: n for figure, n in day.figures.items() if figure in there}
    new = {figure: n for figure, n in day.figures.items() if figure not in there}
    if old:
        which = (table.c[name] == sa.bindparam(f"of_{name}") for name in names)
        addition = (
            sa.update(table)
            .where(*_is_of(table, day), *which)
            .values(count=table.c.count + sa.bindparam("more"))
        )
        dbsession.connection().execute(
            addition,
            [
                {f"of_{name}": part for name, part in figure._asdict().items()}
                | {"more": number}
                for figure, number in old.items()
            ],
        )
    if new:
        dbsession.execute(
            sa.insert(table),
            [
                {**day.place._asdict(), **figure._asdict(), "count": number}
                for figure, number in new.items()
            ],
        )


def _is_of(table: sa.Table, day: DayStatistics) -> tuple[Any, ...]:
    return table.c.day == day.day, table.c.target == day.target
