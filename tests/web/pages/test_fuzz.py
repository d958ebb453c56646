"""No input makes a 500: whatever is typed into an address or a form."""

import hypothesis
import hypothesis.strategies as st
import pytest

from draftedit.web.form_values import searched

TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "",
            "\0",
            "1",
            "-1",
            "0",
            "~",
            "~9",
            "~last",
            "1,2",
            "é",
            "%",
            "9" * 30,
            "\r\n",
        ]
    ),
)
TABLES = st.sampled_from(["rule", "chain", "nft_table", "ruleset", "rule_tag", "x"])
COLUMNS = st.sampled_from(
    ["comment", "priority", "jump_id", "tag_id", "place", "statements", "enabled", "x"]
)
PARAMETERS = (
    *("part", "parent", "after", "around", "q", "filter", "journal"),
    *("to", "pq", "sq", "back", "target", "state"),
)


@pytest.fixture
def guards(editor):
    """Return the draft's address and the fields that let a form pass."""
    form = editor.page.forms["cancel"]
    return form.action.rsplit("/", 1)[0], {"csrf_token": form["csrf_token"].value}


def version(editor, draft):
    return editor.browser.get(draft).headers["ETag"].strip('"')


@hypothesis.given(
    query=st.dictionaries(
        st.sampled_from(PARAMETERS),
        st.one_of(TEXTS, TABLES),
        max_size=4,
    )
)
def test_addresses(editor, guards, example, query):
    draft, _fields = guards
    for path in (
        draft,
        f"{draft}/changes",
        f"{draft}/conflicts",
        f"{draft}/rows/rule/{example.rules[0]}",
        f"{draft}/rows/rule/new",
        f"/objects/ruleset/{example.ruleset}",
        "/drafts",
        "/",
    ):
        answer = editor.browser.get(path, query, status="*")
        assert answer.status_int in (200, 400, 404, 422), (path, query)


@hypothesis.given(
    op=st.sampled_from(["set", "insert", "delete", "restore", "move", "batch", ""]),
    table=TABLES,
    fields=st.dictionaries(
        st.sampled_from(["id", "parent", "after", "back", "here", "form_id", "row"])
        | st.builds("v.{}".format, COLUMNS)
        | st.builds("null.{}".format, COLUMNS)
        | st.builds("q.{}".format, COLUMNS),
        TEXTS,
        max_size=6,
    ),
    form_table=st.none() | TABLES,
)
def test_operations(editor, guards, example, op, table, fields, form_table):
    draft, given = guards
    given = given | {"op": op, "table": table, "version": version(editor, draft)}
    given |= {"id": str(example.rules[0]), "parent": str(example.input)} | fields
    if form_table is not None:
        given["form_table"] = form_table
    answer = editor.browser.post(f"{draft}/operations", given, status="*")
    assert answer.status_int in (303, 400, 422), given


@hypothesis.given(
    verb=st.sampled_from(["undo", "redo", "save"]),
    fields=st.dictionaries(
        st.sampled_from(["count", "to", "message", "back", "key", "version"]),
        TEXTS,
        max_size=3,
    ),
)
def test_other_verbs(editor, guards, verb, fields):
    draft, given = guards
    given = given | {"version": version(editor, draft)} | fields
    if verb == "save":
        given["version"] = "999"
    answer = editor.browser.post(f"{draft}/{verb}?journal=x&after=y", given, status="*")
    assert answer.status_int in (303, 400, 409, 412, 422, 428), (verb, given)


def test_a_search_holds_no_nul():
    assert searched(" a\0b ") == "ab"
