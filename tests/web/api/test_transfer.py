"""Drafts are handed on and copied, and nothing of them is lost."""

import pytest

from tests.databases import on_one_database
from tests.web.api.program import Draft
from tests.web.api.test_guards import problem

pytestmark = on_one_database


@pytest.fixture
def bob(program):
    return program("bob")


@pytest.fixture
def root(program):
    return program("root", "admin")


@pytest.fixture
def worked(draft, example):
    """Return ada's draft with a step done and one undone."""
    draft.set("rule", example.rules[0], comment="mine")
    draft.set("rule", example.rules[1], comment="mine, too")
    draft.do("undo")
    return draft


def comments(draft):
    return [one["comment"] for one in draft.get("/rows/rule").json["items"]]


class TestHandOn:
    def test_it_is_theirs_with_its_journal(self, worked, bob):
        answer = worked.do("hand-on", {"to": "bob"})
        assert answer.json["owner"] == "bob"
        assert answer.json["version"] == worked.version
        worked.get(status=404)
        theirs = Draft(bob, bob.get(worked.path).json)
        assert comments(theirs) == ["mine", "mail", "ssh"]
        theirs.do("redo")
        assert comments(theirs) == ["mine", "mine, too", "ssh"]
        theirs.do("undo", {"to": 0})
        assert comments(theirs) == ["web", "mail", "ssh"]

    def test_said_again_it_is_answered_again(self, worked, bob):
        version = worked.version
        first = worked.do("hand-on", {"to": "bob"}, key="k")
        again = worked.do("hand-on", {"to": "bob"}, key="k", version=version)
        assert again.body == first.body
        assert again.headers["Idempotency-Replayed"] == "true"
        worked.do("hand-on", {"to": "bob"}, key="other", status=404)

    @pytest.mark.parametrize(
        "to", ["ada", "nobody", "rhea", "gone", "", " bob", "a\nb"]
    )
    def test_whom_it_cannot_be_given(self, worked, bob, program, to):
        program("rhea", "reader")
        answer = worked.do("hand-on", {"to": to}, status=422)
        assert answer.json["problems"][0]["field"] == "to"
        assert worked.get().json["owner"] == "ada"

    @pytest.mark.parametrize("data", [{}, {"to": 7}, {"to": "bob", "x": 1}])
    def test_the_body_is_one_name(self, worked, bob, data):
        worked.do("hand-on", data, status=400)

    def test_the_guards_come_in_their_order(self, worked, bob, stranger):
        path, to = f"{worked.path}/hand-on", {"to": "bob"}
        stranger.post(path, to, status=401)
        bob.post(path, to, status=404)
        worked.do("hand-on", to, version=None, status=428)
        worked.do("hand-on", to, version=1, status=412)
        worked.do("cancel")
        answer = worked.do("hand-on", to, version=1, status=409)
        assert problem(answer) == "not-open"

    def test_an_admin_hands_on_what_is_not_theirs_unseen(
        self, worked, bob, root, example
    ):
        worked.set("ruleset", example.ruleset, name="a secret name")
        (known,) = root.get(f"/objects/ruleset/{example.ruleset}/drafts").json["items"]
        assert (known["key"], known["version"]) == (worked.key, worked.version)
        root.get(worked.path, status=404)

        path = f"{worked.path}/hand-on"
        root.post(path, {"to": "bob"}, status=428)
        answer = root.post(path, {"to": "bob"}, version=known["version"])

        assert answer.json["owner"] == "bob"
        assert "secret" not in answer.text
        assert bob.get(worked.path).json["label"] == "a secret name"
        worked.get(status=404)

    def test_to_editors_the_list_says_not_which(self, worked, bob, example):
        (known,) = bob.get(f"/objects/ruleset/{example.ruleset}/drafts").json["items"]
        assert set(known) == {"owner", "since", "rows"}


class TestFork:
    def test_it_is_a_second_draft_of_ones_own(self, worked, ada):
        answer = ada.post(f"{worked.path}/fork", status=201)
        fork = Draft(ada, answer.json)
        assert answer.location.endswith(fork.path)
        assert answer.headers["ETag"] == '"1"'
        assert fork.key != worked.key
        assert (answer.json["undo"], answer.json["redo"]) == (1, 1)
        fork.do("redo")
        fork.do("undo", {"to": 0})
        assert comments(fork) == ["web", "mail", "ssh"]
        assert comments(worked) == ["mine", "mail", "ssh"]
        worked.do("redo")

    def test_asked_again_it_is_the_same_one(self, worked, ada, bob):
        first = ada.post(f"{worked.path}/fork", key="k", status=201)
        again = ada.post(f"{worked.path}/fork", key="k", status=201)
        assert again.body == first.body
        fork = Draft(ada, first.json)
        fork.do("hand-on", {"to": "bob"})
        late = ada.post(f"{worked.path}/fork", key="k", status=201)
        assert late.headers["ETag"] == '"1"'

    def test_only_ones_own_and_only_an_open_one(self, worked, ada, bob, root):
        for other in (bob, root):
            other.post(f"{worked.path}/fork", status=404)
        ada.post(f"{worked.path}/fork", {"x": 1}, status=400)
        worked.do("cancel")
        assert problem(ada.post(f"{worked.path}/fork", status=409)) == "not-open"
