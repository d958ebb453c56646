"""What is said about errors that stories seldom meet."""

import sqlite3

import pytest
from pyramid import testing
from pyramid.httpexceptions import (
    HTTPConflict,
    HTTPInsufficientStorage,
    HTTPTooManyRequests,
)
from sqlalchemy.exc import OperationalError, PendingRollbackError, ProgrammingError

from draftedit.engine.base.errors import DraftError, Problem, Refused
from draftedit.web import guards
from draftedit.web.pages import error_views
from draftedit.web.pages.error_mapping import report


@pytest.fixture
def request_():
    request = testing.DummyRequest()
    with testing.testConfig(request=request):
        yield request


def busy():
    original = sqlite3.OperationalError("database is locked")
    original.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return OperationalError("COMMIT", {}, original)


def test_what_met_another_request_says_when_to_come_back(request_):
    found = report(busy(), request_)
    assert (found.kind.name, found.kind.status) == ("busy", 409)
    assert int(found.headers["Retry-After"]) > 0


def test_other_faults_of_a_database_are_ours(request_):
    original = sqlite3.ProgrammingError("syntax error")
    assert report(ProgrammingError("SELEC", {}, original), request_) is None
    assert report(PendingRollbackError("rolled back"), request_) is None
    assert report(ValueError("a fault"), request_) is None


def test_a_host_may_raise_errors_of_http(request_):
    found = report(HTTPTooManyRequests(headers={"Retry-After": "9"}), request_)
    assert found.kind.name == "too-many-requests"
    assert found.headers == {"Retry-After": "9"}
    assert report(HTTPConflict("why"), request_).detail == "why"
    assert report(HTTPInsufficientStorage(), request_) is None


def test_a_refusal_of_the_hosts_own_is_one(request_):
    class OutOfStock(DraftError):
        pass

    assert report(OutOfStock("none left"), request_).kind.name == "refused"


def test_a_refusal_without_problems_speaks_for_itself(request_):
    assert report(Refused(), request_).detail == "Refused."
    found = report(Refused(Problem("a"), Problem("b", other=(1, "x"))), request_)
    assert found.detail == "a"
    assert found.members["problems"][1]["other"] == [1, "x"]


def test_the_nearest_class_names_the_kind(request_):
    class NotAsOld(guards.BadVersion):
        pass

    assert report(NotAsOld("x"), request_).kind.name == "bad-version"


def test_a_page_that_needs_the_database_has_a_plain_one_in_its_place(
    request_, monkeypatch
):
    def fail(*args):
        raise busy()

    monkeypatch.setattr(error_views, "render", fail)
    answer = error_views.answer_person(busy(), request_)
    assert answer.status_int == 409
    assert answer.content_type == "text/html"  # of no template
    assert "Try again" in answer.text


def test_a_fault_of_ours_is_raised_again(request_):
    with pytest.raises(ValueError, match="a fault"):
        error_views.answer_person(ValueError("a fault"), request_)
