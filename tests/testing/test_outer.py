"""What is committed inside the outer transaction is undone, or else reported."""

import threading
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from draftedit.app.models import make_engine
from draftedit.testing.nesting import nesting
from draftedit.testing.outer import NotUndone, undone
from draftedit.testing.watching import PastTheOuterTransaction
from tests.testing.conftest import Thing

LOST = "no longer in progress"


@pytest.fixture
def factory(engine):
    return sessionmaker(bind=engine)


@pytest.fixture
def add(factory):
    def add(name):
        with factory.begin() as dbsession:
            dbsession.add(Thing(name=name))

    return add


@pytest.fixture
def things(factory):
    def things():
        with factory() as dbsession:
            return set(dbsession.scalars(sa.select(Thing.name)))

    return things


@pytest.fixture
def inside(engine, factory):
    """Return `inside()`: an outer transaction that the factory has joined."""

    @contextmanager
    def inside():
        with undone(engine) as outer:
            outer.join(factory)
            yield outer

    return inside


@pytest.fixture
def reports(inside):
    """Return `reports(message)`: the same, and the end must report the message."""

    @contextmanager
    def reports(message):
        with pytest.raises(NotUndone, match=message), inside() as outer:
            yield outer

    return reports


@pytest.fixture
def emptied(engine):
    """Take away what a test leaves on purpose."""
    yield
    with engine.begin() as connection:
        connection.execute(sa.delete(Thing))


# What is undone


def test_what_sessions_commit_is_seen_by_the_next_and_gone_in_the_end(
    inside, add, things, names
):
    with inside():
        add("tea")
        add("milk")
        assert things() == {"tea", "milk"}
    assert names() == []


def test_what_a_session_rolls_back_takes_nothing_else_along(
    inside, factory, add, things
):
    with inside():
        add("tea")
        with factory() as dbsession:
            dbsession.add(Thing(name="milk"))
            dbsession.flush()
            dbsession.rollback()
        with pytest.raises(IntegrityError):
            add("tea")
        add("honey")
        assert things() == {"tea", "honey"}


def test_a_session_sees_what_an_open_one_has_flushed(inside, factory, things):
    with inside() as outer:
        dbsession = factory()
        outer.at_end(dbsession.close)
        dbsession.add(Thing(name="tea"))
        dbsession.flush()
        assert things() == {"tea"}


def test_what_is_written_on_the_connection_itself_is_undone(engine, names):
    with undone(engine) as outer:
        outer.connection.execute(sa.insert(Thing).values(name="tea"))
    assert names() == []


def test_a_test_that_fails_is_undone_and_fails_as_it_did(inside, add, names):
    def fail():
        with inside():
            add("tea")
            raise ValueError("the test's own")

    with pytest.raises(ValueError, match="the test's own"):
        fail()
    assert names() == []


def test_the_factory_is_as_before_in_the_end(engine, factory):
    before = dict(factory.kw)
    with undone(engine) as outer:
        assert outer.join(factory).kw["bind"] is outer.connection
    assert factory.kw == before


@pytest.mark.only_on("sqlite", "postgresql")
def test_tables_are_undone_where_the_database_can(engine, inside, factory):
    with inside(), factory.begin() as dbsession:
        dbsession.execute(sa.text("CREATE TABLE made_inside (id INTEGER)"))
    assert "made_inside" not in sa.inspect(engine).get_table_names()


@pytest.mark.only_on("postgresql", "mariadb")
def test_numbers_that_were_given_out_are_not_given_back(inside, factory):
    def key_of(name):
        with inside(), factory.begin() as dbsession:
            thing = Thing(name=name)
            dbsession.add(thing)
            dbsession.flush()
            return thing.id

    assert key_of("tea") < key_of("milk")


@pytest.mark.only_on("sqlite")
def test_sqlite_needs_no_settings_of_ours(database, names):
    plain = sa.create_engine(database.url)
    factory = sessionmaker(bind=plain)
    with undone(plain) as outer:
        driver = outer.connection.connection.driver_connection
        outer.join(factory)
        with factory() as dbsession:
            dbsession.scalars(sa.select(Thing)).all()  # a read begins nothing there
            dbsession.add(Thing(name="tea"))
            dbsession.commit()
    assert driver.isolation_level == ""
    assert names() == []
    plain.dispose()


def test_a_connection_that_breaks_is_undone_by_the_database(inside, add):
    with inside() as outer:
        add("tea")
        outer.connection.invalidate()


def test_what_is_left_of_a_broken_connection_may_be_rolled_back(inside, add, names):
    with inside() as outer:
        add("tea")
        outer.connection.invalidate()
        outer.connection.rollback()
    assert names() == []


# What would not be undone is refused, and reported at the end


@pytest.fixture
def refused(inside, names):
    """Return `refused(do, message)`: `do(outer)` fails, reported, without traces."""

    def refused(do, message):
        def act():
            with (
                inside() as outer,
                pytest.raises(PastTheOuterTransaction, match=message),
            ):
                do(outer)

        with pytest.raises(NotUndone, match=message) as error:
            act()
        assert names() == []
        return str(error.value)

    return refused


@pytest.fixture
def refused_as_sql(factory, add, refused):
    """Return `refused_as_sql(statement, message)`, after something was written."""

    def refused_as_sql(statement, message):
        def do(_):
            add("tea")
            with factory() as dbsession:
                dbsession.execute(sa.text(statement))

        refused(do, message)

    return refused_as_sql


def test_a_second_connection(engine, refused):
    message = refused(lambda _: engine.connect(), "A second connection")
    assert "test_outer.py, line" in message


def test_a_second_connection_of_another_engine(database, refused):
    other = make_engine(database.url)
    refused(lambda _: other.connect(), "A second connection to the same database")
    other.dispose()


def test_a_connection_to_another_database_is_none_of_its_business(engine):
    other = make_engine("sqlite://")
    with undone(engine), other.connect() as connection:
        assert connection.scalar(sa.select(1)) == 1
    other.dispose()


def test_each_database_in_memory_is_another():
    one, other = (make_engine("sqlite://", poolclass=sa.StaticPool) for _ in "ab")
    with undone(one), other.connect() as connection:
        assert connection.scalar(sa.select(1)) == 1
    for engine in (one, other):
        engine.dispose()


def test_a_connection_of_the_driver_is_reported_if_it_cannot_be_refused(
    engine, reports
):
    with reports("left the engine's pool"):
        engine.raw_connection().close()


def test_another_thread(add, refused):
    def do(_):
        caught = []
        thread = threading.Thread(target=lambda: caught.append(failure(add)))
        thread.start()
        thread.join()
        raise caught[0]

    def failure(add):
        try:
            add("tea")
        except AssertionError as error:
            return error

    refused(do, "Another thread")


@pytest.mark.parametrize("end", ["COMMIT", "rollback", " /* so */ BEGIN", "-- a\nEND"])
def test_the_end_of_a_transaction_as_sql(refused_as_sql, end):
    refused_as_sql(end, "This would end the outer transaction")


@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_the_end_of_the_connections_own_transaction(add, refused, end):
    def do(outer):
        add("tea")
        getattr(outer.connection, end)()

    refused(do, "was ended on the connection itself")


@pytest.mark.only_on("mariadb")
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE made_inside (id INTEGER)",
        "create or replace table made_inside (id INTEGER)",
        "TRUNCATE TABLE thing",
        "  DROP TABLE IF EXISTS made_inside",
    ],
)
def test_a_statement_that_commits_by_itself(refused_as_sql, statement):
    refused_as_sql(statement, "MariaDB commits with this statement")


@pytest.mark.only_on("mariadb")
def test_a_temporary_table_commits_nothing(inside, factory, add, names):
    with inside():
        add("tea")
        with factory.begin() as dbsession:
            made = "CREATE TEMPORARY TABLE for_a_moment (id INTEGER)"
            dbsession.execute(sa.text(made))
            dbsession.execute(sa.text("DROP TEMPORARY TABLE for_a_moment"))
    assert names() == []


def test_what_an_application_catches_is_reported_nevertheless(engine, reports):
    with reports("A second connection"), pytest.raises(AssertionError):
        engine.connect()


# What cannot be refused is noticed in the end


@pytest.mark.usefixtures("emptied")
def test_a_commit_past_sqlalchemy_is_noticed(reports, add, names):
    with reports(LOST) as outer:
        add("tea")
        outer.connection.connection.driver_connection.commit()
    assert names() == ["tea"]


@pytest.mark.only_on("mariadb")
@pytest.mark.usefixtures("emptied")
def test_a_table_made_by_a_procedure_is_noticed(engine, reports, add, names):
    hidden = "EXECUTE IMMEDIATE 'CREATE TABLE made_inside (id INTEGER)'"
    with reports(LOST) as outer:
        add("tea")
        outer.connection.exec_driver_sql(hidden)
    assert names() == ["tea"]
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE made_inside")


@pytest.mark.only_on("mariadb")
@pytest.mark.parametrize("storage", ["MyISAM", "Aria", "MEMORY"])
def test_a_table_without_transactions_is_noticed(engine, reports, storage):
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE plain (id INTEGER) ENGINE={storage}")

    with reports("no transactions") as outer:
        outer.connection.exec_driver_sql("INSERT INTO plain VALUES (1)")
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE plain")


@pytest.mark.only_on("postgresql", "mariadb")
@pytest.mark.usefixtures("emptied")
def test_an_engine_that_commits_each_statement_is_noticed(database):
    engine = make_engine(database.url, isolation_level="AUTOCOMMIT")

    def act():
        with undone(engine) as outer:
            outer.connection.execute(sa.insert(Thing).values(name="tea"))

    with pytest.raises((NotUndone, DBAPIError)):
        act()
    engine.dispose()


# A rollback that takes others' work along


def test_a_rollback_that_takes_a_later_commit_along_is_reported(reports, factory, add):
    with reports("their work went with it"), factory() as early:
        early.add(Thing(name="tea"))
        early.flush()
        add("milk")
        early.rollback()


def test_a_rollback_after_others_have_read_is_fine(inside, factory, things):
    with inside():
        with factory() as early:
            early.add(Thing(name="tea"))
            early.flush()
            assert things() == {"tea"}
            early.rollback()
        assert things() == set()


def test_a_session_may_take_back_its_own_savepoint(inside, factory, add, things):
    with inside():
        add("tea")
        with factory.begin() as dbsession:
            with dbsession.begin_nested():
                dbsession.add(Thing(name="milk"))
            with dbsession.begin_nested() as savepoint:
                dbsession.add(Thing(name="honey"))
                dbsession.flush()
                savepoint.rollback()
        assert things() == {"tea", "milk"}


def test_a_savepoint_that_takes_a_later_commit_along_is_reported(reports, factory, add):
    with (
        reports("their work went with it"),
        factory.begin() as early,
        early.begin_nested() as savepoint,
    ):
        early.add(Thing(name="tea"))
        early.flush()
        add("milk")
        savepoint.rollback()


def test_a_savepoint_takes_along_what_lies_in_those_inside_it(reports, factory, add):
    with (
        reports("their work went with it") as outer,
        factory.begin() as early,
        early.begin_nested() as savepoint,
    ):
        early.add(Thing(name="tea"))
        early.flush()
        add("milk")
        outer.connection.execute(sa.text("SAVEPOINT left_open"))
        savepoint.rollback()


def test_a_savepoint_from_before_the_watching_is_nobodys(engine):
    found = []
    with engine.connect() as connection, connection.begin():
        connection.execute(sa.text("SAVEPOINT early"))
        with nesting(connection, found):
            connection.execute(sa.insert(Thing).values(name="tea"))
            connection.execute(sa.text("ROLLBACK TO SAVEPOINT early"))
            connection.execute(sa.text("RELEASE SAVEPOINT early"))
    assert found == []


def test_a_session_that_a_test_leaves_open_is_no_rollback(inside, factory, add, names):
    with inside() as outer:
        dbsession = factory()
        outer.at_end(dbsession.close)
        dbsession.add(Thing(name="tea"))
        dbsession.flush()
        add("milk")
    assert names() == []


def test_a_failure_of_the_database_is_the_tests_own(engine):
    with undone(engine) as outer, Session(outer.connection) as dbsession:
        with pytest.raises(SQLAlchemyError), dbsession.begin_nested():
            dbsession.execute(sa.text("SELECT nothing FROM nowhere"))
        assert dbsession.scalar(sa.select(1)) == 1
