"""Numbers of `Counters`: none twice and no gap, in every order of three connections."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from draftedit.counter import NAME as LONGEST
from draftedit.testing.race import every_order
from draftedit.web.retry import is_retryable
from tests.counter import counting
from tests.counter.counting import AT, actor, counters, gives_back, resetting

CONNECTIONS = 3


@pytest.fixture
def engine(fresh_database):
    return fresh_database(counting.Base.metadata).engine


@pytest.fixture
def put(engine):
    """Return `put(last)`, which returns what puts the counter there."""
    return lambda last: resetting(engine, last, counters.table, counting.TICKET)


@pytest.mark.parametrize(
    ("last", "way"),
    [(None, counting.next_of_counters), (41, counting.next_and_a_ticket)],
    ids=["first use", "used before"],
)
def test_three_at_once_take_three_numbers_in_every_order(engine, put, last, way):
    actors = [actor(engine, way, locked=True)] * CONNECTIONS
    wanted = [(last or 0) + n for n in (1, 2, 3)]
    orders, waits = set(), 0
    for run in every_order(engine, actors, at=AT, reset=put(last)):
        assert sorted(run.returned) == wanted, str(run)
        if last is not None:
            assert counting.numbered(engine) == [last, *wanted]
        orders.add(run.order)
        waits += bool(run.waited)
    # Who waits has no turn; but for the orders one after the other, somebody did.
    assert len(orders) >= 30
    assert waits == len(orders) - 6


def test_a_number_that_was_rolled_back_is_given_to_the_next(engine, put):
    take = actor(engine, counting.next_and_a_ticket, locked=True)
    actors = [take, gives_back(engine)]
    for run in every_order(engine, actors, at=AT, reset=put(0)):
        assert run.returned == [1, None], str(run)
        assert counting.numbered(engine) == [0, 1]


def test_where_the_first_of_all_rolls_back_there_is_no_gap_and_errors_are_retryable(
    engine, put
):
    take = actor(engine, counting.next_of_counters, locked=True)
    actors = [take, gives_back(engine), take]
    for run in every_order(engine, actors, at=AT, reset=put(None)):
        # MariaDB: of two who wait for a row that then goes, one may be a deadlock's.
        assert all(is_retryable(error) for error in run.raised), str(run)
        numbers = sorted(filter(None, run.returned))
        assert numbers in ([1], [1, 2]), str(run)
        assert len(numbers) + len(run.raised) == 2, str(run)


@pytest.mark.only_on("postgresql", "mariadb")
def test_who_takes_of_another_name_does_not_wait(engine, put):
    def of(name):
        return actor(engine, lambda dbsession: counters.next(dbsession, name))

    def reset():
        put(0)()
        with engine.begin() as connection:
            row = {"name": "another", "value": 7}
            connection.execute(sa.insert(counters.table), row)

    actors = [of(counting.NAME), of("another")]
    for run in every_order(engine, actors, at=AT, reset=reset):
        assert run.returned == [1, 8]
        assert run.waited == ""


@pytest.mark.only_on("postgresql")
def test_where_the_whole_transaction_is_one_snapshot_the_slower_begins_again(
    engine, put
):
    strict = engine.execution_options(isolation_level="REPEATABLE READ")
    actors = [actor(strict, counting.next_of_counters)] * 2
    refused = 0
    for run in every_order(engine, actors, at=AT, reset=put(0)):
        assert all(is_retryable(error) for error in run.raised)
        assert sorted(run.returned) == [1, 2][: 2 - len(run.raised)], str(run)
        refused += len(run.raised)
    assert refused > 0


@pytest.mark.only_on("sqlite")
def test_on_sqlite_who_read_before_another_wrote_is_told_to_begin_again(engine, put):
    def way(dbsession):
        dbsession.scalar(sa.select(counting.Ticket.number))
        return counting.next_of_counters(dbsession)

    refused = 0
    actors = [actor(engine, way)] * 2
    for run in every_order(engine, actors, at=AT, reset=put(0)):
        assert all(is_retryable(error) for error in run.raised)
        assert sorted(run.returned) == [1, 2][: 2 - len(run.raised)], str(run)
        refused += len(run.raised)
    assert refused > 0


def test_names_are_apart_whatever_their_case(engine, put):
    put(None)()
    with Session(engine) as dbsession:
        taken = [counters.next(dbsession, name) for name in ("a", "a", "A", "ä", "a")]
    assert taken == [1, 2, 1, 1, 3]


def test_a_number_may_be_large(engine):
    resetting(engine, 2**40, counters.table)()
    with Session(engine) as dbsession:
        assert counters.next(dbsession, counting.NAME) == 2**40 + 1


@pytest.mark.only_on("postgresql", "mariadb")
def test_a_name_that_is_too_long_is_refused_and_not_cut(engine):
    with Session(engine) as dbsession:
        assert counters.next(dbsession, "x" * LONGEST) == 1
        with pytest.raises(DBAPIError):
            counters.next(dbsession, "x" * (LONGEST + 1))
