"""A purge reads what it deletes, and not the whole journal for each batch of it."""

import datetime

import pytest
import sqlalchemy as sa

from draftedit.engine.base.sql import SPREAD, close_together, is_among
from draftedit.engine.statistics import counting
from draftedit.engine.statistics import purge as engine
from draftedit.engine.statistics.purge import purge
from tests.engine.explaining import scans
from tests.hosts import shop

TABLES = shop.drafts.tables
LINE = shop.drafts.targets["purchase"].tables["line"].draft
OLD, DRAFTS, OPERATIONS = 300, 1_200, 5  # all are closed; the old ones are purged
PACKET = 100
TEXT = "x" * 1_000  # a small table would rightly be read from end to end
NOW = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)
LONG_AGO = datetime.datetime(2001, 1, 1, tzinfo=datetime.UTC)
LARGE = {TABLES.operation.name, TABLES.request.name, LINE.name}


@pytest.fixture
def connection(dbsession_factory):
    """Return the connection of sessions, with many drafts that are closed.

    The tables have no statistics, as in the minutes before an autovacuum.
    """
    keys = range(1, DRAFTS + 1)
    each = [(key, number) for key in keys for number in range(OPERATIONS)]
    step = {"kind": "set", "forward": TEXT, "inverse": "{}", "at": LONG_AGO}
    answer = {"owner": "ada", "digest": "", "status": 200, "answer": TEXT}
    rows = {
        TABLES.draft: [_draft(key) for key in keys],
        TABLES.draft_object: [_place(key) for key in keys],
        TABLES.operation: [{"draft": key, "sequence": n, **step} for key, n in each],
        TABLES.request: [
            {"draft": k, "key": f"{k}-{n}", "at": LONG_AGO, **answer} for k, n in each
        ],
        LINE: [
            {"draft": k, "root": "1", "gone": False, "id": n, "origin": TEXT}
            for k, n in each
        ],
    }
    with dbsession_factory() as dbsession:
        for table, records in rows.items():
            dbsession.execute(sa.insert(table), records)
        dbsession.commit()
        return dbsession.connection()


def _draft(key):
    at = LONG_AGO if key <= OLD else NOW
    times = dict.fromkeys(("opened_at", "changed_at", "closed_at"), at)
    names = {"owner": "ada", "state": "cancelled", "fingerprint": ""}
    return {"key": key, "counted": key > OLD, "length": OPERATIONS, **names, **times}


def _place(key):
    return {"draft": key, "target": "purchase", "root": str(key)}


@pytest.fixture
def read(connection):
    """Return what statements read from end to end of the LARGE tables, as they run."""
    found = []

    def explain(_connection, _cursor, statement, parameters, _context, many):
        if not many and "EXPLAIN" not in statement and "SAVEPOINT" not in statement:
            tables = scans(connection, statement, parameters) & LARGE
            found.extend((table, statement) for table in tables)

    sa.event.listen(connection, "before_cursor_execute", explain)
    return found


def test_no_batch_reads_the_journal_from_end_to_end(
    read, dbsession_factory, monkeypatch
):
    monkeypatch.setattr(engine, "BATCH", PACKET * (3 * OPERATIONS + 1))

    purge(dbsession_factory.begin, TABLES, shop.drafts.targets, NOW)

    assert read == []
    with dbsession_factory() as dbsession:
        left = dbsession.scalar(sa.select(sa.func.count(TABLES.draft.c.key)))
    assert left == DRAFTS - OLD


@pytest.fixture
def spans(connection):
    """Return the span and the number of the keys that statements are about."""
    found = []

    def note(_connection, _statement, _many, told, _options):
        if "among" in told:
            width = told["most"] - told["least"] + 1
            found.append((width, len(told["among"])))

    sa.event.listen(connection, "before_execute", note)
    return found


def test_what_lies_between_a_straggler_and_the_others_is_not_read(
    spans, dbsession_factory
):
    with dbsession_factory() as dbsession:
        stays = sa.update(TABLES.draft).where(TABLES.draft.c.key.between(2, OLD - 1))
        dbsession.execute(stays.values(closed_at=NOW, counted=True))
        dbsession.commit()

    purged = purge(dbsession_factory.begin, TABLES, shop.drafts.targets, NOW)

    assert purged.deleted == 2
    assert set(spans) == {(1, 1)}


def test_steps_are_looked_up_by_their_draft_alone():
    counted = str(counting.counts(TABLES, is_among))

    assert "draft.key BETWEEN" in counted.replace('"', "")
    assert "operation.draft = facts.key" in counted.replace('"', "")
    assert "operation.draft BETWEEN" not in counted


def test_fewer_drafts_are_locked_together_than_are_looked_at(
    spans, dbsession_factory, monkeypatch
):
    monkeypatch.setattr(engine, "LOCKED", PACKET)

    purge(dbsession_factory.begin, TABLES, shop.drafts.targets, NOW)

    assert {count for _, count in spans} == {OLD, PACKET}


def test_keys_are_close_together_where_one_in_ten_is_wanted():
    assert close_together(range(1, 1_000)) == [*range(1, 1_000)]
    every_tenth = [*range(0, 1_000, SPREAD)]
    assert close_together(every_tenth) == every_tenth
    assert close_together([1, 2, 4 * SPREAD, 5 * SPREAD]) == [1, 2]
    assert close_together([]) == []
