"""Programs ask for long tasks, once, and read what they found with its revision."""

import pytest

from draftedit import firewall
from draftedit.engine.schema.task import TaskKey
from draftedit.service import task_runner
from tests.databases import on_one_database

pytestmark = on_one_database


@pytest.fixture
def path(example):
    return f"/objects/ruleset/{example.ruleset}/results"


@pytest.fixture
def work(dbsession_factory, example):
    def work():
        begin = dbsession_factory.begin
        at = task_runner.RunnerConfig(firewall.drafts, begin, begin)
        return task_runner.work(
            at, TaskKey("ruleset", str(example.ruleset), "in_depth")
        )

    return work


def test_a_result_is_asked_for_and_read(ada, draft, example, path, work):
    [before] = ada.get(path).json["items"]
    assert (before["task"], before["state"]) == ("in_depth", "none")

    asked = ada.post(path, {"task": "in_depth"}, status=202).json
    assert (asked["state"], asked["wanted_by"]) == ("queued", "ada")
    work()

    [known] = ada.get(path).json["items"]
    assert (known["state"], known["revision"], known["current"]) == ("done", 0, True)
    assert known["count"] == len(known["findings"]) > 0
    first = known["findings"][0]
    assert first["kind"] in ("duplicate", "shadowed", "unreachable")

    draft.set("rule", example.rules[0], comment="x")
    draft.do("save")
    [after] = ada.get(path).json["items"]
    assert (after["state"], after["revision"], after["live"]) == ("stale", 0, 1)
    assert after["current"] is False


def test_the_same_request_again_is_answered_and_not_repeated(ada, path, work):
    first = ada.post(path, {"task": "in_depth"}, status=202, key="once")
    work()
    again = ada.post(path, {"task": "in_depth"}, status=202, key="once")
    assert again.json == first.json
    assert again.headers["Idempotency-Replayed"] == "true"
    assert ada.get(path).json["items"][0]["state"] == "done"


def test_what_is_no_task_is_refused(ada, path):
    problem = ada.post(path, {"task": "other"}, status=422).json
    assert problem["problems"][0]["field"] == "task"
    ada.post(path, {}, status=400)
    ada.post(path, {"task": "in_depth", "more": 1}, status=400)
    ada.post("/objects/ruleset/9999/results", {"task": "in_depth"}, status=404)


def test_readers_do_not_ask_and_strangers_do_not_read(program, stranger, path):
    program("rita", "reader").get(path)
    program("rita", "reader").post(path, {"task": "in_depth"}, status=403)
    stranger.get(path, status=401)
    stranger.post(path, {"task": "in_depth"}, status=401)
