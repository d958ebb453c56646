"""What a database's object spells is taken, and means the same on all of them."""

import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from draftedit.engine.base.sql import force_index
from draftedit.engine.values.codecs import UTC
from draftedit.engine.values.sql_functions import as_text, utc_day, whole_seconds
from tests.engine.dialects.provoking import moments, owner, thing

EARLY = datetime.datetime(2024, 2, 28, 23, 59, 58, 900_000, tzinfo=UTC)
LATE = datetime.datetime(2024, 3, 1, 0, 0, 1, 100_000, tzinfo=UTC)


@pytest.fixture
def span(connection):
    connection.execute(sa.insert(moments), [{"early": EARLY, "late": LATE}])
    return moments.c


def test_a_day_is_that_of_utc(connection, span):
    connection.execute(sa.update(moments).values(late=LATE))
    days = connection.execute(sa.select(utc_day(span.early), utc_day(span.late))).one()
    assert [*days] == [datetime.date(2024, 2, 28), datetime.date(2024, 3, 1)]


def test_whole_seconds_are_counted_over_a_leap_day(connection, span):
    seconds = sa.select(whole_seconds(span.early, span.late))
    # 86,402.2 between them; SQLite counts from whole seconds, and so one more.
    assert connection.scalar(seconds) in (86_402, 86_403)


def test_a_text_merges_with_a_column_that_is_read_as_text(connection, rows):
    texts = sa.select(as_text(thing.c.code, type_=sa.Text()))
    merged = sa.union_all(texts, sa.select(sa.cast("two", sa.Text)))
    assert sorted(connection.scalars(merged)) == ["one", "two"]


def test_an_upsert_inserts_and_then_changes_and_returns(connection, here):
    upsert = here.upsert(thing, {"level": sa.func.coalesce(thing.c.level, 0) + 1})
    upsert = upsert.values(id=7, must="x").returning(thing.c.level)
    levels = [connection.execute(upsert).scalar_one() for _ in range(3)]
    assert levels == [None, 1, 2]


def test_what_is_sorted_without_an_index_is_sorted(connection, here):
    keys = [{"id": number} for number in (3, 1, 2)]
    connection.execute(sa.insert(owner), keys)
    by = here.unindexed(owner.c.id)
    wanted = sa.select(owner.c.id).group_by(by).order_by(by)
    assert [*connection.scalars(wanted)] == [1, 2, 3]


def test_what_analyzes_is_taken(database, here):
    with database.engine.connect() as connection:
        connection.execute(sa.text(f"{here.analyze} {thing.name}"))
        connection.rollback()


def test_an_index_of_a_hint_must_be_there(connection, here):
    good, bad = (
        force_index(sa.select(thing.c.id), thing, name)
        for name in ("thing_must", "nothing")
    )
    assert connection.execute(good).all() == []
    if here.index_hint is None:
        assert connection.execute(bad).all() == []
    else:
        with pytest.raises(DBAPIError, match="nothing"), connection.begin_nested():
            connection.execute(bad)


def test_who_begins_to_write_has_the_lock(database, here):
    """Where the whole database has one, and a driver that begins late."""
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert bool(here.begin) == bool(here.begin_to_write)
        for words in filter(None, (here.begin, here.begin_to_write)):
            assert not driver.in_transaction
            driver.execute(words)
            assert driver.in_transaction
            driver.execute("ROLLBACK")


def test_who_waits_looks_again_in_time_or_is_told(here):
    waits = [here.looks_again_after(seconds) for seconds in (0, 0.2, 3600)]
    assert waits == sorted(waits)
    assert all(waits) or not any(waits)
    assert bool(waits[0]) == bool(here.begin_to_write)


def test_deferred_constraints_are_checked_when_asked(connection, here):
    if here.check_deferred is None:
        return
    connection.exec_driver_sql(
        "ALTER TABLE thing ADD CONSTRAINT later UNIQUE (weight)"
        " DEFERRABLE INITIALLY DEFERRED"
    )
    same = [{"id": n, "must": "x", "weight": 5} for n in (1, 2)]
    connection.execute(sa.insert(thing), same)
    with pytest.raises(sa.exc.IntegrityError), connection.begin_nested():
        connection.exec_driver_sql(here.check_deferred)


def test_ddl_commits_or_does_not(empty_database, here):
    with empty_database.engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE one (id INTEGER)")
        connection.commit()
        connection.exec_driver_sql("INSERT INTO one VALUES (1)")
        connection.exec_driver_sql("CREATE TABLE two (id INTEGER)")
        connection.rollback()
        found = connection.exec_driver_sql("SELECT id FROM one").all()
    assert bool(found) == here.ddl_commits


def test_a_temporary_table_is_dropped_without_a_commit(empty_database, here):
    with empty_database.engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE one (id INTEGER)")
        connection.commit()
        connection.exec_driver_sql("INSERT INTO one VALUES (1)")
        connection.exec_driver_sql("CREATE TEMPORARY TABLE two (id INTEGER)")
        connection.exec_driver_sql(f"{here.drop_temporary} two")
        connection.rollback()
        assert connection.exec_driver_sql("SELECT id FROM one").all() == []


def test_a_temporary_table_outlives_a_rollback_or_does_not(empty_database, here):
    with empty_database.engine.connect() as connection:
        connection.exec_driver_sql("CREATE TEMPORARY TABLE two (id INTEGER)")
        connection.rollback()
        is_there = True
        try:
            connection.exec_driver_sql("SELECT id FROM two")
        except DBAPIError:
            is_there = False
    assert is_there == here.temporary_outlives_rollback


def test_what_a_rollback_does_not_reach_is_told(empty_database, here, how):
    with empty_database.engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE TABLE one (id INTEGER){how.lasting}")
        connection.commit()
        connection.exec_driver_sql("INSERT INTO one VALUES (1)")
        cursor = connection.connection.cursor()
        cursor.execute("ROLLBACK")
        assert here.wrote_past_rollback(cursor) == bool(how.lasting)
        found = connection.exec_driver_sql("SELECT id FROM one").all()
    assert bool(found) == bool(how.lasting)
