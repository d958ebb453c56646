"""What an application on any framework answers to an error."""

import datetime
import json
import sqlite3

import pytest
from sqlalchemy.exc import OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from draftedit import (
    BaseMoved,
    DraftError,
    Incoming,
    Problem,
    Refused,
    SaveRace,
    TooManyWrites,
    Unknown,
    problem_details,
)

NOON = datetime.datetime(2026, 5, 1, 12, tzinfo=datetime.UTC)


class NotPaid(DraftError):
    """An error of a host's own, of a type that is there."""

    problem_type = "forbidden"


class NotPaidYet(NotPaid):
    """A kind of it."""


def from_sqlite(code, text):
    original = sqlite3.OperationalError(text)
    original.sqlite_errorcode = code
    return OperationalError("COMMIT", {}, original)


def test_a_refusal_says_what_and_where_in_plain_data():
    found = problem_details(Refused(Problem("Too dear.", "line", (1,), "price")))

    assert found.status == 422
    assert found.headers == {"Content-Type": "application/problem+json"}
    assert json.loads(found.text) == {
        "type": "about:blank",
        "title": "This cannot be done",
        "status": 422,
        "detail": "Too dear.",
        "code": "host-check",
        "params": {},
        "problems": [
            {
                "table": "line",
                "id": [1],
                "field": "price",
                "code": "host-check",
                "params": {},
                "message": "Too dear.",
            }
        ],
    }


def test_times_are_text_and_values_are_in_the_english_text():
    moved = BaseMoved(1, 2, [Incoming(2, "bob", NOON, None, 3)])
    found = json.loads(problem_details(moved).text)
    assert found["incoming"][0]["saved_at"] == "2026-05-01T12:00:00Z"
    assert found["detail"].startswith("The draft was opened on revision 1;")


def test_a_translation_is_asked_for_each_text():
    found = problem_details(Unknown("draft", 7), translate=lambda text: f"<{text}>")
    assert found.members["title"] == "<Not found>"
    assert found.members["detail"].startswith("<")


def test_the_address_of_a_page_about_it_is_the_hosts():
    found = problem_details(Unknown("draft", 7), type_="/help/not-found")
    assert found.members["type"] == "/help/not-found"


@pytest.mark.parametrize("error", [NotPaid("Pay."), NotPaidYet("Pay.")])
def test_an_error_of_a_hosts_own_names_its_type(error):
    found = problem_details(error)
    assert (found.status, found.members["detail"]) == (403, "Pay.")


@pytest.mark.parametrize(
    ("error", "status", "seconds"),
    [
        (SaveRace(3), 409, "1"),
        (TooManyWrites("3/minute", 17), 429, "17"),
        (from_sqlite(sqlite3.SQLITE_BUSY, "database is locked"), 409, "1"),
        (from_sqlite(sqlite3.SQLITE_CANTOPEN, "unable to open"), 503, "5"),
        (from_sqlite(sqlite3.SQLITE_ERROR, "no such table: draft"), 503, "5"),
        (PoolTimeout("no connection"), 503, "5"),
    ],
    ids=["race", "throttle", "busy", "away", "not migrated", "pool"],
)
def test_what_passes_says_when_to_come_back(error, status, seconds):
    found = problem_details(error)
    assert (found.status, found.headers["Retry-After"]) == (status, seconds)


@pytest.mark.parametrize(
    "error",
    [
        ValueError("a fault"),
        PendingRollbackError("rolled back"),
        from_sqlite(sqlite3.SQLITE_ERROR, "syntax error"),
    ],
    ids=["Python", "session", "statement"],
)
def test_a_fault_of_the_program_is_not_answered_for_it(error):
    assert problem_details(error) is None
