"""Any revision can be looked at, two compared, and the way back is a button."""

import pytest

from draftedit import Delete, Insert, Set
from draftedit.firewall import drafts
from draftedit.firewall.models import Ruleset
from tests.databases import on_one_database
from tests.engine.explaining import Recorder
from tests.web.api.conftest import make_example

pytestmark = on_one_database


@pytest.fixture
def saved(dbsession_factory, example):
    """Return `saved(*operations, by="bob")`: one more revision."""

    def saved(*operations, by="bob"):
        with dbsession_factory.begin() as dbsession:
            edit = drafts.open(dbsession, Ruleset, example.ruleset, owner=by)
            for operation in operations:
                edit.apply(operation)
            edit.save(message=f"by {by}")

    return saved


@pytest.fixture
def twice(saved, example):
    """Save two revisions: a rule changed and one new; another deleted."""
    rules, chain = example.rules, example.input
    saved(
        Set("rule", rules[0], comment="<b>"), Insert("rule", {"action": "drop"}, chain)
    )
    saved(Delete("rule", rules[1]), by="cy")
    return f"/objects/ruleset/{example.ruleset}"


def comments(person):
    column = person.words("table.rows thead th").index("Comment")
    return [row[column] for row in person.table()]


class TestOfAKeyThatIsGivenAgain:
    def test_it_says_where_the_other_object_ended_and_leads_no_way_back_there(
        self, ann, twice, saved, example, dbsession_factory
    ):
        saved(Delete("ruleset", example.ruleset))
        with dbsession_factory.begin() as dbsession:
            dbsession.add(Ruleset(id=example.ruleset, name="stranger"))
        saved(Set("ruleset", example.ruleset, name="new"))
        saved(Set("ruleset", example.ruleset, name="newer"))
        ann.go(f"{twice}/history")
        assert ann.words(".timeline .pill") == ["saved now", "deleted it"]
        reverts = [button for button in ann.words("button") if "Revert" in button]
        assert len(reverts) == 2  # to 3 and 4

    def test_what_was_brought_back_is_the_same_object(self, ann, twice, saved, example):
        saved(Delete("ruleset", example.ruleset))
        ann.go(f"{twice}/history")
        assert ann.words(".timeline .pill") == ["deleted it"]
        reverts = [button for button in ann.words("button") if "Revert" in button]
        assert len(reverts) == 3


class TestAsItWas:
    def test_a_revision_is_shown_and_says_so(self, ann, twice, example):
        ann.go(f"{twice}?revision=1")
        assert ann.words(".pill") == ["Revision 1"]
        assert "saved by bob" in ann.words(".bar .soft")[0]
        assert "This is how revision 1 had it." in ann.words(".notice")[0]
        assert ann.forms("Edit in a draft") == []

        ann.click("inet filter", inside="tbody").click("input", inside="tbody")
        assert comments(ann) == ["<b>", "mail", "ssh", ""]
        assert "This is how revision 1 had it." in ann.words(".notice")[0]
        ann.press("Show", 200, q="MAI")
        assert comments(ann) == ["mail"]
        assert "revision=1" in ann.path

        ann.click("What is saved now")
        assert ann.words(".pill") == ["Revision 2"]

    def test_it_leads_to_what_changed_since(self, ann, twice):
        ann.go(f"{twice}?revision=0")
        ann.click("See what changed up to revision 2, which is saved now")
        assert ann.path == f"{twice}/history?from=0&to=2"

    def test_the_one_that_is_saved_now_can_be_asked_for(self, ann, twice):
        ann.go(f"{twice}?revision=2")
        assert "the one that is saved now" in ann.words(".notice")[0]
        assert ann.buttons("Revert") == []

    @pytest.mark.parametrize(("query", "status"), [("3", 404), ("-1", 400), ("x", 400)])
    def test_what_never_was_is_told(self, ann, twice, query, status):
        ann.browser.get(f"{twice}?revision={query}", status=status)


class TestComparing:
    def test_the_list_leads_to_what_each_revision_changed(self, ann, twice):
        ann.go(f"{twice}/history")
        assert ann.words(".timeline strong") == [f"Revision {n}" for n in (2, 1, 0)]
        ann.click("2 rows changed in revision 1")
        assert [words.split()[0] for words in ann.words(".change h3")] == [
            "changed",
            "new",
        ]
        assert ann.words(".diff tbody tr > *") == ["Comment", "web", "<b>"]
        assert "bob" in ann.words(".lead")[0]

    def test_any_two_are_chosen_by_a_form(self, ann, twice):
        ann.go(f"{twice}/history")
        (form,) = ann.forms("Compare the two chosen")
        assert (form["from"].value, form["to"].value) == ("1", "2")
        ann.submit(form, 200, **{"from": "0", "to": "2"})
        assert len(ann.words(".change h3")) == 3
        (form,) = ann.forms("Compare")
        ann.submit(form, 200, **{"from": "2", "to": "0"})
        assert ann.words(".diff tbody tr > *") == ["Comment", "<b>", "web"]
        ann.submit(form, 200, **{"from": "1", "to": "1"})
        assert ann.words(".empty p") == ["Nothing differs."]

    @pytest.mark.parametrize(
        ("query", "status"),
        [
            ("from=0&to=3", 404),
            ("from=7&to=1", 404),
            ("to=0", 404),
            ("to=x", 400),
            ("from=x&to=1", 400),
            ("from=0&to=1&after=x", 400),
        ],
    )
    def test_what_never_was_is_told(self, ann, twice, query, status):
        ann.browser.get(f"{twice}/history?{query}", status=status)

    def test_many_changes_are_shown_in_pieces(self, ann, saved, example):
        chain = example.input
        saved(*(Insert("rule", {"comment": str(n)}, chain) for n in range(205)))
        ann.go(f"/objects/ruleset/{example.ruleset}/history?from=0&to=1")
        assert len(ann.words(".change h3")) == 200
        ann.click("Next page")
        assert len(ann.words(".change h3")) == 5
        ann.click("First page")

    def test_a_page_costs_the_same_whatever_the_size_of_the_object(
        self, ann, twice, connection, request
    ):
        def counts():
            for path in (f"{twice}/history", f"{twice}/history?from=0&to=2"):
                with Recorder(connection) as recorder:
                    ann.go(path)
                yield len(recorder.statements)

        small = list(counts())
        request.getfixturevalue("many_chains")
        assert list(counts()) == small


class TestReverting:
    def test_a_button_opens_a_draft_that_leads_back(self, ann, twice):
        for start in (f"{twice}?revision=0", f"{twice}/history?from=0&to=2"):
            ann.go(start).press("Revert to revision 0 …")
            assert ann.path.startswith("/drafts/")
            assert ann.words(".pill") == ["Draft of revision 2"]
            assert ann.words(".journal .what")[0] == "Revert to revision 0"
        ann.click("Review and save …").press("Save as revision 3")
        ann.go(f"{twice}/history?from=0&to=3")
        assert ann.words(".empty p") == ["Nothing differs."]

    def test_pressed_twice_it_opens_one_draft(self, ann, twice):
        ann.go(f"{twice}?revision=0")
        (form,) = ann.forms("Revert to revision 0 …")
        assert form.submit().location == form.submit().location

    def test_where_nothing_differs_it_says_so(self, ann, saved, example):
        for comment in ("x", "web"):
            saved(Set("rule", example.rules[0], comment=comment))
        ann.go(f"/objects/ruleset/{example.ruleset}/history")
        ann.press("Revert … to revision 0, in a draft", 422)
        assert "Nothing differs from revision 0" in ann.page.text

    def test_readers_see_all_of_it_but_no_button(self, person, twice):
        rhea = person("rhea", "reader")
        for path in (
            f"{twice}/history",
            f"{twice}/history?from=0&to=2",
            f"{twice}?revision=0",
        ):
            rhea.go(path)
            assert rhea.buttons("Revert") == []


class TestOneRow:
    def test_each_value_tells_who_gave_it_and_when(self, ann, twice, saved, example):
        saved(Set("rule", example.rules[0], enabled=False), by="dee")
        ann.go(f"{twice}?part=rule&parent={example.input}")
        ann.click(ann.table()[0][0], inside="tbody")
        rows = {row[0]: row[1:] for row in ann.table()}
        assert rows["Comment"][:3] == ["<b>", "1", "bob"]
        assert rows["Enabled"][:3] == ["no", "3", "dee"]
        assert rows["Action"] == ["accept", "unchanged by drafts"]
        assert ann.words(".crumbs a") == ["office", "inet filter", "input"]
        ann.click("3", inside="tbody")
        assert ann.path == f"{twice}/history?from=2&to=3"

    def test_so_does_the_row_above(self, ann, twice):
        ann.go(twice).click("Who, and when Ruleset office")
        assert ann.words("h1") == ["Ruleset office"]

    def test_what_is_not_there_is_not_found(self, ann, twice, other_rule, example):
        for path in (
            f"rule/{example.rules[1]}",
            f"rule/{other_rule}",
            "rule/x",
            "nonsense/1",
        ):
            ann.browser.get(f"{twice}/rows/{path}", status=404)


@pytest.fixture
def other_rule(dbsession_factory):
    with dbsession_factory.begin() as dbsession:
        return make_example(dbsession, "home").rules[0]


def test_what_a_draft_has_created_had_no_state_before_it(ann, dbsession_factory):
    with dbsession_factory.begin() as dbsession:
        edit = drafts.open(dbsession, Ruleset, owner="ann")
        edit.apply(Set("ruleset", edit.root, name="created"))
        [key] = edit.save().key

    ann.go(f"/objects/ruleset/{key}/history")

    assert ann.words(".timeline strong") == ["Revision 1"]
