"""A retryable failure repeats the request, wherever it comes up."""

import sqlite3

import pytest
import webtest
from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPServiceUnavailable
from pyramid.response import Response
from sqlalchemy.exc import OperationalError

from draftedit.engine.base.errors import SaveRace


def busy():
    original = sqlite3.OperationalError("database is locked")
    original.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return OperationalError("SELECT 1", {}, original)


class Storage:
    """A data manager of the transaction that fails at the commit, if it is told to."""

    transaction_manager = None

    def __init__(self, failures):
        self.failures = failures
        self.committed = 0

    def tpc_vote(self, _transaction):
        if self.failures:
            raise self.failures.pop()
        self.committed += 1

    def sortKey(self):  # noqa: N802 — the transaction package calls it so
        return "storage"

    def ignore(self, _transaction):
        return None

    abort = tpc_begin = commit = tpc_finish = tpc_abort = ignore


@pytest.fixture
def served():
    """Return `served(failures in the view, at commit, with_page)`."""

    def served(in_view=(), at_commit=(), page=False):
        in_view, storage, attempts = list(in_view), Storage(list(at_commit)), []

        def view(request):
            attempts.append(request.body)
            request.tm.get().join(storage)
            if in_view:
                raise in_view.pop()
            return Response("done")

        settings = {
            "tm.manager_hook": "pyramid_tm.explicit_manager",
            "tm.commit_veto": "pyramid_tm.default_commit_veto",
        }
        with Configurator(settings=settings) as config:
            config.include("pyramid_tm")
            config.include("pyramid_retry")
            config.include("draftedit.web.retry")
            config.add_view(view)
            for kind in (OperationalError, SaveRace) if page else ():
                config.add_exception_view(
                    lambda error, request: HTTPServiceUnavailable(str(error)),
                    context=kind,
                )
            app = webtest.TestApp(config.make_wsgi_app())
        return app, attempts, storage

    return served


@pytest.mark.parametrize("page", [False, True])
@pytest.mark.parametrize("where", ["in_view", "at_commit"])
def test_it_is_repeated_raised_through_and_shown_by_a_view(served, where, page):
    app, attempts, storage = served(**{where: [busy(), busy()]}, page=page)
    assert app.post("/", b"body").text == "done"
    assert attempts == [b"body"] * 3
    assert storage.committed == 1


@pytest.mark.parametrize("page", [False, True])
def test_a_save_that_another_was_quicker_with_is_repeated(served, page):
    app, attempts, storage = served(in_view=[SaveRace(3), SaveRace(4)], page=page)
    assert app.post("/", b"body").text == "done"
    assert attempts == [b"body"] * 3
    assert storage.committed == 1


@pytest.mark.parametrize("where", ["in_view", "at_commit"])
def test_in_the_end_the_failure_is_answered(served, where):
    app, attempts, storage = served(**{where: [busy()] * 9}, page=True)
    app.post("/", b"body", status=503)
    assert len(attempts) == 3
    assert storage.committed == 0


def test_in_the_end_the_failure_is_raised_where_no_view_answers(served):
    app, attempts, _ = served(in_view=[busy()] * 9)
    with pytest.raises(OperationalError):
        app.post("/", b"body")
    assert len(attempts) == 3


def test_another_failure_is_not_repeated(served):
    app, attempts, _ = served(in_view=[ValueError("a fault of ours")])
    with pytest.raises(ValueError, match="a fault"):
        app.post("/", b"body")
    assert len(attempts) == 1
