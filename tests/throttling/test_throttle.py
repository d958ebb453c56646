"""A flood is stopped at the limit, whichever way it comes, and others feel nothing."""

import logging
import subprocess
import sys
import uuid

import pytest
import sqlalchemy as sa
from limits.storage import SCHEMES
from sqlalchemy.orm import Session, sessionmaker

from draftedit import Batch, Insert, Set
from draftedit.settings import BadSettings
from draftedit.throttling import Throttle, TooManyWrites
from tests.architecture.modules import ROOT
from tests.hosts import shop

LIMIT = 10
TABLE = sa.inspect(shop.Order).local_table


def order():
    return {"id": uuid.uuid4(), "number": uuid.uuid4().hex[:18]}


def four():
    return [order() for _ in range(4)]


def by_orm(dbsession):
    dbsession.add(shop.Order(**order()))
    dbsession.flush()


def by_core(dbsession):
    dbsession.execute(sa.insert(TABLE), order())


def by_text(dbsession):
    new = order()
    statement = "  /* why */ insert into purchase (id, number) values (:id, :number)"
    kind = sa.bindparam("id", type_=TABLE.c.id.type)
    dbsession.execute(sa.text(statement).bindparams(kind), new)


def by_connection(dbsession):
    dbsession.connection().execute(sa.insert(TABLE), order())


def flood(bind, write, count=3 * LIMIT):
    """Write in a transaction each; return how many were refused."""
    waits = []
    for _ in range(count):
        try:
            with Session(bind) as dbsession, dbsession.begin():
                write(dbsession)
        except TooManyWrites as refusal:
            waits.append(refusal.retry_after)
    assert all(1 <= wait <= 3600 for wait in waits)
    return len(waits)


@pytest.mark.parametrize("write", [by_orm, by_core, by_text, by_connection])
def test_a_flood_is_stopped_at_the_limit_whichever_way_it_comes(
    bind, throttled, orders, write
):
    users = throttled(f"{LIMIT}/hour")
    assert flood(bind, write) == 2 * LIMIT
    assert orders() == LIMIT
    users.name = "bob"
    assert flood(bind, write, LIMIT) == 0
    users.name = None
    assert flood(bind, write, LIMIT) == 0


@pytest.mark.parametrize(
    "write",
    [
        lambda dbsession: dbsession.add_all([shop.Order(**one) for one in four()]),
        lambda dbsession: dbsession.execute(sa.insert(TABLE), four()),
    ],
)
def test_many_rows_at_once_count_as_many(bind, throttled, orders, write):
    throttled(f"{LIMIT}/hour")
    assert flood(bind, write, 5) == 3
    assert orders() == 8


def test_more_rows_at_once_than_the_limit_are_always_refused(bind, throttled, orders):
    throttled("3/hour")
    refused = flood(
        bind, lambda dbsession: dbsession.execute(sa.insert(TABLE), four()), 2
    )
    assert refused == 2
    assert orders() == 0


def test_a_statement_counts_as_one_however_many_rows_its_text_writes(bind, throttled):
    throttled("2/hour")
    values = sa.insert(TABLE).values([order() for _ in range(4)])
    copies = sa.insert(TABLE).from_select(
        ["number"], sa.select(TABLE.c.number).where(sa.false())
    )
    assert flood(bind, lambda dbsession: dbsession.execute(values), 1) == 0
    assert flood(bind, lambda dbsession: dbsession.execute(copies), 1) == 0
    assert flood(bind, by_core, 1) == 1


def test_more_rows_than_the_database_takes_at_once_are_counted_once(bind, throttled):
    throttled("3000/hour")
    rows = [shop.Order(**order()) for _ in range(2500)]
    assert flood(bind, lambda dbsession: dbsession.add_all(rows), 1) == 0
    assert flood(bind, by_core, 501) == 1


def test_nothing_of_a_refused_transaction_is_stored_whoever_catches_that(
    bind, throttled, orders
):
    throttled("2/hour")
    with Session(bind) as dbsession:
        by_core(dbsession)
        by_core(dbsession)
        with pytest.raises(TooManyWrites), dbsession.begin_nested():
            by_core(dbsession)
        with pytest.raises(TooManyWrites):
            dbsession.commit()
    assert orders() == 0


def test_after_a_rollback_others_write_on_the_same_connection(bind, throttled, orders):
    users = throttled("1/hour")
    with bind.connect() as connection:
        for name, wanted in (("ada", 1), ("ada", 1), ("bob", 2)):
            users.name = name
            try:
                with connection.begin():
                    connection.execute(sa.insert(TABLE), order())
            except TooManyWrites:
                assert name == "ada"
            assert orders() == wanted


def test_a_session_alone_can_be_watched(bind, throttled, orders):
    factory = sessionmaker(bind)
    throttled("3/hour", factory)
    with factory() as dbsession:
        with dbsession.begin_nested():
            by_core(dbsession)
        with dbsession.begin_nested():
            by_core(dbsession)
        by_orm(dbsession)
        with pytest.raises(TooManyWrites):
            by_core(dbsession)
    assert flood(bind, by_core, 5) == 0
    assert orders() == 5


def test_reading_goes_on(bind, throttled, goods):
    throttled("1/hour")
    assert flood(bind, by_core, 3) == 2
    with Session(bind) as dbsession:
        assert dbsession.scalars(sa.select(shop.Order).with_for_update()).all()


def test_one_limit_of_several_is_enough_to_refuse(bind, throttled):
    throttled("100/minute; 2/hour")
    assert flood(bind, by_core, 5) == 3


def test_a_verb_counts_as_one_however_much_it_writes(bind, throttled, goods):
    throttled("5/hour")
    many = Batch(tuple(Insert("line", {"product": f"{n}"}) for n in range(20)))
    with Session(bind) as dbsession, dbsession.begin():
        edit = shop.drafts.open(dbsession, shop.Order, goods.first, owner="ada")
        edit.apply(many)
        assert edit.check().is_clear
        edit.undo()
        edit.redo()
        edit.save()
    with pytest.raises(TooManyWrites), Session(bind) as dbsession, dbsession.begin():
        shop.drafts.open(dbsession, shop.Order, goods.first, owner="ada")


def test_a_verb_without_effect_counts_as_nothing(bind, throttled, goods):
    throttled("2/hour")
    with Session(bind) as dbsession, dbsession.begin():
        edit = shop.drafts.open(dbsession, shop.Order, goods.first, owner="ada")
        for _ in range(5):
            edit.apply(Set("line", goods.lines[0], product="tea"))
        assert edit.info.undo <= 1


def test_a_refused_save_leaves_the_draft_as_it_was(bind, throttled, goods):
    throttled("2/hour")
    with Session(bind) as dbsession, dbsession.begin():
        edit = shop.drafts.open(dbsession, shop.Order, goods.first, owner="ada")
        edit.apply(Set("line", goods.lines[0], product="changed"))
        key = edit.info.key
    with pytest.raises(TooManyWrites), Session(bind) as dbsession, dbsession.begin():
        shop.drafts.resume(dbsession, key, owner="ada").save()
    with Session(bind) as dbsession:
        info = shop.drafts.resume(dbsession, key, owner="ada").info
        assert (info.state, info.undo) == ("open", 1)


TWO_PROCESSES = """
import sys
import sqlalchemy as sa
from draftedit.throttling import Throttle, TooManyWrites
engine = sa.create_engine("sqlite://")
Throttle(sys.argv[1], sys.argv[2]).watch(engine, lambda: (sys.argv[3], "10/hour"))
with engine.connect() as connection:
    connection.execute(sa.text("create table t (a integer)"))
    done = 0
    for _ in range(30):
        try:
            connection.execute(sa.text("insert into t values (1)"))
        except TooManyWrites:
            continue
        done += 1
print(done)
"""


def test_processes_share_one_limit_through_redis(redis_url, prefix):
    def start(user):
        return subprocess.Popen(
            [sys.executable, "-c", TWO_PROCESSES, redis_url, prefix, user],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )

    running = [start("ada"), start("ada"), start("bob")]
    one, two, other = (int(each.communicate(timeout=60)[0]) for each in running)
    assert one + two == 10
    assert other == 10


def test_where_the_storage_is_away_nobody_is_limited_and_the_log_says_so(caplog):
    pytest.importorskip("redis")  # because it comes with an extra only
    engine = sa.create_engine("sqlite://")
    Throttle("redis://127.0.0.1:1").watch(engine, lambda: ("ada", "1/hour"))
    with caplog.at_level(logging.WARNING), engine.connect() as connection:
        connection.execute(sa.text("create table t (a integer)"))
        for _ in range(3):
            connection.execute(sa.text("insert into t values (1)"))
    engine.dispose()
    assert "storage is away" in caplog.text


@pytest.mark.parametrize(
    "storage", ["nowhere://", "nonsense", "memcached://x", "redis://x:port"]
)
def test_a_storage_that_cannot_be_used_is_refused(storage):
    with pytest.raises(BadSettings, match="storage of the throttle"):
        Throttle(storage)


def test_a_storage_without_a_moving_window_is_refused(monkeypatch):
    # As memcached is, where its driver is installed.
    monkeypatch.setitem(SCHEMES, "plain", lambda _address, **_options: object())
    with pytest.raises(BadSettings, match="MovingWindow"):
        Throttle("plain://")
