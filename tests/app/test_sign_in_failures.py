"""Failures to sign in are counted, whatever comes at once, and forgotten in time."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import sessionmaker

from draftedit.app import sign_in_failures
from draftedit.app.models import WRITES
from draftedit.app.models.user import SignInFailure
from draftedit.engine.dialects import error_is
from tests.databases import wait_for_locks

AT_ONCE = 12


def test_guesses_at_once_are_no_more_than_guesses_one_by_one(race_database):
    wait_for_locks(race_database.engine)
    engine = race_database.engine.execution_options(**{WRITES: True})
    together = threading.Barrier(AT_ONCE)
    looked_at = []

    def guess(number):
        together.wait()
        while not is_counted(number):
            continue

    def is_counted(number):
        """Guess as a request does: once more if two transactions met."""
        try:
            with sessionmaker(engine).begin() as dbsession:
                address = f"192.0.2.{number}"
                attempt = sign_in_failures.begin(dbsession, "ann", address)
                is_free = attempt.wait <= timedelta(0)
                if is_free:
                    attempt.failed()
        except DBAPIError as error:
            if not error_is(error, "retryable"):
                raise
            return False
        if is_free:
            looked_at.append(number)
        return True

    threads = [threading.Thread(target=guess, args=(n,)) for n in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(looked_at) == sign_in_failures.FREE_FAILURES


def test_how_long_to_wait_is_known_without_a_lock(dbsession):
    place = dbsession, "ann", "192.0.2.1"
    assert sign_in_failures.wait(*place) == timedelta(0)
    for _ in range(5):
        sign_in_failures.begin(*place).failed()
    dbsession.flush()
    assert sign_in_failures.wait(*place) > timedelta(0)
    assert sign_in_failures.wait(dbsession, "bea", "192.0.2.1") > timedelta(0)
    assert sign_in_failures.wait(dbsession, "bea", None) == timedelta(0)


def test_who_counts_first_at_the_same_time_counts_with_the_other(
    dbsession, monkeypatch
):
    sign_in_failures.begin(dbsession, "ann", "192.0.2.1").failed()
    dbsession.flush()
    found = sign_in_failures._lock
    too_early = iter([None, None])
    monkeypatch.setattr(
        sign_in_failures,
        "_lock",
        lambda *place: next(too_early, "later") and found(*place),
    )

    attempt = sign_in_failures.begin(dbsession, "ann", "192.0.2.1")

    assert [count.failures for count in attempt.counts] == [1, 1]


def test_failures_of_yesterday_do_not_count(dbsession):
    for _ in range(5):
        sign_in_failures.begin(dbsession, "ann", "192.0.2.1").failed()
    assert sign_in_failures.begin(dbsession, "ann", "192.0.2.2").wait > timedelta(0)
    older = sa.update(SignInFailure).values(
        last_at=datetime.now(UTC) - timedelta(days=1, minutes=1)
    )
    dbsession.execute(older)
    attempt = sign_in_failures.begin(dbsession, "ann", "192.0.2.1")
    assert attempt.wait <= timedelta(0)
    attempt.failed()
    assert {count.failures for count in attempt.counts} == {1}


def test_what_does_not_count_is_deleted(dbsession):
    sign_in_failures.begin(dbsession, "ann", None).failed()
    dbsession.execute(
        sa.update(SignInFailure).values(last_at=datetime.now(UTC) - timedelta(days=2))
    )
    sign_in_failures.begin(dbsession, "bea", None).failed()
    sign_in_failures.forget(dbsession)
    assert dbsession.scalar(sa.select(sa.func.count()).select_from(SignInFailure)) == 1


def test_without_an_address_the_name_alone_counts(dbsession):
    assert len(sign_in_failures.begin(dbsession, "ann", None).counts) == 1


@pytest.mark.parametrize(
    ("address", "stands_for"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("@", "@"),
        ("unix:", "unix:"),
    ],
)
def test_an_ipv6_network_is_one_address(address, stands_for):
    assert sign_in_failures.network(address) == stands_for
