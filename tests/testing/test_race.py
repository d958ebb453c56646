"""The race kit: every order, one actor at a time, waits as the database has them."""

import re
import threading

import pytest
import sqlalchemy as sa

from draftedit.testing.race import (
    ActorStep,
    OutOfOrder,
    Stuck,
    TooMany,
    every_order,
    one_order,
)
from draftedit.testing.race.scheduler import Scheduler
from draftedit.web.retry import is_retryable

METADATA = sa.MetaData()
ROW = sa.Table(
    "row_of_race",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("text", sa.String(10), nullable=False),
)
AT = "row_of_race"

on_servers = pytest.mark.only_on("postgresql", "mariadb")


@pytest.fixture
def engine(fresh_database):
    engine = fresh_database(METADATA).engine
    put_back(engine)
    return engine


def put_back(engine):
    with engine.begin() as connection:
        connection.execute(sa.delete(ROW))
        connection.execute(
            sa.insert(ROW), [{"id": 1, "text": "-"}, {"id": 2, "text": "-"}]
        )


def write(connection, key, text):
    connection.execute(sa.update(ROW).where(ROW.c.id == key).values(text=text))


def writer(engine, text, *keys):
    """Return an actor that writes to the rows in this order, and commits."""

    def act():
        with engine.connect() as connection:
            for key in keys:
                write(connection, key, text)
            connection.commit()
            return text

    return act


def reader(engine, times=1):
    """Return an actor that reads as often, and commits."""

    def act():
        with engine.connect() as connection:
            for _ in range(times):
                found = connection.scalars(sa.select(ROW.c.text)).all()
            connection.commit()
            return found

    return act


def texts(engine):
    with engine.connect() as connection:
        return list(connection.scalars(sa.select(ROW.c.text).order_by(ROW.c.id)))


def shown(run):
    """Return who did what, without the words of the statements."""
    return [
        (step.actor, re.split(r"\s", step.statement)[0], step.mark)
        for step in run.steps
    ]


def threads_of_actors():
    return [one for one in threading.enumerate() if one.name in ("A", "B")]


def test_where_nobody_waits_every_order_is_played_once(engine):
    orders = [run.order for run in every_order(engine, [reader(engine)] * 3, at=AT)]
    assert len(orders) == len(set(orders)) == 90  # 6! / (2! 2! 2!)
    assert orders == sorted(orders)
    assert {"".join(sorted(order)) for order in orders} == {"AABBCC"}


def test_actors_may_have_different_numbers_of_steps(engine):
    actors = [reader(engine, 2), reader(engine)]
    orders = [run.order for run in every_order(engine, actors, at=AT)]
    assert len(set(orders)) == 10  # 5! / (3! 2!)


def test_only_the_chosen_statements_and_commits_begin_a_step(engine):
    def act():
        with engine.connect() as connection:
            connection.execute(sa.select(sa.literal(1)))
            connection.execute(sa.select(ROW)).all()
            connection.execute(sa.select(sa.literal(2)))
            connection.rollback()
            connection.execute(sa.select(sa.literal(3)))
            connection.commit()

    run = one_order(engine, [act], "", at="ROW_OF")
    assert [step.statement.split()[0] for step in run.steps] == ["SELECT", "COMMIT"]


@on_servers
def test_who_waits_is_seen_and_the_others_go_on_until_it_can(engine):
    actors = [writer(engine, "a", 1), writer(engine, "b", 1), reader(engine)]
    run = one_order(engine, actors, "ABCCAB", at=AT)
    assert shown(run) == [
        ("A", "UPDATE", ""),
        ("B", "UPDATE", "waits"),
        ("C", "SELECT", ""),
        ("C", "COMMIT", ""),
        ("A", "COMMIT", ""),
        ("B", "UPDATE", "goes on"),
        ("B", "COMMIT", ""),
    ]
    assert run.returned[:2] == ["a", "b"]
    assert run.waited == "B"
    assert texts(engine) == ["b", "-"]


@pytest.mark.only_on("sqlite")
def test_on_sqlite_who_is_turned_away_asks_again_when_another_has_done_a_step(engine):
    actors = [writer(engine, "a", 1), writer(engine, "b", 2), reader(engine)]
    run = one_order(engine, actors, "ABCCAB", at=AT)
    assert [step for step in shown(run) if step[0] == "B"] == [
        ("B", "UPDATE", "waits"),
        ("B", "UPDATE", "goes on"),
        ("B", "COMMIT", ""),
    ]
    assert texts(engine) == ["a", "b"]
    # And what the connections had is put back.
    with engine.connect() as connection:
        patience = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()
    assert patience == 5_000


@on_servers
def test_of_a_deadlock_there_is_one_victim_and_its_error_is_the_outcome(engine):
    actors = [writer(engine, "a", 1, 2), writer(engine, "b", 2, 1)]
    run = one_order(engine, actors, "ABAB", at=AT)
    [error], [won] = run.raised, run.returned
    assert is_retryable(error)
    assert texts(engine) == [won, won]
    assert sorted(run.waited)[0] == "A"


@pytest.mark.only_on("sqlite")
def test_on_sqlite_who_has_read_before_another_wrote_is_refused(engine):
    def act():
        with engine.connect() as connection:
            connection.scalars(sa.select(ROW.c.text)).all()
            write(connection, 1, "x")
            connection.commit()

    run = one_order(engine, [act, act], "ABAAB", at=AT)
    [error] = run.raised
    assert is_retryable(error)
    assert run.results[1].raised is error


@pytest.mark.only_on("sqlite")
def test_on_sqlite_the_last_gives_up_where_all_wait_for_somebody_outside(engine):
    with engine.connect() as outside:
        write(outside, 1, "outside")
        run = one_order(engine, [writer(engine, "a", 1)] * 2, "AB", at=AT)
    assert [is_retryable(error) for error in run.raised] == [True, True]
    assert run.waited == "AB"


NAMED_LOCKS = {
    "postgresql": ("SELECT pg_advisory_lock(7)", "SELECT pg_advisory_unlock(7)"),
    "mariadb": ("SELECT GET_LOCK('race', 60)", "SELECT RELEASE_LOCK('race')"),
}


@on_servers
def test_who_waits_for_a_named_lock_is_seen_too(engine, backend):
    take, free = NAMED_LOCKS[backend]

    def act():
        with engine.connect() as connection:
            connection.exec_driver_sql(take).scalar()
            connection.exec_driver_sql(free).scalar()

    run = one_order(engine, [act, act], "ABA", at="lock")
    assert [(step.actor, step.mark) for step in run.steps] == [
        ("A", ""),
        ("B", "waits"),
        ("A", ""),
        ("B", "goes on"),
        ("B", ""),
    ]


@on_servers
def test_several_wait_for_a_lock_and_get_it_in_the_order_they_asked(engine, backend):
    # A named lock has a queue. Writers of one row have none on PostgreSQL: when the
    # first commits, those who wait compete for the version that it wrote.
    take, free = NAMED_LOCKS[backend]
    holders = []

    def holding(name):
        def act():
            with engine.connect() as connection:
                connection.exec_driver_sql(take).scalar()
                holders.append(name)
                connection.exec_driver_sql(free).scalar()

        return act

    run = one_order(engine, [holding(name) for name in "abc"], "ACBACB", at="lock")
    assert run.waited == "CB"
    assert holders == ["a", "c", "b"]


def test_the_same_order_again_is_the_same_again(engine):
    actors = [writer(engine, "a", 1, 2), writer(engine, "b", 1)]
    for run in every_order(engine, actors, at=AT, reset=lambda: put_back(engine)):
        put_back(engine)
        assert one_order(engine, actors, run.order, at=AT) == run


@on_servers
def test_an_order_that_cannot_be_is_told(engine):
    actors = [writer(engine, "a", 1), writer(engine, "b", 1)]
    with pytest.raises(OutOfOrder, match="B cannot go at step 3 of ABB"):
        one_order(engine, actors, "ABB", at=AT)
    assert threads_of_actors() == []
    assert texts(engine) == ["-", "-"]


@on_servers
def test_who_waits_for_somebody_outside_goes_on_when_that_one_does(engine, monkeypatch):
    wait = Scheduler._wait_for_database
    with engine.connect() as outside:
        write(outside, 1, "outside")

        def let_go_and_wait(scheduler):
            outside.commit()
            wait(scheduler)

        monkeypatch.setattr(Scheduler, "_wait_for_database", let_go_and_wait)
        run = one_order(engine, [writer(engine, "a", 1)], "A", at=AT)
    assert run.waited == "A"
    assert texts(engine) == ["a", "-"]


@on_servers
def test_where_nobody_can_go_on_the_test_fails_and_says_where(engine):
    with engine.connect() as outside:
        write(outside, 1, "outside")
        with pytest.raises(
            Stuck, match=r"All have waited for 0.2 s\norder A\nA  UPDATE"
        ):
            one_order(engine, [writer(engine, "a", 1)], "A", at=AT, patience=0.2)


def test_who_is_at_work_for_too_long_fails_the_test(engine):
    forever = threading.Event()

    def act():
        forever.wait()

    with pytest.raises(Stuck, match=r"A: at work for 0.1 s"):
        one_order(engine, [act], "", patience=0.1)
    forever.set()


def test_who_had_no_turn_yet_is_not_waited_for(engine):
    forever, begun = threading.Event(), []

    with pytest.raises(Stuck, match=r"A: at work for 0.1 s"):
        one_order(engine, [forever.wait, lambda: begun.append("B")], "", patience=0.1)
    forever.set()

    assert begun == []
    assert "B" not in [one.name for one in threads_of_actors()]


def test_who_is_no_actor_is_at_no_gate(engine):
    found = []

    def act():
        helper = threading.Thread(target=lambda: found.append(reader(engine)()))
        helper.start()
        helper.join(60)

    run = one_order(engine, [act], "", at=AT)

    assert found == [["-", "-"]]
    assert run.steps == ()


def test_who_is_given_up_cannot_swallow_that(engine):
    def act():
        try:
            reader(engine)()
        except Exception:  # because what ends an actor must come through
            return "swallowed"

    with pytest.raises(OutOfOrder):
        one_order(engine, [act], "B", at=AT)
    assert threads_of_actors() == []


def test_an_error_of_an_actor_is_its_result_and_the_others_go_on(engine):
    def act():
        raise ValueError("of my own\nand more")

    run = one_order(engine, [act, writer(engine, "b", 1)], "", at=AT)
    assert [type(error) for error in run.raised] == [ValueError]
    assert run.returned == ["b"]
    assert str(run).endswith("A raised ValueError: of my own\nB returned 'b'")


def test_a_run_is_printed_a_line_for_each_step():
    step = ActorStep("A", "SELECT\n  1", "waits")
    assert str(step) == "A  SELECT 1 -- waits"
    assert str(ActorStep("A", "x" * 100)) == f"A  {'x' * 71}…"


def test_more_orders_than_one_wants_to_wait_for_fail_the_test(engine):
    orders = every_order(engine, [reader(engine)] * 3, at=AT, most=5)
    with pytest.raises(TooMany, match="more than 5 orders"):
        list(orders)


def test_actors_need_connections_of_their_own():
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    with pytest.raises(ValueError, match="a connection of its own"):
        one_order(engine, [list], "")
    with pytest.raises(ValueError, match="26 actors at most"):
        one_order(sa.create_engine("sqlite://"), [list] * 27, "")
