"""What the verbs answer, and that they do what they say."""

import itertools

from draftedit.engine.saving import revision
from draftedit.firewall.models import Rule
from tests.databases import on_one_database
from tests.web.api.test_guards import problem

pytestmark = on_one_database


def comments(draft, example):
    items = draft.get(f"/rows/rule?parent={example.input}").json["items"]
    return [item["comment"] for item in items]


def test_an_operation_answers_itself_its_inverse_and_the_rows(draft, example):
    web = example.rules[0]
    answer = draft.set("rule", web, comment="x")
    assert set(answer.json) == {
        "version",
        "undo",
        "redo",
        "sequence",
        "operation",
        "inverse",
        "rows",
    }
    assert (answer.json["version"], answer.json["undo"], answer.json["redo"]) == (
        2,
        1,
        0,
    )
    assert answer.json["sequence"] == 1
    assert answer.json["operation"]["values"] == {"comment": "x"}
    assert answer.json["inverse"]["values"] == {"comment": "web"}
    (row,) = answer.json["rows"]
    assert (row["_id"], row["_state"], row["comment"]) == ([web], "changed", "x")


def test_an_operation_without_effect_is_none(draft, example):
    answer = draft.set("rule", example.rules[0], comment="web")
    assert answer.json["sequence"] is None
    assert answer.json["version"] == 1
    assert answer.headers["ETag"] == '"1"'


def test_undo_and_redo_by_count_and_to_a_point(draft, example):
    for text in "abc":
        draft.set("rule", example.rules[0], comment=text)
    answer = draft.do("undo")
    assert (answer.json["undo"], answer.json["redo"]) == (2, 1)
    assert len(answer.json["operations"]) == 1
    assert comments(draft, example)[0] == "b"
    draft.do("undo", {"to": 0})
    assert comments(draft, example)[0] == "web"
    draft.do("redo", {"count": 2})
    assert comments(draft, example)[0] == "b"
    draft.do("redo", {"to": 3})
    assert comments(draft, example)[0] == "c"


def test_more_than_there_is_does_nothing(draft, example):
    draft.set("rule", example.rules[0], comment="x")
    for verb, data in (
        ("undo", {"count": 2}),
        ("redo", {}),
        ("undo", {"to": 5}),
        ("redo", {"to": 0}),
    ):
        assert problem(draft.do(verb, data, 409)) == "not-that-many"
    assert draft.get().json["version"] == 2


def test_the_journal_lists_what_is_done_and_undone(draft, example):
    draft.set("rule", example.rules[0], comment="x")
    draft.set("rule", example.rules[1], comment="y")
    draft.do("undo")
    items = draft.get("/operations").json["items"]
    assert [(item["sequence"], item["done"]) for item in items] == [
        (1, True),
        (2, False),
    ]
    assert items[0]["operation"]["op"] == "set"
    assert set(items[0]) == {
        "sequence",
        "done",
        "label",
        "operation",
        "inverse",
        "at",
    }


def test_changes_have_a_base_unless_they_are_new(draft, example):
    web, mail, _ssh = example.rules
    draft.set("rule", web, comment="x")
    draft.do("operations", {"op": "delete", "table": "rule", "id": mail})
    insert = {
        "op": "insert",
        "table": "rule",
        "parent": [example.output],
        "values": {"comment": "n"},
    }
    draft.do("operations", insert)
    found = {tuple(item["id"]): item for item in draft.get("/changes").json["items"]}
    assert found[web,]["fields"] == {"comment": {"base": "web", "draft": "x"}}
    assert found[mail,]["kind"] == "gone"
    assert found[-1,]["kind"] == "new"
    assert found[-1,]["fields"]["comment"] == {"draft": "n"}


def test_a_batch_names_its_inserts(draft, example):
    answer = draft.do(
        "operations",
        {
            "op": "batch",
            "label": "a chain with a rule",
            "operations": [
                {
                    "op": "insert",
                    "table": "chain",
                    "parent": [example.table],
                    "values": {"name": "forward"},
                    "as": "c",
                },
                {
                    "op": "insert",
                    "table": "rule",
                    "parent": {"ref": "c"},
                    "values": {"comment": "first"},
                },
            ],
        },
    )
    chain, rule = answer.json["operation"]["operations"]
    assert rule["parent"] == chain["id"]
    assert answer.json["undo"] == 1


def test_a_refused_batch_names_the_operation_and_does_nothing(draft, example):
    good = {
        "op": "set",
        "table": "rule",
        "id": example.rules[0],
        "values": {"comment": "x"},
    }
    bad = {**good, "values": {"comment": 7}}
    answer = draft.do("operations", {"op": "batch", "operations": [good, bad]}, 422)
    (found,) = answer.json["problems"]
    assert (found["operation"], found["table"], found["field"]) == (
        1,
        "rule",
        "comment",
    )
    assert found["id"] == [example.rules[0]]
    assert comments(draft, example)[0] == "web"


def test_a_save_maps_the_keys_it_made(draft, example):
    insert = {
        "op": "insert",
        "table": "rule",
        "parent": example.input,
        "after": None,
        "values": {"comment": "new"},
    }
    draft.do("operations", insert)
    saved = draft.do("save", {"message": "one more"}).json
    assert set(saved) == {
        "target",
        "id",
        "revision",
        "ids",
        "merged",
        "consequences",
    }
    assert (saved["target"], saved["id"]) == ("ruleset", [example.ruleset])
    (key,) = saved["ids"]["rule"]["-1"]
    live = draft.program.get(f"/objects/ruleset/{example.ruleset}/rows/rule").json
    assert live["items"][0]["_id"] == [key]
    assert live["items"][0]["comment"] == "new"
    closed = draft.get().json
    assert (closed["state"], closed["version"]) == ("saved", 3)


def test_a_cancelled_draft_leaves_live_as_it_is(draft, example):
    draft.set("rule", example.rules[0], comment="x")
    answer = draft.do("cancel")
    assert answer.json["state"] == "cancelled"
    assert answer.json["closed_because"] == "user"
    assert answer.json["closed_at"] is not None
    live = draft.program.get(f"/objects/ruleset/{example.ruleset}/rows/rule").json
    assert live["items"][0]["comment"] == "web"


def test_a_save_on_a_moved_base_says_what_came_in(ada, draft, example):
    first = ada.open("ruleset", example.ruleset)
    first.set("rule", example.rules[0], comment="first")
    first.do("save")
    draft.set("rule", example.rules[1], comment="second")
    assert draft.get().json["behind"] == 1
    answer = draft.do("save").json
    assert (answer["revision"], answer["merged"]) == (2, [1])


def test_plain_sql_under_a_draft_is_a_conflict(draft, example, dbsession_factory):
    draft.set("rule", example.rules[0], comment="mine")
    with dbsession_factory.begin() as dbsession:
        dbsession.get(Rule, example.rules[0]).comment = "theirs"
    answer = draft.do("save", status=409)
    assert problem(answer) == "conflicts"
    (conflict,) = answer.json["conflicts"]
    assert (conflict["table"], conflict["id"], conflict["field"]) == (
        "rule",
        [example.rules[0]],
        "comment",
    )
    assert (conflict["base"], conflict["draft"], conflict["live"]) == (
        "web",
        "mine",
        "theirs",
    )


def test_a_collision_is_a_problem_that_names_row_and_field(draft, example):
    draft.set("chain", example.output, comment=None, status=422)
    draft.set("chain", example.output, name="input")
    answer = draft.do("save", status=422)
    assert problem(answer) == "refused"
    found = answer.json["problems"][0]
    assert (found["table"], found["id"]) == ("chain", [example.output])
    assert draft.get().json["state"] == "open"


def test_a_saver_whom_others_beat_each_time_is_told_to_come_again(
    draft, example, monkeypatch
):
    draft.set("rule", example.rules[0], comment="x")
    seen = itertools.cycle((0, 1))
    monkeypatch.setattr(revision, "locked", lambda *_: next(seen))
    answer = draft.do("save", {}, status=409)
    assert problem(answer) == "busy"
    assert answer.headers["Retry-After"] == "1"
    assert draft.get().json["version"] == 2
