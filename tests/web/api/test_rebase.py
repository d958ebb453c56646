"""Others saved meanwhile: conflicts, choices, and what comes in, over the API."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draftedit import firewall
from draftedit.firewall.models import Rule
from tests.databases import on_one_database
from tests.web.api.shapes import check
from tests.web.api.test_fuzz import KEYS, VALUES, is_answered
from tests.web.api.test_guards import problem

pytestmark = on_one_database


@pytest.fixture
def bob(program, example):
    """Return `bob(*operations)`: another user does these, and saves."""
    bob = program("bob")

    def save(*operations, message="by bob"):
        draft = bob.open("ruleset", example.ruleset)
        for one in operations:
            draft.do("operations", one)
        return draft.do("save", {"message": message})

    return save


def set_rule(key, **values):
    return {"op": "set", "table": "rule", "id": key, "values": values}


def delete(table, key):
    return {"op": "delete", "table": table, "id": key}


@pytest.fixture
def torn(draft, bob, example):
    """Return a draft with two conflicts in the first rule, one in the second."""
    web, mail, _ssh = example.rules
    draft.set("rule", web, comment="mine", protocol="udp")
    draft.set("rule", mail, comment="mine")
    bob(
        set_rule(web, comment="theirs", protocol="tcp"),
        set_rule(mail, comment="theirs"),
    )
    return draft


def rules(draft):
    items = draft.get("/rows/rule").json["items"]
    return [(item["comment"], item["protocol"]) for item in items]


def test_conflicts_are_told_with_their_three_sides(torn, example):
    before = torn.get().json

    refused = torn.do("rebase", status=409)

    assert problem(refused) == "conflicts"
    check(refused.json, "Problem")
    first = refused.json["conflicts"][0]
    assert (first["table"], first["id"]) == ("rule", [example.rules[0]])
    sides = {(c["base"], c["draft"], c["live"]) for c in refused.json["conflicts"]}
    assert ("web", "mine", "theirs") in sides
    assert {c["live_by"] for c in refused.json["conflicts"]} == {"bob"}
    assert first["live_at"].endswith("Z")
    assert torn.get().json == before
    assert before["behind"] == 1


def test_choices_for_a_field_a_row_and_all(torn, example):
    web = example.rules[0]
    choices = [
        {"take": "live"},
        {"table": "rule", "id": web, "take": "draft"},
        {
            "table": "rule",
            "id": [web],
            "field": "comment",
            "take": "value",
            "value": "my own",
        },
    ]

    answer = torn.do("rebase", {"choices": choices}).json

    check(answer, "Rebased")
    assert (answer["base"], answer["behind"], answer["merged"]) == (1, 0, [1])
    assert rules(torn)[:2] == [("my own", "udp"), ("theirs", None)]
    assert torn.do("save").json["merged"] == []


def test_what_is_open_still_is_told_and_nothing_is_stored(torn, example):
    choice = {"table": "rule", "id": example.rules[0], "take": "live"}

    refused = torn.do("rebase", {"choices": [choice]}, 409)

    assert [c["id"] for c in refused.json["conflicts"]] == [[example.rules[1]]]
    assert torn.get().json["base"] == 0


def test_without_conflicts_it_needs_no_body(draft, bob, example):
    draft.set("rule", example.rules[0], comment="mine")
    bob(set_rule(example.rules[1], comment="theirs"))

    answer = draft.do("rebase").json

    assert (answer["merged"], answer["dropped"]) == ([1], [])
    assert [comment for comment, _ in rules(draft)] == ["mine", "theirs", "ssh"]
    draft.do("undo")
    assert [comment for comment, _ in rules(draft)] == ["web", "theirs", "ssh"]


def test_what_could_not_be_carried_over_is_told(draft, bob, example):
    web = example.rules[0]
    draft.set("rule", web, comment="same")
    bob(set_rule(web, comment="same"))

    [dropped] = draft.do("rebase").json["dropped"]

    check(dropped, "Dropped")
    assert dropped["sequence"] == 1
    assert dropped["operation"]["values"] == {"comment": "same"}
    assert dropped["problems"][0]["message"] == "It is so already."


def test_the_row_that_took_the_same_value_is_named(draft, bob, example):
    new = {"op": "insert", "table": "chain", "parent": example.table}
    draft.do("operations", {**new, "values": {"name": "zone"}})
    taken = bob({**new, "values": {"name": "zone"}}).json["ids"]["chain"]["-1"]

    [conflict] = draft.do("save", status=409).json["conflicts"]

    check(conflict, "Conflict")
    assert (conflict["kind"], conflict["other"]) == ("unique", taken)
    choice = {"table": "chain", "id": -1, "field": "name", "take": "value"}
    draft.do("rebase", {"choices": [{**choice, "value": "area"}]})
    draft.do("save")


@pytest.mark.parametrize(
    "choice",
    [
        {"table": "rule", "id": 999999, "take": "live"},
        {"table": "rule", "id": "one", "take": "live"},
        {"table": "rule", "id": [1, 2], "take": "live"},
        {"table": "nothing", "id": 1, "take": "live"},
        {"field": "source"},
        {"field": "comment", "take": "value", "value": 7},
        {"field": "protocol", "take": "value", "value": "x" * 5000},
    ],
)
def test_a_choice_that_cannot_be_carried_out_changes_nothing(torn, example, choice):
    first = {"table": "rule", "id": example.rules[0], "take": "live"}

    refused = torn.do("rebase", {"choices": [{"take": "draft"}, first | choice]}, 422)

    assert problem(refused) == "refused"
    [found] = refused.json["problems"]
    assert found["table"] == choice.get("table", "rule")
    assert found["field"] == choice.get("field")
    assert torn.get().json["base"] == 0


@pytest.mark.parametrize(
    "body",
    [
        {"choices": {}},
        {"choices": [7]},
        {"choices": [[]]},
        {"choices": [{}]},
        {"choices": [{"take": "mine"}]},
        {"choices": [{"take": {}}]},
        {"choices": [{"take": "live", "table": "rule"}]},
        {"choices": [{"take": "live", "id": 1}]},
        {"choices": [{"take": "live", "field": "comment"}]},
        {"choices": [{"take": "live", "table": 1, "id": 1}]},
        {"choices": [{"take": "live", "table": "rule", "id": None}]},
        {"choices": [{"take": "live", "table": "rule", "id": 1, "field": 1}]},
        {"choices": [{"take": "live", "value": 1}]},
        {"choices": [{"take": "value"}]},
        {"choices": [{"take": "value", "value": 1}]},
        {"choices": [{"take": "value", "table": "rule", "id": 1, "value": 1}]},
        {"choices": [{"take": "live", "because": "x"}]},
        {"resolutions": []},
    ],
)
def test_what_is_no_list_of_choices_cannot_be_read(draft, body):
    assert problem(draft.do("rebase", body, 400)) == "bad-request"


def test_the_guards_are_those_of_every_change(torn):
    data = {"choices": [{"take": "live"}]}
    assert problem(torn.do("rebase", data, 428, version=None)) == "version-required"
    assert problem(torn.do("rebase", data, 412, version=9)) == "stale-version"
    seen = torn.version
    first = torn.do("rebase", data, version=seen, key="k")
    again = torn.do("rebase", data, version=seen, key="k")
    assert again.json == first.json
    torn.do("cancel")
    assert problem(torn.do("rebase", data, 409)) == "not-open"


def test_a_target_can_demand_a_look_first(draft, bob, example, monkeypatch):
    draft.set("rule", example.rules[0], comment="mine")
    bob(set_rule(example.rules[1], comment="theirs"), message="urgent")
    reviewed = replace(firewall.drafts.targets["ruleset"], review=True)
    monkeypatch.setitem(firewall.drafts.targets, "ruleset", reviewed)

    refused = draft.do("save", status=409)

    assert problem(refused) == "base-moved"
    check(refused.json, "Problem")
    [one] = refused.json["incoming"]
    assert (one["revision"], one["saved_by"], one["message"]) == (1, "bob", "urgent")
    assert one["changes"] == 1
    draft.do("rebase")
    assert draft.do("save").json["revision"] == 2


def test_a_redo_that_no_longer_applies_says_why(draft, bob, example):
    draft.set("rule", example.rules[0], comment="mine")
    draft.do("undo")
    bob(delete("rule", example.rules[0]))
    draft.do("rebase")

    refused = draft.do("redo", status=422)

    assert problem(refused) == "refused"
    [found] = refused.json["problems"]
    assert "no longer applies to the newer revision" in found["message"]
    assert (found["table"], found["id"]) == ("rule", [example.rules[0]])
    assert draft.get().json["redo"] == 1


class TestTheObjectWasDeletedElsewhere:
    @pytest.fixture
    def lost(self, draft, bob, example):
        draft.set("rule", example.rules[0], comment="mine")
        bob(delete("ruleset", example.ruleset))
        return draft

    def test_it_is_one_conflict(self, lost, example):
        [conflict] = lost.do("save", status=409).json["conflicts"]
        assert (conflict["table"], conflict["kind"]) == ("ruleset", "row")
        assert (conflict["live"], conflict["live_by"]) == (None, "bob")
        assert rules(lost)[0][0] == "mine"

    @pytest.mark.parametrize("take", ["draft", "base"])
    def test_it_can_be_made_again(self, lost, example, take):
        lost.do("rebase", {"choices": [{"take": take}]})
        assert lost.do("save").json["revision"] == 2
        path = f"/objects/ruleset/{example.ruleset}/rows/rule"
        live = lost.program.get(path).json["items"]
        assert [row["comment"] for row in live] == ["mine", "mail", "ssh"]

    def test_it_can_be_let_go(self, lost):
        answer = lost.do("rebase", {"choices": [{"take": "live"}]}).json
        check(answer, "Rebased")
        assert answer["dropped"] != []
        for path in ("/changes", "/operations", "/rows/rule"):
            assert lost.get(path).json["items"] == []
        assert lost.get().json["state"] == "open"
        assert lost.do("save", status=422).json["status"] == 422
        assert lost.do("cancel").json["state"] == "cancelled"


@given(
    choices=st.lists(
        st.fixed_dictionaries(
            {"take": st.sampled_from(["base", "draft", "live", "value"]) | VALUES},
            optional={
                "table": st.sampled_from(["rule", "chain", "ruleset"]) | VALUES,
                "id": KEYS,
                "field": st.sampled_from(["comment", "place", "protocol"]) | VALUES,
                "value": VALUES | KEYS,
            },
        )
        | VALUES,
        max_size=3,
    )
    | VALUES
)
def test_any_choices_are_carried_out_or_refused(torn, example, choices):
    first = {"op": "move", "table": "rule", "id": example.rules[2], "after": None}
    torn.version = torn.get().json["version"]
    is_answered(torn.do("operations", first, "*"))
    torn.version = torn.get().json["version"]
    is_answered(torn.do("rebase", {"choices": choices}, "*"))


def test_a_place_of_ones_own(draft, bob, example):
    web, mail, ssh = example.rules
    move = {"op": "move", "table": "rule"}
    draft.do("operations", {**move, "id": ssh, "after": None})
    bob({**move, "id": ssh, "after": web})
    [conflict] = draft.do("rebase", status=409).json["conflicts"]
    assert conflict["draft"] == {"parent": [example.input], "after": None}
    place = {"table": "rule", "id": ssh, "field": conflict["field"], "take": "value"}

    for value in (999999, "x", [], {}, [web, mail]):
        draft.do("rebase", {"choices": [{**place, "value": value}]}, 422)
    draft.do("rebase", {"choices": [{**place, "value": [mail]}]})

    assert [comment for comment, _ in rules(draft)] == ["web", "mail", "ssh"]


def test_plain_sql_comes_in_on_the_same_revision(draft, example, dbsession_factory):
    draft.set("rule", example.rules[0], comment="mine")
    with dbsession_factory.begin() as dbsession:
        dbsession.get(Rule, example.rules[0]).comment = "theirs"

    answer = draft.do("rebase", {"choices": [{"take": "draft"}]}).json

    assert (answer["base"], answer["merged"]) == (0, [])
    draft.do("save")
