"""No input makes a 500: random operations, bodies, paths, headers and forms."""

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

FIELDS = ["comment", "enabled", "action", "jump_id", "place", "chain_id", "id", "extra"]
TABLES = ["ruleset", "nft_table", "chain", "rule", "rule_tag", "tag", "draft", "object"]
NUMBERS = st.integers(-3, 5) | st.sampled_from(
    [2**31, 2**53 + 1, 2**63, -(2**63), 10**30]
)
TEXTS = st.text(max_size=8) | st.sampled_from(
    ["", "\0", "x" * 300, "1", "-1", "accept"]
)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS | st.floats(allow_nan=False)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3)
    ),
    max_leaves=6,
)
KEYS = NUMBERS | TEXTS | st.lists(SCALARS, max_size=3) | st.just({"ref": "a"}) | VALUES
ONE = st.fixed_dictionaries(
    {
        "op": st.sampled_from(["set", "insert", "delete", "restore", "move", "rekey"])
        | TEXTS,
        "table": st.sampled_from(TABLES) | VALUES,
    },
    optional={
        "id": KEYS,
        "values": st.dictionaries(st.sampled_from(FIELDS) | TEXTS, VALUES, max_size=4)
        | VALUES,
        "parent": KEYS,
        "after": KEYS,
        "as": st.just("a") | VALUES,
        "key": KEYS,
    },
)
OPERATIONS = st.recursive(
    ONE,
    lambda inner: st.fixed_dictionaries(
        {
            "op": st.just("batch"),
            "operations": st.lists(inner, max_size=3) | VALUES,
        },
        optional={"label": VALUES},
    ),
    max_leaves=5,
)


def is_answered(answer):
    """Assert that an answer is one: no fault of ours, and a problem says what it is."""
    assert answer.status_int < 500, answer.text
    if answer.status_int >= 400:
        assert answer.content_type == "application/problem+json"
        assert answer.json["status"] == answer.status_int


@given(st.lists(OPERATIONS, min_size=1, max_size=4))
def test_any_operation_is_done_or_refused(draft, operations):
    for operation in operations:
        answer = draft.program.post(
            f"{draft.path}/operations",
            json.loads(json.dumps(operation)),
            version=draft.get().json["version"],
            status="*",
        )
        is_answered(answer)
    for path in ("/changes", "/operations", "/rows/rule?gone=1", "/rows/rule_tag"):
        is_answered(draft.get(path, "*"))
    undo = draft.program.post(
        f"{draft.path}/undo",
        {"to": 0},
        version=draft.get().json["version"],
        status="*",
    )
    is_answered(undo)
    assert draft.get("/changes").json["items"] == []


@given(st.lists(OPERATIONS, min_size=1, max_size=6))
def test_any_draft_is_saved_or_refused(ada, example, operations):
    draft = ada.open("ruleset", example.ruleset)
    for operation in operations:
        answer = draft.do("operations", operation, "*")
        is_answered(answer)
        draft.version = draft.get().json["version"]
    is_answered(draft.do("save", status="*"))


@given(
    verb=st.sampled_from(["operations", "undo", "redo", "cancel"]),
    body=st.binary(max_size=40) | VALUES.map(lambda data: json.dumps(data).encode()),
    content_type=st.sampled_from(
        [
            "application/json",
            "application/json; charset=utf-8",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "text/plain; charset=x",
            "",
            ";;",
        ]
    ),
    match=st.sampled_from(['"1"', "1", "*", 'W/"1"', '"é"']),
    key=st.text(
        st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=130
    ),
)
def test_any_body_and_headers_are_answered(
    ada, example, verb, body, content_type, match, key
):
    draft = ada.open("ruleset", example.ruleset)
    headers = {"If_Match": match, "Content_Type": content_type, "Idempotency_Key": key}
    path = f"{draft.path}/{verb}"
    is_answered(ada.send(path, body, "*", **headers))


SEGMENTS = (
    st.sampled_from(
        [
            "objects",
            "drafts",
            "rows",
            "choices",
            "ruleset",
            "rule",
            "1",
            "-1",
            "jump_id",
        ]
    )
    | st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="/?#"), max_size=5
    )
    | st.sampled_from(
        ["~", "~0", "~1,~2", ",", "%00", "%2F", "..", "999999999999999999"]
    )
)
QUERIES = st.dictionaries(
    st.sampled_from(
        ["after", "limit", "q", "parent", "around", "gone", "state", "_LOCALE_"]
    ),
    TEXTS | NUMBERS.map(str) | st.sampled_from(["WzFd", "MQ", "W251bGwsMV0"]),
    max_size=3,
)


@given(st.lists(SEGMENTS, min_size=1, max_size=6), QUERIES)
def test_any_address_is_answered(ada, example, segments, query):
    path = "/".join(["/api/v1", *(quote(segment, safe="%,~") for segment in segments)])
    answer = ada.client.get(path, query, headers=ada.headers, status="*")
    is_answered(answer)


@pytest.fixture
def browser(login, example):
    return login("ada")


FORM = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "op",
                "table",
                "id",
                "parent",
                "after",
                "back",
                "here",
                "count",
                "to",
                "message",
                "form_table",
                "form_id",
                "version",
                "key",
                "row",
            ]
        )
        | st.sampled_from(FIELDS).map(lambda name: f"v.{name}")
        | st.sampled_from(FIELDS).map(lambda name: f"null.{name}"),
        TEXTS
        | st.sampled_from([*TABLES, "set", "insert", "delete", "move", "1", "2", "/x"]),
    ),
    max_size=8,
)


@given(st.sampled_from(["operations", "undo", "redo", "save", "cancel"]), FORM)
def test_any_form_is_answered(browser, draft, verb, fields):
    token = browser.cookies and _token(browser)
    data = [("csrf_token", token), ("version", "1"), *fields]
    answer = browser.post(f"{draft.path}/{verb}", data, status="*")
    assert answer.status_int < 500
    for path in ("", "/changes", "/export"):
        browser.get(draft.path + path)


@given(st.sampled_from(["", "/changes", "/rows/rule/new", "/rows/rule/1"]), QUERIES)
def test_any_query_of_a_page_is_answered(browser, draft, path, query):
    for where in ("/", "/drafts", "/stats", draft.path + path):
        assert browser.get(where, query, status="*").status_int < 500


def _token(browser):
    if not hasattr(browser, "known_token"):
        browser.known_token = browser.csrf_token()
    return browser.known_token
