"""The forecast of a save, for programs."""

from dataclasses import replace

import pytest

from draftedit import Note, firewall
from tests.databases import on_one_database
from tests.hosts.hits import hits_of

pytestmark = on_one_database

CLEAR = {
    "problems": [],
    "conflicts": [],
    "notes": [],
    "consequences": [],
    "consent": None,
}


def test_a_draft_that_can_be_saved_has_no_problems(draft, example):
    draft.set("rule", example.rules[0], comment="x")

    answer = draft.do("check")

    assert answer.json == CLEAR
    assert answer.headers["ETag"] == '"2"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert draft.get().json["version"] == 2
    assert draft.do("save").json["revision"] == 1


def test_problems_are_those_that_save_answers(draft, example, other):
    draft.set("ruleset", example.ruleset, name="home")
    draft.set("rule", example.rules[0], source="nowhere", comment="x")

    checked = draft.do("check").json

    assert [(one["table"], one["field"]) for one in checked["problems"]] == [
        ("rule", "source"),
        ("ruleset", "name"),
    ]
    assert checked["problems"][1]["other"] == [other.ruleset]
    refused = draft.do("save", status=422).json["problems"]
    assert refused == checked["problems"][:1]
    draft.set("rule", example.rules[0], source=None)
    refused = draft.do("save", status=422).json["problems"]
    assert refused == checked["problems"][1:]


def test_messages_say_the_value(draft, example):
    draft.set("rule", example.rules[0], in_interface="an-interface-too-long")

    [problem] = draft.do("check").json["problems"]

    assert problem["message"].startswith("“an-interface-too-long” is too long")


@pytest.fixture
def hits(dbsession_factory, example):
    with hits_of(dbsession_factory, example.rules[0]):
        yield


def test_what_is_lost_outside_is_told_and_agreed_to(draft, example, hits):
    rule = example.rules[0]
    draft.do("operations", {"op": "delete", "table": "rule", "id": rule})

    checked = draft.do("check").json
    refused = draft.do("save", status=409).json
    draft.do("save", {"accept": "*"}, status=409)
    saved = draft.do("save", {"accept": checked["consent"]}).json

    assert checked["problems"] == []
    assert refused["type"].endswith("/problems/needs-consent")
    assert refused["consent"] == checked["consent"]
    assert refused["consequences"] == checked["consequences"] == saved["consequences"]
    assert checked["consequences"] == [
        {
            "table": "hit",
            "effect": "deleted",
            "count": 2,
            "more": False,
            "rows": [
                {"id": [], "label": "<b>"},
                {"id": [], "label": f"rule_id {rule}"},
            ],
            "kept": False,
            "reason": "its rows have no key",
        }
    ]


def test_notes_are_told_where_the_ini_file_says_so(
    draft, app, monkeypatch, example, ada
):
    target = firewall.drafts.targets["ruleset"]
    note = Note("odd", "rule", (example.rules[0],), "comment")
    noted = replace(target, notes=(lambda reader: [note],))
    monkeypatch.setitem(firewall.drafts.targets, "ruleset", noted)

    assert draft.do("check").json == CLEAR

    monkeypatch.setitem(app.registry.settings, "draftedit.notes", "true")
    told = {
        "table": "rule",
        "id": [example.rules[0]],
        "field": "comment",
        "message": "odd",
    }
    assert draft.do("check").json == {**CLEAR, "notes": [told]}


# It changes nothing: less is asked for than on other calls.


def test_the_version_may_be_left_out_and_is_checked_when_given(draft, example):
    draft.set("rule", example.rules[0], comment="x")

    assert draft.do("check", version=None).json == CLEAR
    assert draft.do("check", version=2).json == CLEAR
    assert draft.do("check", version=1, status=412).json["status"] == 412
    assert draft.do("check", version="W/2", status=400).json["status"] == 400


def test_under_a_key_the_first_answer_is_given_again(draft, example):
    first = draft.do("check", key="k")
    draft.set("rule", example.rules[0], source="nowhere")

    again = draft.do("check", key="k", version=1)

    assert again.body == first.body
    assert again.headers["Idempotency-Replayed"] == "true"
    assert draft.do("check").json["problems"] != []


def test_without_a_key_it_can_be_asked_again_and_again(draft, example):
    assert draft.do("check").json == CLEAR
    draft.set("rule", example.rules[0], source="nowhere")

    assert len(draft.do("check").json["problems"]) == 1


def test_a_closed_draft_is_not_checked(draft):
    draft.do("cancel")

    assert draft.do("check", status=409).json["type"].endswith("not-open")


def test_it_takes_no_members(draft):
    assert draft.do("check", {"message": "x"}, status=400).json["status"] == 400


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_it_is_a_post(draft, ada, method):
    call = getattr(ada.client, method)
    call(f"/api/v1{draft.path}/check", headers=ada.headers, status=405)
