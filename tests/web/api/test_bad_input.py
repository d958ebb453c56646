"""Input that cannot be right: the status, the name of the thing, nothing stored."""

import json

import pytest

from tests.databases import on_one_database
from tests.web.api.test_guards import problem

OPERATIONS = {
    "no operation": ({}, 400),
    "no object": ([], 400),
    "text": ("set", 400),
    "unknown operation": ({"op": "drop"}, 400),
    "an operation of the journal only": ({"op": "rekey", "table": "rule"}, 400),
    "op is no text": ({"op": 7}, 400),
    "a member too many": (
        {"op": "delete", "table": "rule", "id": 1, "force": True},
        400,
    ),
    "no table": ({"op": "delete", "id": 1}, 400),
    "no id": ({"op": "delete", "table": "rule"}, 400),
    "values are a list": ({"op": "set", "table": "rule", "id": 1, "values": []}, 400),
    "an empty key": ({"op": "delete", "table": "rule", "id": []}, 400),
    "a key that is an object": ({"op": "delete", "table": "rule", "id": {}}, 400),
    "a reference to nothing": (
        {"op": "delete", "table": "rule", "id": {"ref": "x"}},
        422,
    ),
    "an unknown table": (
        {"op": "set", "table": "rules", "id": 1, "values": {"comment": "x"}},
        422,
    ),
    "a table of draftedit": ({"op": "delete", "table": "draft", "id": 1}, 422),
    "a table of another target": ({"op": "delete", "table": "tag", "id": 1}, 422),
    "an unknown row": (
        {"op": "set", "table": "rule", "id": 999, "values": {"comment": "x"}},
        422,
    ),
    "a draft-made key of nobody": ({"op": "delete", "table": "rule", "id": -9}, 422),
    "a key of two columns": ({"op": "delete", "table": "rule", "id": [1, 2]}, 422),
    "a key that is no number": ({"op": "delete", "table": "rule", "id": "x"}, 422),
    "a key beyond every integer": (
        {"op": "delete", "table": "rule", "id": 10**30},
        422,
    ),
    "an unknown field": ("set", {"commment": "x"}, 422),
    "a field that is the key": ("set", {"id": 5}, 422),
    "a field that is the parent": ("set", {"chain_id": 1}, 422),
    "a field that is the order": ("set", {"place": "a"}, 422),
    "a number for text": ("set", {"comment": 7}, 422),
    "an object for text": ("set", {"comment": {}}, 422),
    "text that is too long": ("set", {"comment": "x" * 256}, 422),
    "text with NUL": ("set", {"comment": "a\0b"}, 422),
    "text for yes or no": ("set", {"enabled": "perhaps"}, 422),
    "NULL where there is none": ("set", {"enabled": None}, 422),
    "none of the choices": ("set", {"action": "explode"}, 422),
    "a reference that is text": ("set", {"jump_id": "x"}, 422),
    "a reference beyond every integer": ("set", {"jump_id": 2**70}, 422),
    "a move of what has no order": (
        {"op": "move", "table": "nft_table", "id": 1},
        422,
    ),
    "restoring what is there": ({"op": "restore", "table": "ruleset", "id": 999}, 422),
    "an empty batch of what is none": ({"op": "batch", "operations": {}}, 400),
    "a batch of nothing known": ({"op": "batch", "operations": [{"op": "x"}]}, 400),
}


def operation_of(case, example):
    if case[0] == "set" and len(case) == 3:
        values = {"table": "rule", "id": example.rules[0], "values": case[1]}
        return {"op": "set", **values}, case[2]
    return case


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_that_cannot_be(draft, example, name):
    operation, status = operation_of(OPERATIONS[name], example)
    answer = draft.do("operations", operation, status)
    assert problem(answer) in ("bad-request", "bad-operation", "refused")
    assert answer.json["detail"]
    assert draft.get().json["version"] == 1
    assert draft.get("/operations").json["items"] == []
    assert draft.get("/changes").json["items"] == []


def test_problems_name_table_row_and_field(draft, example):
    answer = draft.set("rule", example.rules[0], 422, comment=7)
    (found,) = answer.json["problems"]
    assert found == {
        "table": "rule",
        "id": [example.rules[0]],
        "field": "comment",
        "code": "not-text",
        "params": {},
        "message": found["message"],
    }
    assert found["message"] == answer.json["detail"]


class TestAnotherObject:
    """Nothing of another object can be touched through a draft."""

    def test_its_rows_are_not_there(self, draft, other):
        draft.set("rule", other.rules[0], 422, comment="x")
        draft.get(f"/rows/rule/{other.rules[0]}", 404)
        draft.get(f"/rows/rule?parent={other.input}", 404)

    def test_it_is_no_parent(self, draft, other):
        insert = {"op": "insert", "table": "rule", "parent": other.input, "values": {}}
        draft.do("operations", insert, 422)

    def test_nothing_moves_there(self, draft, example, other):
        move = {"op": "move", "table": "rule", "id": example.rules[0]}
        draft.do("operations", {**move, "parent": other.input}, 422)
        draft.do("operations", {**move, "after": other.rules[0]}, 422)

    def test_no_reference_points_there(self, draft, example, other):
        draft.set("rule", example.rules[0], 422, jump_id=other.input)


def test_a_key_that_exists_is_refused(draft, example):
    link = {
        "op": "insert",
        "table": "rule_tag",
        "parent": example.rules[0],
        "values": {"tag_id": example.tag},
    }
    draft.do("operations", link)
    answer = draft.do("operations", link, 422)
    assert answer.json["problems"][0]["table"] == "rule_tag"


@pytest.mark.parametrize(
    "text",
    [
        b"{",
        b"\xff",
        b"null",
        b"[]",
        b'"set"',
        b"17",
        b'{"op": "set", "op": "delete"}',
        b'{"op": NaN}',
        b'{"op": "\\ud800"}',
        b"[" * 100_000,
        b"9" * 10_000,
    ],
    ids=lambda text: repr(text[:16]),
)
@pytest.mark.parametrize("verb", ["operations", "undo", "redo", "save", "cancel"])
@on_one_database
def test_a_body_that_is_no_json_object(draft, verb, text):
    answer = draft.program.send(f"{draft.path}/{verb}", text, 400, If_Match='"1"')
    assert problem(answer) == "bad-request"
    assert draft.get().json["state"] == "open"


@on_one_database
def test_an_operation_needs_a_body(draft):
    assert problem(draft.do("operations", status=400)) == "bad-request"


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=latin-1",
        "application/problem+json",
        "multipart/form-data; boundary=x",
        "nonsense",
        "",
    ],
)
@on_one_database
def test_only_json_in_utf8_is_taken(draft, content_type):
    answer = draft.program.send(
        f"{draft.path}/cancel", b"{}", 415, If_Match='"1"', Content_Type=content_type
    )
    assert problem(answer) == "media-type"
    draft.program.send(
        f"{draft.path}/cancel",
        b"{}",
        200,
        If_Match='"1"',
        Content_Type="application/json; charset=UTF-8",
    )


def test_too_many_operations(draft, example):
    one = {
        "op": "set",
        "table": "rule",
        "id": example.rules[0],
        "values": {"comment": "x"},
    }
    half = {"op": "batch", "operations": [one] * 501}
    answer = draft.do("operations", {"op": "batch", "operations": [half, half]}, 413)
    assert problem(answer) == "too-large"
    draft.do("operations", {"op": "batch", "operations": [one] * 1000})


@pytest.mark.parametrize("path", ["/drafts", "{draft}/operations", "{draft}/save"])
@on_one_database
def test_a_body_over_the_limit(draft, path):
    text = json.dumps({"message": "x" * 1024 * 1024}).encode()
    answer = draft.program.send(
        path.format(draft=draft.path), text, 413, If_Match='"1"'
    )
    assert problem(answer) == "too-large"


@pytest.mark.parametrize(
    ("verb", "data", "status"),
    [
        ("undo", {"count": "1"}, 400),
        ("undo", {"count": True}, 400),
        ("undo", {"count": 1.5}, 400),
        ("undo", {"count": 0}, 400),
        ("undo", {"count": -1}, 400),
        ("undo", {"to": -1}, 400),
        ("undo", {"to": None}, 400),
        ("undo", {"count": 1, "to": 0}, 400),
        ("undo", {"steps": 1}, 400),
        ("undo", {"count": 10**30}, 409),
        ("redo", {"to": 10**30}, 409),
        ("save", {"message": 7}, 400),
        ("save", {"message": "x" * 2001}, 422),
        ("save", {"message": "\0"}, 422),
        ("save", {"force": True}, 400),
        ("cancel", {"because": "x"}, 400),
    ],
)
@on_one_database
def test_members_of_the_other_verbs(draft, example, verb, data, status):
    draft.set("rule", example.rules[0], comment="x")
    draft.do(verb, data, status)
    assert draft.get().json["version"] == 2


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({}, 400),
        ({"target": 7}, 400),
        ({"target": None}, 400),
        ({"target": "ruleset", "id": None}, 400),
        ({"target": "ruleset", "id": []}, 400),
        ({"target": "ruleset", "id": {}}, 400),
        ({"target": "ruleset", "id": True}, 400),
        ({"target": "ruleset", "id": [[1]]}, 400),
        ({"target": "ruleset", "more": 1}, 400),
        ({"target": "rule", "id": 1}, 422),
        ({"target": "nothing", "id": 1}, 422),
        ({"target": "a\0b", "id": 1}, 422),
        ({"target": "ruleset", "id": 999}, 422),
        ({"target": "ruleset", "id": -1}, 422),
        ({"target": "ruleset", "id": "x"}, 422),
        ({"target": "ruleset", "id": [1, 2]}, 422),
        ({"target": "ruleset", "id": 10**30}, 422),
    ],
)
def test_what_cannot_be_opened(ada, data, status):
    answer = ada.post("/drafts", data, status=status)
    assert problem(answer) == {400: "bad-request", 422: "refused"}[status]
    assert ada.get("/drafts").json["items"] == []


PATHS = [
    "/nothing",
    "/targets/ruleset",
    "/objects/nothing",
    "/objects/rule",
    "/objects/nothing/1",
    "/objects/ruleset/999",
    "/objects/ruleset/x",
    "/objects/ruleset/1,2",
    "/objects/ruleset/~9",
    "/objects/ruleset/%00",
    "/objects/ruleset/-1",
    "/objects/ruleset/999999999999999999999999",
    "/objects/ruleset/",
    "/objects/ruleset/999/revisions",
    "/objects/ruleset/999/drafts",
    "/objects/ruleset/{object}/rows/nothing",
    "/objects/ruleset/{object}/rows/tag",
    "/objects/ruleset/{object}/rows/rule?parent=999",
    "/objects/ruleset/{object}/nothing",
    "/drafts/0",
    "/drafts/-1",
    "/drafts/x",
    "/drafts/01",
    "/drafts/1%0A",
    "/drafts/%D9%A1",
    "/drafts/999999999999999999",
    "/drafts/999999999999999999999999",
    "/drafts/{draft}/nothing",
    "/drafts/{draft}/rows/nothing",
    "/drafts/{draft}/rows/rule/999",
    "/drafts/{draft}/rows/rule/x",
    "/drafts/{draft}/rows/rule/1,2",
    "/drafts/{draft}/rows/rule/%2F",
    "/drafts/{draft}/rows/rule?around=999",
    "/drafts/{draft}/choices/rule/comment",
    "/drafts/{draft}/choices/rule/nothing",
    "/drafts/{draft}/choices/nothing/jump_id",
]


@pytest.mark.parametrize("path", PATHS)
def test_what_is_not_there(ada, draft, example, path):
    found = ada.get(path.format(object=example.ruleset, draft=draft.key), 404)
    assert problem(found) == "not-found"


@on_one_database
def test_a_path_that_is_no_utf8(ada):
    answer = ada.client.get("/api/v1/objects/%ff", status=400, expect_errors=True)
    assert answer.status_int == 400


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [
        ("/targets", "POST", {"GET", "HEAD"}),
        ("/drafts", "PUT", {"GET", "HEAD", "POST"}),
        ("/drafts/{draft}", "DELETE", {"GET", "HEAD"}),
        ("/drafts/{draft}/undo", "GET", {"POST"}),
        ("/drafts/{draft}/operations", "PATCH", {"GET", "HEAD", "POST"}),
        ("/openapi.json", "OPTIONS", {"GET", "HEAD"}),
    ],
)
@on_one_database
def test_a_method_that_is_not_answered(ada, draft, path, method, allowed):
    answer = ada.client.request(
        "/api/v1" + path.format(draft=draft.key),
        method=method,
        headers=ada.headers,
        status=405,
    )
    assert problem(answer) == "method-not-allowed"
    assert set(answer.headers["Allow"].split(", ")) == allowed
