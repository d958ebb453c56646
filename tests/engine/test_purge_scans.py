"""A purge reads what it deletes, and not the whole journal for each batch of it."""

import datetime

import pytest
import sqlalchemy as sa

from draftedit.engine import purge as engine
from draftedit.engine.purge import purge
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
