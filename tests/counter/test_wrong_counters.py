"""The answers that people are given, each in every order: the table of docs/counter.md.

A way that is wrong is found out every time, by the same orders.
"""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from draftedit.testing.race import every_order, one_order
from draftedit.web.retry import is_retryable
from tests.counter import counting
from tests.counter.counting import AT, actor, is_double, resetting
from tests.documents import Page

PAGE = Page("docs/counter.md")
HEADS = ("PostgreSQL", "MariaDB", "SQLite, BEGIN", "SQLite, driver default")
BACKENDS = dict(zip(("postgresql", "mariadb", "sqlite"), HEADS, strict=False))

# As the docs call them.
WAYS = {
    "`SELECT`, then `UPDATE`": counting.read_then_write,
    "`tally.value += 1`": counting.add_to_an_attribute,
    "`SELECT max(number)`, then `INSERT`": counting.greatest_and_one,
    "the same, and the number is unique": counting.greatest_and_one_unique,
    "`… ORDER BY number DESC LIMIT 1 FOR UPDATE`": counting.lock_the_last_row,
    "`FOR UPDATE`, read in a sub-select": counting.lock_and_read_below,
    "`FOR UPDATE`, read before": counting.lock_what_was_read_before,
    "`get(…, with_for_update=True)`, read before": (
        counting.get_and_lock_what_was_read_before
    ),
    "the same, and `populate_existing=True`": counting.lock_and_read_anew,
    "`SELECT … FOR UPDATE`, then `UPDATE`": counting.lock_then_write,
    "`tally.value = Tally.value + 1`": counting.let_the_database_count,
    "`counters.next`": counting.next_of_counters,
}


def table():
    """Return the cells of the docs' table by way and column."""
    lines = [line for line in PAGE.text.splitlines() if line.startswith("| ")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    heads = next(row for row in rows if row[1:] == list(HEADS))
    return {
        row[0]: dict(zip(HEADS, row[1:], strict=True))
        for row in rows
        if row[0] in WAYS and len(row) == len(heads)
    }


def words(runs):
    """Return what was seen in the words of the table."""
    double = sum(is_double(run) for run in runs)
    refused = sum(bool(run.raised) for run in runs)
    if double:
        return f"**{double} of {len(runs)} duplicated**"
    if refused:
        return f"{refused} of {len(runs)} refused"
    return f"all {len(runs)} correct"


@pytest.fixture
def engine(fresh_database):
    return fresh_database(counting.Base.metadata).engine


@pytest.fixture
def plain_engine(tmp_path):
    """Return an engine on SQLite without any preparation."""
    engine = sa.create_engine(f"sqlite:///{tmp_path}/plain.sqlite")
    counting.Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


def runs_of(engine, way):
    pair = [actor(engine, way)] * 2
    for run in every_order(engine, pair, at=AT, reset=resetting(engine, 1)):
        # A refused one may begin again, or has met the unique constraint.
        for error in run.raised:
            assert is_retryable(error) or isinstance(error, IntegrityError), str(run)
        if not is_double(run):
            assert sorted(run.returned) == [2, 3][: len(run.returned)], str(run)
        yield run


def test_the_docs_have_every_way():
    assert [*table()] == [*WAYS]


@pytest.mark.parametrize("name", WAYS)
def test_two_connections_in_every_order(engine, backend, name):
    found = words(list(runs_of(engine, WAYS[name])))
    assert found == table()[name][BACKENDS[backend]]


@pytest.mark.parametrize("name", WAYS)
def test_so_on_sqlite_as_its_driver_has_it(plain_engine, name):
    found = words(list(runs_of(plain_engine, WAYS[name])))
    assert found == table()[name][HEADS[-1]]


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("name", WAYS)
def test_with_begin_immediate_every_way_is_right_on_sqlite(engine, name):
    pair = [actor(engine, WAYS[name], locked=True)] * 2
    for run in every_order(engine, pair, at=AT, reset=resetting(engine, 1)):
        assert sorted(run.returned) == [2, 3], str(run)


on_servers = pytest.mark.only_on("postgresql", "mariadb")


@on_servers
def test_an_object_that_nobody_holds_is_read_anew(engine):
    assert not any(map(is_double, runs_of(engine, counting.lock_what_nobody_holds)))


@on_servers
def test_where_the_row_is_not_there_yet_a_lock_locks_nothing(engine):
    pair = [actor(engine, counting.lock_or_insert)] * 2
    refused = 0
    for run in every_order(engine, pair, at=AT, reset=resetting(engine, None)):
        assert not is_double(run), str(run)
        refused += len(run.raised)
    assert refused > 0


@on_servers
def test_an_attribute_read_after_the_commit_is_what_others_have_written(engine):
    def act():
        with Session(engine) as dbsession:
            tally = dbsession.get_one(
                counting.Tally, counting.NAME, with_for_update=True
            )
            tally.value += 1
            dbsession.commit()
            return tally.value

    orders = every_order(engine, [act] * 2, at=AT, reset=resetting(engine, 1))
    assert any(map(is_double, orders))


# A lock less in the test of three connections, and it fails; every time, and alike.
FIRST_THAT_FAILS = {
    counting.read_then_write: "AAABBCBCC",
    counting.add_to_an_attribute: "AAABBCBCC",
    counting.greatest_and_one: "AAABBCBCC",
    counting.lock_and_read_below: "AAABBCBCC",
    counting.lock_what_was_read_before: "AAAABBBCBCCC",
}


@on_servers
@pytest.mark.parametrize("way", FIRST_THAT_FAILS)
def test_with_the_lock_taken_out_three_connections_fail_every_time(engine, way):
    actors, reset = [actor(engine, way)] * 3, resetting(engine, 1)
    for _ in range(2):
        orders = every_order(engine, actors, at=AT, reset=reset)
        failed = next(run for run in orders if is_double(run))
        assert failed.order == FIRST_THAT_FAILS[way], str(failed)
        reset()
        again = one_order(engine, actors, failed.order, at=AT)
        assert (again.steps, again.results) == (failed.steps, failed.results)


@on_servers
def test_select_for_update_is_right_with_three_connections_in_every_order(engine):
    actors = [actor(engine, counting.lock_then_write)] * 3
    reset = resetting(engine, 0, counting.Tally.__table__)
    for run in every_order(engine, actors, at=AT, reset=reset):
        assert sorted(run.returned) == [1, 2, 3], str(run)
