"""What programs read of older revisions, and how they go back to one."""

import pytest

from tests.databases import on_one_database
from tests.web.api.program import Draft
from tests.web.api.test_guards import problem

pytestmark = on_one_database


@pytest.fixture
def live(example):
    return f"/objects/ruleset/{example.ruleset}"


@pytest.fixture
def saved(ada, example):
    """Save two revisions: a rule changed, then one deleted and one new."""
    draft = ada.open("ruleset", example.ruleset)
    draft.set("rule", example.rules[0], comment="changed")
    draft.do("save")
    draft = ada.open("ruleset", example.ruleset)
    draft.do("operations", {"op": "delete", "table": "rule", "id": example.rules[1]})
    draft.do(
        "operations",
        {
            "op": "insert",
            "table": "rule",
            "parent": example.input,
            "values": {"comment": "new"},
        },
    )
    draft.set("ruleset", example.ruleset, name="company")
    draft.do("save", {"message": "moved in"})


def comments(program, path):
    return [item["comment"] for item in program.get(path).json["items"]]


@pytest.mark.usefixtures("saved")
class TestReading:
    def test_the_object_is_shown_as_each_revision_had_it(self, ada, live):
        answers = [ada.get(f"{live}?revision={number}") for number in range(3)]
        assert [a.json["label"] for a in answers] == ["office", "office", "company"]
        assert [a.json["revision"] for a in answers] == [0, 1, 2]
        assert [a.headers["ETag"] for a in answers] == ['"0"', '"1"', '"2"']
        ada.get(f"{live}?revision=1", 304, If_None_Match='"1"')

    def test_its_rows_are_listed_as_they_were_in_pieces(self, ada, live, example):
        rows = f"{live}/rows/rule"
        assert comments(ada, f"{rows}?revision=0") == ["web", "mail", "ssh"]
        assert comments(ada, f"{rows}?revision=1") == ["changed", "mail", "ssh"]
        assert comments(ada, rows) == ["changed", "ssh", "new"]
        assert comments(ada, f"{rows}?revision=1&q=MAI") == ["mail"]
        below = f"{rows}?revision=1&parent={example.output}"
        assert comments(ada, below) == []
        piece = ada.get(f"{rows}?revision=1&limit=2").json
        rest = f"{rows}?revision=1&limit=2&after={piece['next']}"
        assert comments(ada, rest) == ["ssh"]
        row = f"{rows}/{example.rules[1]}"
        assert ada.get(f"{row}?revision=1").json["comment"] == "mail"
        assert problem(ada.get(row, 404)) == "not-found"

    def test_what_changed_is_told_as_in_a_draft(self, ada, live, example):
        first = ada.get(f"{live}/revisions/1/changes").json["items"]
        assert first == [
            {
                "table": "rule",
                "id": [example.rules[0]],
                "kind": "changed",
                "fields": {"comment": {"base": "web", "draft": "changed"}},
            }
        ]
        both = ada.get(f"{live}/revisions/2/changes?from=0").json["items"]
        assert [(one["table"], one["kind"]) for one in both] == [
            ("ruleset", "changed"),
            ("rule", "changed"),
            ("rule", "gone"),
            ("rule", "new"),
        ]
        assert "base" not in both[3]["fields"]["comment"]
        back = ada.get(f"{live}/revisions/0/changes?from=2").json["items"]
        assert [one["kind"] for one in back] == ["changed", "changed", "new", "gone"]

    def test_changes_come_in_pieces(self, ada, live):
        path, found = f"{live}/revisions/2/changes?from=0&limit=1", []
        while path:
            piece = ada.get(path).json
            (item,) = piece["items"]
            found.append(item["kind"])
            after = piece["next"]
            path = after and f"{live}/revisions/2/changes?from=0&limit=1&after={after}"
        assert found == ["changed", "changed", "gone", "new"]

    @pytest.mark.parametrize(
        ("path", "status"),
        [
            ("?revision=3", 404),
            ("?revision=-1", 400),
            ("?revision=1.0", 400),
            ("/rows/rule?revision=3", 404),
            ("/rows/rule?revision=x", 400),
            ("/revisions/3/changes", 404),
            ("/revisions/0/changes", 404),
            ("/revisions/-1/changes", 404),
            ("/revisions/x/changes", 404),
            ("/revisions/1/changes?from=9", 404),
            ("/revisions/1/changes?from=x", 400),
            ("/revisions/1/changes?after=x", 400),
            ("9/revisions/0/changes?from=0", 404),
        ],
    )
    def test_what_never_was_is_told(self, ada, live, path, status):
        ada.get(live + path, status)


@pytest.mark.usefixtures("saved")
class TestReverting:
    def revert(self, program, example, number, status=201, **more):
        data = {"target": "ruleset", "id": example.ruleset, "revert_to": number}
        return program.post("/drafts", data | more, status=status)

    def test_one_step_leads_back_and_history_goes_on(self, ada, live, example):
        answer = self.revert(ada, example, 0)
        draft = Draft(ada, answer.json)
        assert (answer.json["base"], answer.json["undo"]) == (2, 1)
        (step,) = draft.get("/operations").json["items"]
        assert step["label"] == "Revert to revision 0"
        assert comments(ada, f"{draft.path}/rows/rule") == ["web", "mail", "ssh"]

        saved = draft.do("save").json

        assert (saved["revision"], saved["ids"]) == (3, {})
        assert ada.get(f"{live}/revisions/3/changes?from=0").json["items"] == []
        assert comments(ada, f"{live}/rows/rule?revision=2") == [
            "changed",
            "ssh",
            "new",
        ]

    def test_undone_it_changes_nothing(self, ada, example):
        draft = Draft(ada, self.revert(ada, example, 0).json)
        draft.do("undo")
        assert draft.get("/changes").json["items"] == []

    def test_a_deleted_object_is_read_and_brought_back(self, ada, live, example):
        draft = ada.open("ruleset", example.ruleset)
        root = {"table": "ruleset", "id": example.ruleset}
        draft.do("operations", {"op": "delete", **root})
        draft.do("save")
        ada.get(live, 404)
        ada.get(f"{live}?revision=3", 404)
        assert ada.get(f"{live}?revision=2").json["label"] == "company"
        assert comments(ada, f"{live}/rows/rule?revision=0") == ["web", "mail", "ssh"]

        back = Draft(ada, self.revert(ada, example, 2).json)
        assert back.do("save").json["revision"] == 4

        assert ada.get(live).json["label"] == "company"
        assert comments(ada, f"{live}/rows/rule") == ["changed", "ssh", "new"]
        ada.get(f"{live}?revision=3", 404)

    @pytest.mark.parametrize(("number", "status"), [(2, 422), (9, 422), (-1, 400)])
    def test_what_cannot_be_reverted_is_refused(self, ada, example, number, status):
        self.revert(ada, example, number, status)

    def test_a_revert_is_of_an_object(self, ada):
        data = {"target": "ruleset", "revert_to": 1}
        assert problem(ada.post("/drafts", data, status=400)) == "bad-request"

    def test_an_object_that_never_was_is_refused(self, ada, example):
        self.revert(ada, example, 0, 422, id=10**6)


def test_a_reader_compares_and_reverts_nothing(program, saved, live, example):
    reader = program("rhea", "reader")
    assert reader.get(f"{live}/revisions/1/changes").json["items"]
    data = {"target": "ruleset", "id": example.ruleset, "revert_to": 0}
    reader.post("/drafts", data, status=403)
