"""Every code in the tables of errors is one that its database raises."""

import dataclasses

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from draftedit.app.models import make_engine
from draftedit.engine.dialects import backend_of_error, error_is
from draftedit.engine.dialects.facts import ErrorCodes
from draftedit.engine.schema import db_errors
from tests.engine.dialects.provoking import REFUSED

KINDS = [one.name for one in dataclasses.fields(ErrorCodes)]


@pytest.fixture
def raised(connection, rows):
    """Return `raised(statement)`: the error that a statement ends in."""

    def raised(statement):
        with pytest.raises(DBAPIError) as found, connection.begin_nested():
            connection.exec_driver_sql(statement)
        return found.value

    return raised


def test_the_driver_of_the_tests_is_a_known_one(here, raised):
    assert backend_of_error(raised("NONSENSE")) is here


@pytest.mark.parametrize("kind", REFUSED)
def test_a_refusal_is_of_its_kind_and_of_no_other(here, kind, raised):
    for statement in REFUSED[kind]:
        assert kinds_of(here, raised(statement)) == {kind}, statement


def test_a_value_that_does_not_fit_is_of_no_other_kind(here, how, raised):
    assert bool(how.does_not_fit) == bool(here.errors.does_not_fit)
    for statement in how.does_not_fit:
        assert kinds_of(here, raised(statement)) == {"does_not_fit"}, statement


def kinds_of(here, error):
    """Return what an error is; `refused` is how a driver classes it."""
    return {kind for kind in KINDS if here.error_is(error, kind)} - {"refused"}


@pytest.mark.parametrize("kind", sorted({*REFUSED, "does_not_fit"} - {"not_migrated"}))
def test_a_refusal_is_about_rows(how, kind, raised):
    for statement in REFUSED.get(kind, how.does_not_fit):
        assert db_errors.is_about_rows(raised(statement)), statement


def test_every_code_that_can_be_raised_at_will_is_read(here, how, database):
    for kind in KINDS if how.raising else ():
        for code in here.errors.of(kind):
            # A connection of its own: some codes say that it is broken.
            with (
                database.engine.connect() as connection,
                pytest.raises(DBAPIError) as found,
            ):
                connection.exec_driver_sql(how.raising(code))
            assert code in here.codes_in(found.value)
            assert error_is(found.value, kind)
            assert kind != "refused" or db_errors.is_about_rows(found.value)


def test_who_may_not_wait_for_a_lock_may_try_again(here, how, database):
    with database.engine.connect() as first, database.engine.connect() as second:
        first.exec_driver_sql(how.locks)
        *before, last = how.waits
        for statement in before:
            second.exec_driver_sql(statement)
        with pytest.raises(DBAPIError) as found:
            second.exec_driver_sql(last)
        assert kinds_of(here, found.value) == {"retryable"}
        second.invalidate()


def test_a_database_that_does_not_answer_is_away(here, how):
    for url in how.unreachable:
        engine = make_engine(url, poolclass=sa.NullPool)
        with pytest.raises(DBAPIError) as found, engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
        assert kinds_of(here, found.value) == {"away"}, url


def test_a_savepoint_that_is_lost_is_told_where_it_hides_a_deadlock(here, how, raised):
    assert bool(how.lost) == bool(here.errors.savepoint_lost)
    for statement in [how.lost] if how.lost else []:
        assert kinds_of(here, raised(statement)) == {"savepoint_lost"}


def test_a_unique_key_is_named_without_the_value_that_is_there_twice(here, raised):
    error = raised("INSERT INTO thing (id, code, must) VALUES (2, 'one', 'x')")
    named = here.named_in(error)
    assert "code" in named
    assert "one" not in named
