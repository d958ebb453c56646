"""What the API answers to those who read: live objects, drafts, lists."""

from datetime import datetime
from urllib.parse import quote

import pytest

from tests.databases import on_one_database
from tests.web.api.test_guards import problem

pytestmark = on_one_database


def ids(answer):
    return [item["_id"] for item in answer.json["items"]]


def test_targets_tell_their_tables_and_fields(ada):
    items = ada.get("/targets").json["items"]
    assert [item["name"] for item in items] == ["ruleset", "tag"]
    tables = {table["name"]: table for table in items[0]["tables"]}
    assert list(tables) == ["ruleset", "nft_table", "chain", "rule", "rule_tag"]
    chain = tables["chain"]
    assert (chain["key"], chain["parent"], chain["ordered"]) == (
        ["id"],
        "nft_table",
        True,
    )
    assert tables["rule_tag"]["key"] == ["rule_id", "tag_id"]
    fields = {field["name"]: field for field in tables["rule"]["fields"]}
    assert set(fields["comment"]) == {
        "name",
        "type",
        "label",
        "required",
        "read_only",
    }
    assert fields["jump_id"]["references"] == "chain"
    assert "accept" in fields["action"]["choices"]
    assert fields["enabled"]["type"] == "boolean"
    assert {name for name, field in fields.items() if field["read_only"]} == {
        "id",
        "chain_id",
        "place",
    }
    assert [name for name, field in fields.items() if field["required"]] == []


def test_objects_are_listed_and_found(ada, example, other):
    items = ada.get("/objects/ruleset").json["items"]
    assert [item["label"] for item in items] == ["office", "home"]
    assert items[0] == {
        "id": [example.ruleset],
        "label": "office",
        "revision": 0,
        "saved_at": None,
        "saved_by": None,
        "drafts": 0,
    }
    (found,) = ada.get("/objects/ruleset?q=OFF").json["items"]
    assert found["id"] == [example.ruleset]


def test_an_object_says_its_revision_and_row(ada, example):
    answer = ada.get(f"/objects/ruleset/{example.ruleset}")
    assert set(answer.json) == {"target", "id", "label", "revision", "row"}
    assert answer.json["row"]["name"] == "office"
    assert answer.json["row"]["_id"] == [example.ruleset]
    assert answer.headers["ETag"] == '"0"'


@pytest.mark.parametrize("tag", ['"0"', 'W/"0"', '"7", "0"', "*"])
def test_a_copy_that_is_still_good_is_not_sent_again(ada, example, tag):
    path = f"/objects/ruleset/{example.ruleset}"
    answer = ada.get(path, 304, If_None_Match=tag)
    assert answer.body == b""
    assert answer.headers["ETag"] == '"0"'


@pytest.mark.parametrize("tag", ['"1"', "0", '"00"', ""])
def test_another_copy_is_no_good(ada, example, tag):
    ada.get(f"/objects/ruleset/{example.ruleset}", 200, If_None_Match=tag)


def test_a_save_makes_the_copy_old(ada, draft, example):
    draft.set("rule", example.rules[0], comment="x")
    draft.do("save")
    path = f"/objects/ruleset/{example.ruleset}"
    assert ada.get(path, If_None_Match='"0"').headers["ETag"] == '"1"'


def test_live_rows_come_by_parent_in_order(ada, example):
    path = f"/objects/ruleset/{example.ruleset}/rows/rule"
    answer = ada.get(f"{path}?parent={example.input}")
    assert ids(answer) == [[key] for key in example.rules]
    assert answer.json["items"][0]["comment"] == "web"
    assert "_state" not in answer.json["items"][0]
    assert ids(ada.get(f"{path}?parent={example.output}")) == []
    assert ids(ada.get(path)) == [[key] for key in example.rules]
    assert ids(ada.get(f"{path}?parent={example.input}&q=MAI")) == [[example.rules[1]]]


def test_lists_go_on_where_they_stopped(ada, example):
    path = f"/objects/ruleset/{example.ruleset}/rows/rule?parent={example.input}"
    seen, after = [], ""
    for _ in range(3):
        answer = ada.get(f"{path}&limit=1{after}")
        seen += ids(answer)
        after = f"&after={answer.json['next']}"
    assert seen == [[key] for key in example.rules]
    assert answer.json["next"] is None


def test_every_list_can_be_read_in_pieces(ada, draft, example, other):
    for key in example.rules:
        draft.set("rule", key, comment=f"changed {key}")
    ada.open("ruleset", example.ruleset)
    for path in (
        "/targets",
        "/objects/ruleset",
        f"/objects/ruleset/{example.ruleset}/rows/rule",
        f"/objects/ruleset/{example.ruleset}/drafts",
        "/drafts",
        f"{draft.path}/rows/rule",
        f"{draft.path}/operations",
        f"{draft.path}/changes",
    ):
        whole = ada.get(path).json
        assert whole["next"] is None
        pieces, after = [], ""
        while after is not None:
            piece = ada.get(f"{path}?limit=1{after}").json
            assert len(piece["items"]) <= 1
            pieces += piece["items"]
            after = piece["next"] and f"&after={piece['next']}"
        assert pieces == whole["items"]
        assert len(pieces) > 1


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=501",
        "limit=-1",
        "limit=x",
        "limit=1.5",
        "limit=%D9%A1",
        "limit=1_0",
        "after=x",
        "after=%00",
        "after=eyJhIjoxfQ",
        "after=W10",
        "after=WzFlOTk5XQ",
    ],
)
@pytest.mark.parametrize("path", ["/objects/ruleset", "{draft}/rows/rule", "/drafts"])
def test_a_bad_parameter_is_named(draft, query, path):
    answer = draft.program.get(f"{path.format(draft=draft.path)}?{query}", 400)
    assert problem(answer) == "bad-request"


@pytest.mark.parametrize("query", ["q=%00", "q=%ff", "q=" + "x" * 201])
@pytest.mark.parametrize("path", ["/objects/ruleset", "{draft}/rows/rule"])
def test_a_search_that_is_no_text_is_named(draft, query, path):
    answer = draft.program.get(f"{path.format(draft=draft.path)}?{query}", 400)
    assert problem(answer) == "bad-request"


@pytest.mark.parametrize("after", ["x", "%FF", "é", "bm90aGluZw", "cGxhY2U6LTE"])
@pytest.mark.parametrize("path", ["/targets", "/stats", "{draft}/changes"])
def test_a_bad_cursor_is_named(draft, path, after):
    path = f"{path.format(draft=draft.path)}?after={quote(after, safe='%')}"
    assert problem(draft.program.get(path, 400)) == "bad-request"


@pytest.mark.parametrize("query", ["state=same", "gone=yes", "parent=~9", "around=~"])
def test_a_parameter_of_rows_is_checked(draft, query):
    assert problem(draft.get(f"/rows/rule?{query}", 400)) == "bad-request"


def test_a_draft_tells_what_it_is(ada, draft, example):
    data = draft.get().json
    opened = datetime.fromisoformat(data["opened_at"])
    assert opened.utcoffset().total_seconds() == 0
    assert data == {
        "key": draft.key,
        "url": f"http://localhost/api/v1/drafts/{draft.key}",
        "target": "ruleset",
        "id": [example.ruleset],
        "label": "office",
        "base": 0,
        "state": "open",
        "closed_because": None,
        "version": 1,
        "undo": 0,
        "redo": 0,
        "owner": "ada",
        "opened_at": data["opened_at"],
        "changed_at": data["opened_at"],
        "closed_at": None,
        "behind": 0,
    }


def test_every_answer_about_a_draft_has_its_version_and_is_not_kept(draft, example):
    draft.set("rule", example.rules[0], comment="x")
    for path in (
        "",
        "/rows/rule",
        f"/rows/rule/{example.rules[0]}",
        "/choices/rule/jump_id",
        "/operations",
        "/changes",
    ):
        answer = draft.get(path)
        assert answer.headers["ETag"] == '"2"'
        assert answer.headers["Cache-Control"] == "no-store"
        answer = draft.program.get(draft.path + path, If_None_Match='"2"')
        assert answer.status_int == 200
    refused = draft.do("undo", {"count": 9}, 409)
    assert refused.headers["ETag"] == '"2"'
    assert refused.headers["Cache-Control"] == "no-store"


def test_drafts_are_listed_by_state(ada, draft, example):
    gone = ada.open("ruleset", example.ruleset)
    gone.do("cancel")
    keys = {
        state: [d["key"] for d in ada.get(f"/drafts?state={state}").json["items"]]
        for state in ("", "open", "cancelled", "saved")
    }
    assert keys == {
        "": [gone.key, draft.key],
        "open": [draft.key],
        "cancelled": [gone.key],
        "saved": [],
    }
    ada.get("/drafts?state=abandoned", 400)


def test_rows_of_a_draft_say_their_state(draft, example):
    web, mail, ssh = example.rules
    draft.set("rule", web, comment="x")
    draft.do("operations", {"op": "delete", "table": "rule", "id": mail})
    insert = {"op": "insert", "table": "rule", "parent": example.input, "values": {}}
    draft.do("operations", insert)
    path = f"/rows/rule?parent={example.input}"

    def states(more=""):
        found = draft.get(path + more).json["items"]
        return [(item["_id"], item["_state"]) for item in found]

    assert states() == [([web], "changed"), ([ssh], "same"), ([-1], "new")]
    assert ([mail], "gone") in states("&gone=1")
    assert states("&state=changed") == [([web], "changed"), ([-1], "new")]
    assert ([ssh], "same") in states(f"&around={ssh}")
    assert draft.get("/rows/rule/-1").json["_state"] == "new"
    assert draft.get(f"/rows/rule/{mail}").json["_state"] == "gone"


def test_choices_are_those_of_the_draft(draft, example, other):
    chain = {
        "op": "insert",
        "table": "chain",
        "parent": [example.table],
        "values": {"name": "forward"},
    }
    draft.do("operations", chain)
    items = draft.get("/choices/rule/jump_id").json["items"]
    assert [item["id"] for item in items] == [[example.input], [example.output], [-1]]
    (found,) = draft.get("/choices/rule/jump_id?q=forw").json["items"]
    assert found["id"] == [-1]


def test_revisions_tell_who_when_and_why(ada, draft, example):
    path = f"/objects/ruleset/{example.ruleset}"
    assert ada.get(f"{path}/revisions").json == {"items": [], "next": None}
    draft.set("rule", example.rules[0], comment="x")
    draft.do("save", {"message": "why"})
    (item,) = ada.get(f"{path}/revisions").json["items"]
    assert set(item) == {
        "revision",
        "saved_at",
        "saved_by",
        "message",
        "draft",
        "changes",
    }
    assert (item["revision"], item["saved_by"], item["message"], item["draft"]) == (
        1,
        "ada",
        "why",
        draft.key,
    )
    assert item["changes"] == 1


def test_the_history_of_a_deleted_object_stays(ada, draft, example):
    delete = {"op": "delete", "table": "ruleset", "id": example.ruleset}
    draft.do("operations", delete)
    draft.do("save")
    path = f"/objects/ruleset/{example.ruleset}"
    assert problem(ada.get(path, 404)) == "not-found"
    assert len(ada.get(f"{path}/revisions").json["items"]) == 1


def test_a_reader_reads_live_and_figures_only(program, draft, example):
    reader = program("rhea", "reader")
    path = f"/objects/ruleset/{example.ruleset}"
    for open_to_all in (
        "/targets",
        "/objects/ruleset",
        path,
        f"{path}/rows/rule",
        f"{path}/revisions",
        "/stats",
    ):
        reader.get(open_to_all)
    for closed in ("/drafts", draft.path, f"{path}/drafts"):
        assert problem(reader.get(closed, 403)) == "forbidden"
    reader.post("/drafts", {"target": "ruleset", "id": example.ruleset}, status=403)


def test_statistics_count_drafts(ada, draft):
    draft.do("cancel")
    (day,) = ada.get("/stats").json["items"]
    assert (day["target"], day["opened"], day["cancelled"]) == ("ruleset", 1, 1)
    assert day["figures"]["cancelled"]["last"] == {"": 1}
    assert day["figures"]["cancelled"]["operations"] == {"0": 1}
    assert ada.get(f"/stats?since={day['day']}").json["items"] == [day]
    assert ada.get("/stats?since=2999-01-01").json["items"] == []


@pytest.mark.parametrize("since", ["yesterday", "2026-02-30", "20260301"])
def test_a_day_that_is_none_is_refused(ada, since):
    assert problem(ada.get(f"/stats?since={since}", 400)) == "bad-request"


def test_a_new_object_begins_with_the_values_it_is_given(ada):
    values = {"name": "größe"}
    answer = ada.post("/drafts", {"target": "ruleset", "values": values}, status=201)

    path = f"/drafts/{answer.json['key']}/rows/ruleset/-1"
    assert {name: ada.get(path).json[name] for name in values} == values
    assert (answer.json["undo"], answer.json["label"]) == (0, "größe")


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"values": []}, 400),
        ({"values": {"name": None}}, 422),
        ({"values": {"nothing": 1}}, 422),
        ({"values": {"name": "x"}, "id": [1]}, 422),
    ],
)
def test_values_that_no_new_object_can_have_are_refused(ada, data, status):
    answer = ada.post("/drafts", {"target": "ruleset", **data}, status=status)
    if status == 422 and "id" not in data:
        [problem] = answer.json["problems"]
        assert problem["field"] == next(iter(data["values"]))
    assert ada.get("/drafts").json["items"] == []


def test_a_new_object_has_a_draft_made_key(ada):
    draft = ada.open("ruleset")
    data = draft.get().json
    assert (data["id"], data["base"]) == ([-1], 0)
    draft.set("ruleset", -1, name="new")
    saved = draft.do("save").json
    assert saved["ids"]["ruleset"]["-1"] == saved["id"]
    assert saved["revision"] == 1
    key = saved["id"][0]
    assert ada.get(f"/objects/ruleset/{key}").json["label"] == "new"


def test_head_answers_as_get_without_a_body(ada, draft):
    answer = ada.client.head(f"/api/v1{draft.path}", headers=ada.headers)
    assert answer.body == b""
    assert answer.headers["ETag"] == '"1"'
