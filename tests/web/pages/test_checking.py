"""Ready to save? The page says what save would say, and leads to each cell."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from draftedit import Note, firewall
from draftedit.firewall.models import Rule
from tests.databases import on_one_database
from tests.hosts.hits import hits_of
from tests.web.pages.test_form_errors import edit_above, row_form, touch

pytestmark = on_one_database


def check(editor):
    return editor.press("Check", status=200)


def test_a_draft_that_can_be_saved_is_ready(editor):
    check(touch(editor))

    assert editor.words(".notice.good p") == [
        "Ready to save. Just now a save would succeed."
    ]
    assert editor.words("h1") == ["Save office?"]
    assert editor.words("article h3") != []
    assert editor.page.headers["Cache-Control"] == "no-store"
    editor.press("Save as revision 1")
    assert editor.words(".notice.good strong") == ["Saved as revision 1."]


def test_a_problem_leads_to_its_cell(editor):
    row_form(editor).press("Apply", v__source="nowhere", v__comment="x")

    check(editor)

    assert editor.words(".errors h2") == ["These stop a save"]
    [told] = editor.words(".errors li")
    assert told.endswith("Source: 'nowhere' is no address, prefix, range or @set.")
    link = editor.soup().select_one(".errors a")["href"]
    assert link.endswith("#f-source")
    editor.go(link)
    assert editor.page.forms["row"]["v.source"].value == "nowhere"
    assert editor.soup().select_one("#f-source").name == "input"


def test_what_the_host_and_what_the_database_says_stand_together(editor):
    edit_above(editor).press("Apply", v__name="output", v__hook="input")

    check(editor)

    assert len(editor.words(".errors li")) == 3
    assert editor.words(".notice.good") == []


def test_a_conflict_leads_to_its_cell(editor, example, dbsession_factory):
    touch(editor)
    with dbsession_factory.begin() as dbsession:
        dbsession.execute(sa.update(Rule).values(comment="theirs"))

    check(editor)

    assert editor.words(".notice.bad p") == ["In conflict with what is saved now:"]
    [link] = editor.soup().select(".notice.bad li a")
    assert link["href"].endswith(f"/rows/rule/{example.rules[0]}#f-comment")
    assert link.get_text().endswith(", Comment")
    editor.click("Decide …")
    assert editor.words("legend") == ["Comment"]


@pytest.fixture
def hits(dbsession_factory, example):
    with hits_of(dbsession_factory, example.rules[0]):
        yield


@pytest.mark.only_on("sqlite", "postgresql")
def test_what_is_lost_outside_is_told_and_agreed_to_by_a_tick(editor, example, hits):
    editor.press(editor.buttons("Delete ")[0])

    check(editor)
    assert editor.words("form [name=accept]") == [""]
    editor.press("Save as revision 1", status=409)
    told = editor.words(".notice.bad li")
    editor.page.forms["save-form"]["accept"] = True
    editor.press("Save as revision 1")

    assert "Rows outside the object changed with it: hit." in " ".join(
        editor.words(".notice")
    )
    assert told == [
        f"hit: 2 rows are deleted. (“<b>”; “rule_id {example.rules[0]}”)"
        " No revert brings this back: its rows have no key."
    ]
    assert editor.words(".notice.good strong") == ["Saved as revision 1."]


@pytest.mark.only_on("sqlite", "postgresql")
def test_the_box_names_what_is_agreed_to_and_a_save_waits_for_its_tick(
    editor, example, hits
):
    editor.press(editor.buttons("Delete ")[0])

    check(editor)

    assert editor.words("label.check") == [
        "Save nevertheless: no revert brings back these rows of hit (2)."
    ]
    form = editor.soup().select_one("#save-form")
    assert form.select_one("[name=accept]").has_attr("required")
    assert form.select_one("button[formaction]").has_attr("formnovalidate")


@pytest.mark.only_on("sqlite", "postgresql")
def test_rows_that_change_after_the_tick_are_shown_again(
    editor, example, hits, dbsession_factory
):
    editor.press(editor.buttons("Delete ")[0])
    check(editor)
    editor.page.forms["save-form"]["accept"] = True
    with dbsession_factory.begin() as dbsession:
        dbsession.execute(sa.text("UPDATE hit SET word = 'new' WHERE word IS NULL"))

    editor.press("Save as revision 1", status=409)

    said, told = " ".join(editor.words(".notice.bad p")), editor.words(".notice.bad li")
    assert "not those that were agreed to: they have changed since." in said
    assert "“new”" in told[0]
    assert editor.page.forms["save-form"]["accept"].checked is False
    editor.page.forms["save-form"]["accept"] = True
    editor.press("Save as revision 1")
    assert editor.words(".notice.good strong") == ["Saved as revision 1."]


def test_a_refused_save_says_why_once_and_nothing_asks_again(editor):
    row_form(editor).press("Apply", v__source="nowhere", v__comment="x")
    editor.click("Review and save …")
    assert editor.soup().select_one("#save-form").has_attr("data-check")

    editor.press("Save as revision 1", status=422)

    assert len(editor.soup().select("#errors")) == 1
    assert not editor.soup().select_one("#save-form").has_attr("data-check")


def test_without_scripts_the_page_says_what_check_is_for(editor):
    draft = touch(editor).page.request.url
    editor.click("Review and save …")
    assert "rows of other tables" in editor.words("#save-form noscript")[0]

    check(editor.go(draft))

    assert editor.words("#save-form noscript") == []


def test_notes_are_shown_beside_and_escaped(editor, app, monkeypatch):
    target = firewall.drafts.targets["ruleset"]
    note = Note("<b>odd</b>")
    noted = replace(target, notes=(lambda reader: [note],))
    monkeypatch.setitem(firewall.drafts.targets, "ruleset", noted)
    monkeypatch.setitem(app.registry.settings, "draftedit.notes", "true")

    check(touch(editor))

    assert "Ready to save." in editor.words(".notice.good p")[0]
    assert editor.words(".notice li") == ["<b>odd</b>"]


def test_a_draft_that_changes_nothing_says_so(editor):
    check(editor)

    assert editor.words(".empty p") == ["This draft changes nothing."]
    assert editor.words(".errors") == editor.words(".notice.good") == []


def test_the_message_that_was_typed_stays(editor):
    touch(editor).click("Review and save …")
    form = editor.page.forms["save-form"]
    button = editor.soup().select_one("#save-form button[formaction]")
    form["message"] = "why it is so"
    form.action = button["formaction"]

    editor.submit(form, status=200)

    assert "Ready to save." in editor.words(".notice.good p")[0]
    assert editor.page.forms["save-form"]["message"].value == "why it is so"


def test_a_stale_page_is_not_checked_but_shown_anew(editor, person):
    other = person("ann").go(editor.path)
    touch(editor)

    other.press("Check", status=412)

    assert "changed in the meantime" in other.words(".notice.bad")[0]
    assert other.words("h1") == ["Save office?"]
    check(other.click("Back to the draft"))
    assert "Ready to save." in other.words(".notice.good p")[0]


def test_a_closed_draft_is_not_checked(editor, person):
    other = person("ann").go(editor.path)
    editor.press("Cancel draft")

    other.press("Check", status=409)

    assert other.words(".notice.bad")[0].startswith("The draft is closed.")


def test_a_check_comes_from_our_own_page(editor):
    path = f"{editor.path.partition('?')[0]}/check"
    editor.browser.post(path, {}, status=403)


def test_the_address_of_a_check_leads_to_the_page_that_asks(editor):
    check(touch(editor))

    editor.page = editor.browser.get(editor.path, status=303).follow()

    assert editor.path.endswith("/changes")


@pytest.mark.parametrize("refused", [True, False], ids=["refused", "clear"])
def test_a_check_changes_nothing(editor, refused):
    row_form(editor).press("Apply", v__source="x y" if refused else "10.0.0.1")
    before = editor.table(), editor.words(".journal li")
    here = editor.path

    check(editor)

    editor.go(here)
    assert (editor.table(), editor.words(".journal li")) == before
