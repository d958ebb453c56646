"""Who else is there, what others saved meanwhile, and the ways out of a draft."""

from draftedit import Insert
from draftedit.firewall import drafts
from draftedit.firewall.models import Ruleset
from tests.databases import on_one_database
from tests.web.pages.test_conflicts import bob, set_rule  # noqa: F401 — a fixture
from tests.web.pages.test_form_errors import touch

pytestmark = on_one_database


class TestCompany:
    def test_the_editor_tells_who_else_has_a_draft_but_not_what(
        self, editor, person, example
    ):
        here = editor.path
        assert editor.words(".company") == []
        other = person("bob").go(f"/objects/ruleset/{example.ruleset}")
        other.press("Edit in a draft").click("inet filter", inside=".tree")
        other.click("input", inside=".tree")
        touch(other, "a secret")

        for page in (here, f"{here.partition('?')[0]}/changes"):
            [told] = editor.go(page).words(".company")
            assert told.startswith("Also being edited by bob since ")
            assert told.endswith("(1 row).")
            assert "a secret" not in editor.page.text

    def test_another_draft_of_ones_own_is_told_too(self, editor, example):
        here = editor.path
        editor.go(f"/objects/ruleset/{example.ruleset}").press("Edit in a draft")
        assert "by you, in another draft," in editor.go(here).words(".company")[0]

    def test_new_objects_have_no_company(self, ann, person):
        for one in (person("bob").go("/"), ann.go("/")):
            one.submit(one.page.forms["new-ruleset"])
        assert ann.words(".company") == []

    def test_a_closed_draft_tells_of_nobody(self, editor, example):
        here = editor.path
        editor.go(f"/objects/ruleset/{example.ruleset}").press("Edit in a draft")
        touch(editor.go(here)).press("Cancel draft").go(here)
        assert editor.words(".company") == []


class TestLeaving:
    def test_keep_save_and_cancel_stand_beside_one_another(self, editor):
        touch(editor)
        ways = editor.words(".leave .button, .leave button")
        assert ways == [
            "Leave …",
            "Keep it for later",
            "Look and save …",
            "Cancel draft",
        ]
        editor.click("Keep it for later")
        assert editor.words("tbody .pill") == ["open"]

    def test_without_a_change_there_is_nothing_to_save(self, editor):
        assert "Look and save …" not in editor.words(".leave .button")


class TestReview:
    def test_it_shows_what_others_saved_meanwhile(
        self,
        editor,
        bob,  # noqa: F811 — the imported fixture
    ):
        draft = editor.path.partition("?")[0]
        touch(editor, "mine")
        assert editor.go(f"{draft}/changes").words(".meanwhile") == []
        bob(set_rule(1, comment="theirs"))
        editor.go(f"{draft}/changes")
        assert editor.words(".meanwhile .diff tbody tr > *") == [
            "Comment",
            "mail",
            "theirs",
        ]
        assert editor.words(".what > .differences .diff tbody tr > *") == [
            "Comment",
            "web",
            "mine",
        ]

    def test_much_of_it_is_shown_in_part(self, editor, example, dbsession_factory):
        draft = editor.path.partition("?")[0]
        with dbsession_factory.begin() as dbsession:
            edit = drafts.open(dbsession, Ruleset, example.ruleset, owner="bob")
            for number in range(52):
                edit.apply(Insert("rule", {"comment": str(number)}, example.output))
            edit.save()
        editor.go(f"{draft}/changes")
        assert len(editor.words(".meanwhile article")) == 50
        editor.click("And more: all that came in")
        assert len(editor.words(".change h3")) == 52

    def test_after_a_save_one_sees_what_changed_and_can_take_it_back(self, editor):
        touch(editor, "mine").click("Review and save …").press("Save as revision 1")
        after = editor.path
        editor.click("What changed")
        assert editor.words(".diff tbody tr > *") == ["Comment", "web", "mine"]
        editor.go(after).press("Take it back: revert to revision 0 …")
        editor.click("Review and save …")
        assert editor.words(".diff tbody tr > *") == ["Comment", "mine", "web"]

    def test_an_older_save_is_no_news(self, editor, example):
        touch(editor).click("Review and save …").press("Save as revision 1")
        editor.go(f"/objects/ruleset/{example.ruleset}?saved=0")
        assert editor.words(".notice.good") == []
        editor.click("What changed")
