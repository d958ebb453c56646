"""A draft is given to another, or copied, by forms alone."""

import pytest

from draftedit import Delete
from draftedit.firewall import drafts
from draftedit.firewall.models import Ruleset
from tests.databases import on_one_database
from tests.web.pages.test_form_errors import touch

pytestmark = on_one_database


@pytest.fixture
def bob(person):
    return person("bob")


@pytest.fixture
def root(person):
    return person("root", "admin")


class TestTheOwner:
    def test_hands_it_on_with_all_steps(self, editor, bob):
        start = touch(editor, "mine").path.partition("?")[0]
        editor.press("Hand on", to=" bob ")
        assert editor.words(".notice.good") == ["The draft is with bob now."]
        assert editor.words("h1") == ["My drafts"]
        editor.browser.get(start, status=404)
        bob.go(start)
        assert len(bob.words(".journal li")) == 2
        bob.press(bob.buttons("Undo:")[0])

    def test_pressed_twice_it_is_handed_on_once(self, editor, bob):
        (form,) = editor.forms("Hand on")
        form["to"] = "bob"
        assert form.submit().location == form.submit().location

    def test_is_told_what_was_wrong_and_keeps_what_was_typed(self, editor):
        editor.press("Hand on", 422, to="nobody at all")
        assert "nobody of this name" in editor.words(".errors li")[0]
        (form,) = editor.forms("Hand on")
        assert form["to"].value == "nobody at all"

    def test_sees_a_stale_page(self, editor, bob):
        (form,) = editor.forms("Hand on")
        touch(editor)
        editor.submit(form, 412, to="bob")

    def test_copies_it(self, editor):
        start = touch(editor, "mine").path.partition("?")[0]
        editor.press("Copy this draft")
        assert editor.words(".notice.good") == [
            "This is a copy with all its steps; the other draft stays."
        ]
        assert editor.path != start
        editor.press(editor.buttons("Undo:")[0])
        assert len(editor.go(start).buttons("Undo:")) == 1

    def test_a_closed_draft_has_neither_form(self, editor):
        start = editor.path
        editor.press("Cancel draft").go(start)
        assert editor.forms("Hand on") == editor.forms("Copy this draft") == []


class TestAnAdmin:
    @pytest.fixture
    def lists(self, editor, root, example):
        """The list of open drafts, with one of ann's that has a secret."""
        touch(editor, "a secret")
        return root.go(f"/objects/ruleset/{example.ruleset}").click("Hand on …")

    def test_sees_who_and_not_what(self, lists):
        assert lists.words("tbody th") == ["ann"]
        assert "a secret" not in lists.page.text

    def test_hands_it_on(self, lists, editor, bob):
        here = lists.path
        lists.press("Hand on", to="bob")
        assert lists.path == here
        assert lists.words("tbody th") == ["bob"]
        assert len(bob.go("/drafts").words("tbody th")) == 1
        editor.browser.get(editor.path, status=404)

    def test_is_told_what_was_wrong(self, lists):
        lists.press("Hand on", 422, to="nobody")
        assert "nobody of this name" in lists.words(".notice.bad")[0]
        (form,) = lists.forms("Hand on")
        assert form["to"].value == "nobody"
        assert "a secret" not in lists.page.text

    def test_is_told_that_it_has_changed(self, lists, editor, bob):
        touch(editor, "more")
        lists.press("Hand on", 412, to="bob")
        lists.press("Hand on", to="bob")

    def test_finds_no_draft_of_what_never_was(self, root, example):
        root.browser.get("/objects/ruleset/999999/drafts", status=404)
        root.go(f"/objects/ruleset/{example.ruleset}/drafts")
        assert root.words(".empty p") == ["Nobody has a draft of it open."]

    def test_finds_drafts_of_what_was_deleted(self, lists, dbsession_factory, example):
        with dbsession_factory.begin() as dbsession:
            edit = drafts.open(dbsession, Ruleset, example.ruleset, owner="cy")
            edit.apply(Delete("ruleset", example.ruleset))
            edit.save()
        lists.go(lists.path)
        assert lists.words("tbody th") == ["ann"]

    def test_is_the_only_one_to_see_the_list(self, editor, person, example):
        path = f"/objects/ruleset/{example.ruleset}/drafts"
        for role in ("editor", "reader"):
            person(role, role).browser.get(path, status=403)
