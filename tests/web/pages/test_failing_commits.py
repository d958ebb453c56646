"""A database that goes away at the commit: told as one that was away before."""

import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sa
import webtest
from pyramid_retry import IBeforeRetry
from sqlalchemy.orm import Session, sessionmaker

import draftedit.app
from draftedit.app import accounts
from draftedit.app.models import WRITES
from tests.client import Client
from tests.databases import on_one_database
from tests.web.api.conftest import PASSWORD, make_example, token_for
from tests.web.api.program import Program

pytestmark = on_one_database


AWAY = sqlite3.SQLITE_CANTOPEN, "unable to open database file"
BUSY = sqlite3.SQLITE_BUSY, "database is locked"


@pytest.fixture
def fail_commits(race_database, monkeypatch):
    """Return `fail_commits(error)`: from now on COMMIT fails, and nothing is ended."""

    def fail_commits(error):
        def do_commit(connection):
            failure = sqlite3.OperationalError(error[1])
            failure.sqlite_errorcode = error[0]
            raise failure

        monkeypatch.setattr(race_database.engine.dialect, "do_commit", do_commit)

    return fail_commits


@pytest.fixture
def app(race_database, app_settings):
    return draftedit.app.main({}, dbengine=race_database.engine, **app_settings)


@pytest.fixture
def attempts(app):
    """Return how often a request was repeated."""
    seen = []
    add = app.registry.registerHandler
    add(seen.append, (IBeforeRetry,))
    return seen


@pytest.fixture
def browser(app, race_database):
    with sessionmaker(race_database.engine).begin() as dbsession:
        accounts.create(dbsession, "ann", "editor", PASSWORD)
    return Client(app).login("ann", PASSWORD)


@pytest.fixture
def draft(app, race_database):
    with sessionmaker(race_database.engine).begin() as dbsession:
        ruleset = make_example(dbsession).ruleset
        ann = Program(webtest.TestApp(app), token_for(dbsession, "ann"))
    draft = ann.open("ruleset", ruleset)
    draft.ruleset = ruleset
    return draft


def new_token(browser, page, status):
    form = page.forms["token"]
    form["label"] = "ci"
    return form.submit(status=status)


@pytest.mark.parametrize(("error", "status"), [(AWAY, 503), (BUSY, 409)])
def test_a_person_is_told_by_a_page_that_asks_nothing(
    browser, fail_commits, error, status
):
    page = browser.get("/account")
    fail_commits(error)
    answer = new_token(browser, page, status)
    assert answer.content_type == "text/html"
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.html.find("nav") is None


@pytest.mark.parametrize("verb", ["undo", "check", "cancel"])
def test_a_program_is_told_by_a_problem(draft, fail_commits, verb):
    draft.set("ruleset", draft.ruleset, name="another")
    fail_commits(AWAY)
    answer = draft.do(verb, status=503)
    assert answer.content_type == "application/problem+json"
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize(("error", "again"), [(AWAY, 0), (BUSY, 2)])
def test_what_may_succeed_is_tried_again(browser, fail_commits, attempts, error, again):
    page = browser.get("/account")
    fail_commits(error)
    new_token(browser, page, "*")
    assert len(attempts) == again


def test_a_commit_that_fails_leaves_no_lock_behind(race_database):
    """A deferred key fails at COMMIT, and SQLite's transaction goes on."""
    engine = race_database.engine
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE above (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql(
            "CREATE TABLE below (above INTEGER REFERENCES above (id)"
            " DEFERRABLE INITIALLY DEFERRED)"
        )
    writing = engine.execution_options(**{WRITES: True})
    with Session(writing) as dbsession:
        dbsession.execute(sa.text("INSERT INTO below VALUES (1)"))
        with pytest.raises(sa.exc.IntegrityError):
            dbsession.commit()

    with closing(sqlite3.connect(engine.url.database, timeout=0)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.rollback()
    with Session(writing) as dbsession:
        assert dbsession.scalar(sa.text("SELECT count(*) FROM below")) == 0
