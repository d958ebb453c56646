"""Requests at once, over connections of their own, and answers that get lost."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
import webtest
from pyramid_retry import IBeforeRetry
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import sessionmaker

import draftedit.app
from draftedit.engine.base.errors import SaveRace
from tests.engine.saving import racing
from tests.web.api.conftest import make_example, token_for
from tests.web.api.program import Program

AT_ONCE = 4


@pytest.fixture
def served(race_database, app_settings):
    """Return the ready application on a database of its own."""
    return draftedit.app.main({}, dbengine=race_database.engine, **app_settings)


@pytest.fixture
def begin(race_database):
    return sessionmaker(race_database.engine).begin


@pytest.fixture
def example(begin):
    with begin() as dbsession:
        return make_example(dbsession)


@pytest.fixture
def ada(served, begin):
    with begin() as dbsession:
        token = token_for(dbsession, "ada")
    return Program(webtest.TestApp(served), token)


@pytest.fixture
def at_once(served):
    """Return `at_once(call, ...)`: what each call answers, all made in one moment."""

    def at_once(*calls):
        barrier = Barrier(len(calls))

        def run(call):
            barrier.wait(timeout=30)
            return call(webtest.TestApp(served))

        with ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(run, calls))

    return at_once


def posting(program, path, data, version=None, key=None):
    """Return a call that posts with a client of its own."""

    def call(client):
        token = program.headers["Authorization"].removeprefix("Bearer ")
        return Program(client, token).post(
            path, data, version=version, key=key, status="*"
        )

    return call


def comment(example, text):
    row = {"op": "set", "table": "rule", "id": example.rules[0]}
    return {**row, "values": {"comment": text}}


def test_one_key_at_once_opens_one_draft(ada, example, at_once):
    data = {"target": "ruleset", "id": example.ruleset}
    answers = at_once(*[posting(ada, "/drafts", data, key="k")] * AT_ONCE)
    assert {answer.status_int for answer in answers} == {201}
    assert len({answer.body for answer in answers}) == 1
    assert len(ada.get("/drafts").json["items"]) == 1
    replayed = [a.headers.get("Idempotency-Replayed") for a in answers]
    assert sorted(filter(None, replayed)) == ["true"] * (AT_ONCE - 1)


def test_a_double_click_does_it_once(ada, example, at_once):
    draft = ada.open("ruleset", example.ruleset)
    call = posting(ada, f"{draft.path}/operations", comment(example, "x"), 1, "k")
    answers = at_once(*[call] * AT_ONCE)
    assert {answer.status_int for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1
    assert len(draft.get("/operations").json["items"]) == 1
    assert draft.get().json["version"] == 2


def test_of_several_tabs_one_wins_and_the_others_are_told(ada, example, at_once):
    draft = ada.open("ruleset", example.ruleset)
    calls = [
        posting(ada, f"{draft.path}/operations", comment(example, str(n)), 1)
        for n in range(AT_ONCE)
    ]
    statuses = sorted(answer.status_int for answer in at_once(*calls))
    assert statuses == [200] + [412] * (AT_ONCE - 1)
    assert draft.get().json["undo"] == 1


def test_of_several_savers_one_wins_and_no_draft_is_lost(ada, example, at_once):
    drafts = [ada.open("ruleset", example.ruleset) for _ in range(AT_ONCE)]
    for number, draft in enumerate(drafts):
        draft.set("rule", example.rules[0], comment=f"draft {number}")
    calls = [posting(ada, f"{draft.path}/save", {}, 2) for draft in drafts]
    answers = at_once(*calls)
    assert sorted(a.status_int for a in answers) == [200] + [409] * (AT_ONCE - 1)
    states = sorted(draft.get().json["state"] for draft in drafts)
    assert states == ["open"] * (AT_ONCE - 1) + ["saved"]
    path = f"/objects/ruleset/{example.ruleset}"
    assert ada.get(path).json["revision"] == 1
    assert len(ada.get(f"{path}/revisions").json["items"]) == 1


SAVERS = 3  # as many as a request has attempts


@pytest.fixture
def begun_again(served):
    """Collect the errors for which a request is repeated."""
    errors = []
    served.registry.registerHandler(
        lambda event: errors.append(event.exception), [IBeforeRetry]
    )
    return errors


@pytest.fixture
def save_all(ada, example, at_once):
    """Return what saves three drafts, each with another rule changed, at once."""

    def save_all():
        drafts = [ada.open("ruleset", example.ruleset) for _ in range(SAVERS)]
        for draft, rule in zip(drafts, example.rules, strict=True):
            draft.set("rule", rule, comment=f"by {draft.key}")
        calls = [posting(ada, f"{draft.path}/save", {}, 2) for draft in drafts]
        answers = at_once(*calls)
        assert [answer.status_int for answer in answers] == [200] * SAVERS
        revisions = sorted(answer.json["revision"] for answer in answers)
        assert revisions == list(range(1, SAVERS + 1))
        path = f"/objects/ruleset/{example.ruleset}"
        rules = ada.get(f"{path}/rows/rule").json["items"]
        comments = {rule["comment"] for rule in rules}
        assert comments == {f"by {draft.key}" for draft in drafts}
        assert len(ada.get(f"{path}/revisions").json["items"]) == SAVERS

    return save_all


def test_savers_who_changed_other_rows_are_all_saved_and_none_twice(
    save_all, begun_again
):
    save_all()
    assert begun_again == []


@pytest.mark.only_on("postgresql", "mariadb")  # SQLite's lock is BEGIN IMMEDIATE
def test_where_the_lock_does_not_hold_requests_are_repeated_until_they_are_saved(
    save_all, begun_again, race_database, monkeypatch
):
    racing.take_lock_away(monkeypatch)
    with racing.hooked(race_database.engine, racing.Meeting(SAVERS, locked=False)):
        save_all()
    assert {type(error) for error in begun_again} == {SaveRace}


def test_a_commit_whose_answer_was_lost_is_not_done_twice(ada, example, served):
    draft = ada.open("ruleset", example.ruleset)
    lost = []

    def lose_the_answer(_dbsession):
        if not lost:
            original = sqlite3.OperationalError("database is locked")
            original.sqlite_errorcode = sqlite3.SQLITE_BUSY
            lost.append(OperationalError("COMMIT", {}, original))
            raise lost[0]

    factory = served.registry["dbsession_factory"]
    sa.event.listen(factory, "after_commit", lose_the_answer)
    answer = draft.do("operations", comment(example, "x"))
    assert lost
    assert answer.headers["Idempotency-Replayed"] == "true"
    assert answer.json["version"] == 2
    assert len(draft.get("/operations").json["items"]) == 1


def test_a_client_that_lost_its_answer_asks_again_under_its_key(ada, example):
    draft = ada.open("ruleset", example.ruleset)
    draft.do("operations", comment(example, "x"), key="k")  # and the line breaks
    draft.version = 1
    again = draft.do("operations", comment(example, "x"), key="k")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert draft.get().json["undo"] == 1
