"""What was rolled up is kept while the scripts run up, down and up again."""

import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.counting import Figure
from draftedit.engine.statistics import DayStatistics
from draftedit.firewall import drafts
from draftedit.models import migration

DAY = datetime.date(2026, 3, 1)
NUMBERS = {"opened": 3, "saved": 2, "operations": 40, "seconds_open": 2**40}


@pytest.fixture
def counts(empty_database):
    """Return what reads the statistics of the database."""

    def counts():
        with Session(empty_database.engine) as dbsession:
            return drafts.statistics(dbsession)

    return counts


def test_a_roll_up_from_before_the_figures_stays(empty_database, counts):
    engine, table = empty_database.engine, drafts.tables.draft_day
    wanted = [DayStatistics(DAY, "ruleset", **NUMBERS)]
    migration.upgrade(engine, "0002")
    with engine.begin() as connection:
        place = {"day": DAY, "target": "ruleset"}
        connection.execute(sa.insert(table), place | NUMBERS)
    migration.upgrade(engine)
    assert counts() == wanted
    migration.downgrade(engine, "0002")
    migration.upgrade(engine)
    assert counts() == wanted


def test_figures_join_the_days_that_are_there(empty_database, counts):
    engine, table = empty_database.engine, drafts.tables.draft_day_figure
    migration.upgrade(engine)
    figure = Figure("saved", "last", "set " + "é" * 124)
    with engine.begin() as connection:
        place = {"day": DAY, "target": "ruleset", "count": 2**40}
        connection.execute(sa.insert(table), place | figure._asdict())
    assert counts() == [DayStatistics(DAY, "ruleset", figures={figure: 2**40})]
