"""The guards of unsafe calls, and the order in which they are asked."""

import pytest

from tests.databases import on_one_database
from tests.web.api.program import API

pytestmark = on_one_database


def set_comment(example, comment="x"):
    return {
        "op": "set",
        "table": "rule",
        "id": example.rules[0],
        "values": {"comment": comment},
    }


def problem(answer):
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == answer.status_int
    return answer.json["type"].rpartition("/problems/")[2]


def test_the_same_request_under_the_same_key_is_answered_again(draft, example):
    operation = set_comment(example)
    first = draft.do("operations", operation, version=1, key="k")
    again = draft.do("operations", operation, version=1, key="k")
    assert again.body == first.body
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert draft.get().json["version"] == first.json["version"] == 2


def test_a_replay_tells_the_version_of_now(draft, example):
    first = draft.do("operations", set_comment(example), version=1, key="k")
    draft.do("undo")
    again = draft.do("operations", set_comment(example), version=1, key="k")
    assert again.json["version"] == first.json["version"] == 2
    assert again.headers["ETag"] == '"3"'


def test_a_replay_comes_before_state_and_version(draft, example):
    first = draft.do("cancel", version=1, key="k")
    again = draft.do("cancel", version=1, key="k")
    assert again.body == first.body
    assert again.json["state"] == "cancelled"


def test_a_save_is_replayed(draft, example):
    draft.set("rule", example.rules[0], comment="x")
    first = draft.do("save", {"message": "m"}, version=2, key="k")
    again = draft.do("save", {"message": "m"}, version=2, key="k")
    assert again.body == first.body
    assert again.json["revision"] == 1


def test_opening_is_replayed_and_opens_one_draft(ada, example):
    data = {"target": "ruleset", "id": [example.ruleset]}
    first = ada.post("/drafts", data, key="k", status=201)
    again = ada.post("/drafts", data, key="k", status=201)
    assert again.body == first.body
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["ETag"] == '"1"'
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(ada.get("/drafts").json["items"]) == 1


def test_without_a_key_every_call_is_a_new_one(ada, example):
    one = ada.open("ruleset", example.ruleset)
    two = ada.open("ruleset", example.ruleset)
    assert one.key != two.key


@pytest.mark.parametrize("changed", ["body", "path", "draft"])
def test_another_request_under_the_key_is_refused(ada, draft, example, changed):
    draft.do("operations", set_comment(example), version=1, key="k")
    elsewhere = ada.open("ruleset", example.ruleset)
    calls = {
        "body": lambda: draft.do(
            "operations", set_comment(example, "y"), 422, version=1, key="k"
        ),
        "path": lambda: draft.do("undo", status=422, version=1, key="k"),
        "draft": lambda: elsewhere.do(
            "operations", set_comment(example), 422, version=1, key="k"
        ),
    }
    assert problem(calls[changed]()) == "request-key-reused"


def test_keys_of_two_users_are_two_keys(ada, program, example):
    bob = program("bob")
    data = {"target": "ruleset", "id": example.ruleset}
    one = ada.post("/drafts", data, key="k", status=201)
    two = bob.post("/drafts", data, key="k", status=201)
    assert one.json["owner"] == "ada"
    assert two.json["owner"] == "bob"


def test_a_refused_call_stores_nothing_not_even_its_key(draft, example):
    wrong = {**set_comment(example), "values": {"comment": 7}}
    draft.do("operations", wrong, 422, key="k")
    assert draft.get().json["version"] == 1
    assert draft.get("/operations").json["items"] == []
    draft.do("operations", set_comment(example), key="k")


@pytest.mark.parametrize("key", ["", "a b", "x" * 129, "ä".encode().decode("latin-1")])
def test_a_key_that_is_none_is_refused(draft, example, key):
    answer = draft.do("operations", set_comment(example), 400, key=key)
    assert problem(answer) == "bad-request-key"


@pytest.mark.parametrize("version", [None, "*", ""])
def test_a_call_says_which_version_it_saw(draft, example, version):
    answer = draft.do("operations", set_comment(example), 428, version=version)
    assert problem(answer) == "version-required"


@pytest.mark.parametrize("version", ['W/"1"', "1", '"1", "2"', '"one"', '""'])
def test_a_version_that_cannot_be_read_is_refused(draft, example, version):
    answer = draft.do("operations", set_comment(example), 400, version=version)
    assert problem(answer) == "bad-version"


@pytest.mark.parametrize("verb", ["operations", "undo", "redo", "save", "cancel"])
def test_two_tabs_the_second_is_told_what_the_first_did(draft, example, verb):
    draft.set("rule", example.rules[0], comment="first tab")
    answer = draft.do(verb, set_comment(example), 412, version=1)
    assert problem(answer) == "stale-version"
    assert answer.json["draft"] == draft.get().json
    assert answer.json["draft"]["version"] == 2
    assert answer.headers["ETag"] == '"2"'
    assert draft.get().json["undo"] == 1


def test_a_version_of_the_future_is_stale_too(draft, example):
    draft.do("undo", version=2, status=412)


@pytest.mark.parametrize("verb", ["operations", "undo", "redo", "save", "cancel"])
def test_a_closed_draft_refuses_every_verb(draft, example, verb):
    draft.do("cancel")
    assert problem(draft.do(verb, set_comment(example), 409)) == "not-open"


class TestOrder:
    """Each call fails at several guards at once; the first one answers."""

    BAD = b"this is no JSON"

    def call(self, draft, status, **headers):
        return draft.program.send(
            f"{draft.path}/operations", self.BAD, status, **headers
        )

    def test_who_comes_first(self, draft, stranger):
        draft.program = stranger
        answer = self.call(draft, 401, Idempotency_Key="a b", If_Match="x")
        assert problem(answer) == "unauthenticated"
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")

    def test_then_the_role(self, draft, program):
        draft.program = program("rhea", "reader")
        answer = self.call(draft, 403, Idempotency_Key="a b", If_Match="x")
        assert problem(answer) == "forbidden"

    def test_then_whose_draft_it_is(self, draft, program):
        draft.program = program("bob")
        answer = self.call(draft, 404, Idempotency_Key="a b", If_Match="x")
        assert problem(answer) == "not-found"

    def test_then_the_request_key(self, draft):
        draft.do("cancel")
        answer = self.call(draft, 400, Idempotency_Key="a b", If_Match="x")
        assert problem(answer) == "bad-request-key"

    def test_then_the_state(self, draft):
        draft.do("cancel")
        assert problem(self.call(draft, 409, If_Match="x")) == "not-open"

    def test_then_the_version(self, draft):
        assert problem(self.call(draft, 400, If_Match="x")) == "bad-version"
        assert problem(self.call(draft, 412, If_Match='"9"')) == "stale-version"

    def test_then_the_body(self, draft):
        assert problem(self.call(draft, 400, If_Match='"1"')) == "bad-request"


class TestAnothersDraft:
    """Another user's draft is answered exactly as one that does not exist."""

    PATHS = ("", "/rows/rule", "/rows/rule/1", "/operations", "/changes")

    @pytest.mark.parametrize("path", [*PATHS, "/choices/rule/jump_id"])
    def test_it_cannot_be_read(self, draft, program, path):
        bob = program("bob")
        theirs = bob.get(draft.path + path, 404)
        missing = bob.get(f"/drafts/999999{path}", 404)
        # They differ in the key that was asked for, and in nothing else.
        keyed = {name: theirs.json[name] for name in ("detail", "params")}
        assert theirs.json == missing.json | keyed
        assert keyed["params"] == missing.json["params"] | {"name": draft.key}
        assert theirs.json["detail"] == missing.json["detail"].replace(
            "999999", str(draft.key)
        )

    @pytest.mark.parametrize("verb", ["operations", "undo", "redo", "save", "cancel"])
    def test_it_cannot_be_changed(self, draft, program, verb):
        bob = program("bob")
        bob.post(f"{draft.path}/{verb}", version=1, status=404)
        assert draft.get().json["state"] == "open"

    def test_not_by_an_admin_either(self, draft, program):
        program("root", "admin").get(draft.path, 404)

    def test_it_is_in_no_list_but_its_owners(self, draft, program):
        assert program("bob").get("/drafts").json["items"] == []
        assert len(draft.program.get("/drafts").json["items"]) == 1

    def test_others_see_that_there_is_one(self, draft, program, example):
        draft.set("rule", example.rules[0], comment="secret")
        path = f"/objects/ruleset/{example.ruleset}"
        (seen,) = program("bob").get(f"{path}/drafts").json["items"]
        assert set(seen) == {"owner", "since", "rows"}
        assert (seen["owner"], seen["rows"]) == ("ada", 1)
        program("rhea", "reader").get(f"{path}/drafts", 403)


class TestBrowserSession:
    """A browser's own script uses the session, and says its CSRF token."""

    def data(self, example):
        return {"target": "ruleset", "id": example.ruleset}

    def test_without_the_token_nothing_is_done(self, login, example):
        browser = login("ada")
        answer = browser.post_json(f"{API}/drafts", self.data(example), status=403)
        assert problem(answer) == "csrf"
        assert browser.get(f"{API}/drafts").json["items"] == []

    def test_the_wrong_token_is_none(self, login, example):
        headers = {"X-CSRF-Token": "wrong"}
        login("ada").post_json(
            f"{API}/drafts", self.data(example), headers=headers, status=403
        )

    def test_with_the_token_it_is(self, login, example):
        browser = login("ada")
        headers = {"X-CSRF-Token": browser.csrf_token()}
        browser.post_json(
            f"{API}/drafts", self.data(example), headers=headers, status=201
        )

    def test_a_wrong_bearer_token_is_nobody_whatever_the_session(self, login, example):
        browser = login("ada")
        headers = {
            "X-CSRF-Token": browser.csrf_token(),
            "Authorization": "Bearer wrong",
        }
        browser.get(f"{API}/drafts", headers=headers, status=401)
