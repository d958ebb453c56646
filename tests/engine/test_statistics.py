"""Drafts are counted per day and target, purged or not."""

import datetime

import pytest
import sqlalchemy as sa

from draftedit import Insert
from draftedit.engine.purge import purge
from draftedit.engine.statistics import DayStatistics
from tests.hosts import shop

DRAFT = shop.drafts.tables.draft


def at(day, hour=12):
    return datetime.datetime(2026, 3, day, hour, tzinfo=datetime.UTC)


def march(day, **counts):
    return DayStatistics(datetime.date(2026, 3, day), "purchase", **counts)


@pytest.fixture
def make(dbsession_factory, goods):
    """Return `make(opened_at, closed_at, verb)`: a draft of that time."""

    def make(opened, closed=None, verb="cancel"):
        with dbsession_factory.begin() as dbsession:
            edit = shop.drafts.open(dbsession, shop.Order, goods.second, owner="ada")
            edit.apply(Insert("line", {"product": "tea"}))
            edit.apply(Insert("line", {"product": "milk"}))
            edit.undo()
            edit.redo()
            if closed is not None:
                getattr(edit, verb)()
            mine = sa.update(DRAFT).where(DRAFT.c.key == edit.info.key)
            dbsession.execute(mine.values(opened_at=opened, closed_at=closed))

    return make


@pytest.fixture
def purged(dbsession_factory):
    """Return `purged(day)`: purge what was closed before that day."""

    def purged(day):
        tables, targets = shop.drafts.tables, shop.drafts.targets
        return purge(dbsession_factory.begin, tables, targets, at(day, 0)).deleted

    return purged


WORK = {"operations": 2, "undos": 1, "redos": 1}


def test_a_draft_counts_on_the_day_it_was_opened_and_the_day_it_was_closed(
    make, dbsession, purged
):
    make(at(1, 23), at(2, 1))
    wanted = [
        march(2, cancelled=1, seconds_open=7200, **WORK),
        march(1, opened=1),
    ]
    assert shop.drafts.statistics(dbsession) == wanted
    assert purged(3) == 1
    dbsession.expire_all()
    assert shop.drafts.statistics(dbsession) == wanted


def test_the_roll_up_and_the_drafts_are_added_up(make, dbsession, purged):
    make(at(1), at(1, 13))
    make(at(1), at(5), "save")
    make(at(1))
    wanted = [
        march(5, saved=1, seconds_open=4 * 86400, **WORK),
        march(1, opened=3, cancelled=1, seconds_open=3600, **WORK),
    ]
    assert shop.drafts.statistics(dbsession) == wanted
    assert purged(3) == 1
    dbsession.expire_all()
    assert shop.drafts.statistics(dbsession) == wanted
    assert purged(9) == 1
    dbsession.expire_all()
    assert shop.drafts.statistics(dbsession) == wanted


def test_without_drafts_there_is_nothing_to_count(goods, dbsession):
    assert shop.drafts.statistics(dbsession) == []
