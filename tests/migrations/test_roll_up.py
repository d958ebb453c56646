"""What was rolled up is kept while the scripts run up, down and up again."""

import datetime
import json

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.app.models import migration
from draftedit.engine.statistics.counting import Figure
from draftedit.engine.statistics.daily_counts import DayStatistics
from draftedit.engine.values.column_types import UtcDateTime
from draftedit.firewall import drafts

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


def test_steps_from_before_their_kind_had_a_column_are_counted(empty_database, counts):
    engine = empty_database.engine
    migration.upgrade(engine, "0005")
    at = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)
    steps = (
        {"op": "set", "table": "rule", "id": [1], "values": {"comment": "é"}},
        {"op": "batch", "operations": [{"op": "delete", "table": "rule", "id": [1]}]},
    )
    with engine.begin() as connection:
        connection.execute(sa.insert(drafts.tables.draft), _cancelled(len(steps), at))
        place = {"draft": 1, "target": "ruleset", "root": "1"}
        connection.execute(sa.insert(drafts.tables.draft_object), place)
        texts = map(sa.column, ("draft", "sequence", "forward", "inverse"))
        journal = sa.table("operation", *texts, sa.column("at", UtcDateTime))
        for number, step in enumerate(steps, 1):
            row = {"draft": 1, "sequence": number, "inverse": "{}", "at": at}
            row["forward"] = json.dumps(step)
            connection.execute(sa.insert(journal), row)
    migration.upgrade(engine)
    (day,) = counts()
    assert day.figures[Figure("cancelled", "kind", "set")] == 1
    assert day.figures[Figure("cancelled", "kind", "batch")] == 1
    assert day.figures[Figure("cancelled", "last", "batch")] == 1
    with engine.connect() as connection:
        wanted = sa.select(drafts.tables.operation.c.table_name)
        assert set(connection.scalars(wanted)) == {"rule", None}


def _cancelled(steps, at):
    times = dict.fromkeys(("opened_at", "changed_at", "closed_at"), at)
    numbers = dict.fromkeys(("position", "length", "operations"), steps)
    names = {"owner": "ada", "state": "cancelled", "fingerprint": ""}
    return {"key": 1, "counted": False, **times, **numbers, **names}


def test_figures_join_the_days_that_are_there(empty_database, counts):
    engine, table = empty_database.engine, drafts.tables.draft_day_figure
    migration.upgrade(engine)
    figure = Figure("saved", "last", "set " + "é" * 124)
    with engine.begin() as connection:
        place = {"day": DAY, "target": "ruleset", "count": 2**40}
        connection.execute(sa.insert(table), place | figure._asdict())
    assert counts() == [DayStatistics(DAY, "ruleset", figures={figure: 2**40})]
