"""A refused form is answered with its page, the reason, and all that was typed."""

import itertools
import sqlite3
from dataclasses import replace

import pytest
from sqlalchemy.exc import OperationalError, ProgrammingError

from draftedit import firewall
from draftedit.engine.saving import revision
from draftedit.firewall.models import Ruleset
from draftedit.web.pages import form_errors
from tests.databases import on_one_database
from tests.functional.person import Person

pytestmark = on_one_database


def row_form(editor, index=0):
    """Open the form of a row."""
    return editor.click(editor.words("tbody th a")[index], inside="tbody")


def edit_above(editor):
    """Open the form of the row that the rows are in."""
    words = next(w for w in editor.words(".center a") if w.startswith("Edit"))
    return editor.click(words)


def summary(person):
    return person.words(".errors li")


def post(person, verb, status, **fields):
    """Send fields by hand, with the guards that the page has."""
    form = person.forms(person.buttons("Undo")[0])[0] if "Undo" else None
    given = {
        "csrf_token": form["csrf_token"].value,
        "version": form["version"].value,
    }
    path = form.action.rsplit("/", 1)[0]
    params = {k: v for k, v in (given | fields).items() if v is not None}
    return person.browser.post(f"{path}/{verb}", params, status=status)


def touch(editor, text="first"):
    """Do something that can be undone."""
    row_form(editor).press("Apply", v__comment=text)
    return editor


def test_a_wrong_value_keeps_the_input_and_leads_to_the_field(editor):
    edit_above(editor)
    editor.press("Apply", status=422, v__priority="soon", v__name="renamed")
    form = editor.page.forms["row"]
    assert (form["v.priority"].value, form["v.name"].value) == ("soon", "renamed")
    assert summary(editor) == ["Priority: This is not a whole number."]
    assert editor.soup().select_one(".errors a")["href"] == "#f-priority"
    field = editor.soup().select_one("#f-priority")
    assert field["aria-invalid"] == "true"
    assert "f-priority-error" in field["aria-describedby"]
    assert editor.page.headers["Cache-Control"] == "no-store"
    assert editor.words("title")[0].startswith("Error:")
    editor.press("Apply", v__priority="7")
    assert "7 before: none" in editor.words(".center .facts dd")


def test_a_missing_value_of_a_new_row_keeps_the_rest(editor, example):
    editor.click("inet filter", inside=".crumbs").click("New chain")
    editor.press("Add", status=422, v__priority="3", after="")
    form = editor.page.forms["row"]
    assert (form["v.priority"].value, form["after"].value) == ("3", "")
    assert summary(editor) == ["Name: This must be given."]
    editor.press("Add", v__name="fresh")
    assert [row[0] for row in editor.table()] == ["fresh", "input", "output"]


def test_json_that_is_none_keeps_the_text(editor):
    row_form(editor).press("Apply", status=422, v__statements='[{"accept": ')
    assert editor.page.forms["row"]["v.statements"].value == '[{"accept": '
    assert "This is not JSON" in summary(editor)[0]


def test_a_stale_page_shows_what_it_is_now_and_what_was_typed(editor, person):
    other = person("ann").go(editor.path)
    row_form(other)
    touch(editor)
    other.press("Apply", status=412, v__comment="second", v__protocol="udp")
    assert "changed in the meantime" in other.words(".notice.bad")[0]
    form = other.page.forms["row"]
    assert (form["v.comment"].value, form["v.protocol"].value) == ("second", "udp")
    other.press("Apply")
    assert "second" in other.table()[0]


def test_a_row_that_is_gone_meanwhile_gives_the_typed_text_back(editor, person):
    editor.click("New rule").press("Add", v__comment="brief")
    other = person("ann").go(editor.path)
    row_form(other, index=3)
    editor.press(editor.buttons("Undo")[0])
    other.press("Apply", status=412, v__comment="precious")
    assert "precious" in " ".join(other.words("main")[0].split())


def test_an_undo_from_a_stale_page_undoes_nothing(editor, person):
    touch(editor)
    other = person("ann").go(editor.path)
    touch(editor, "again")
    other.press(other.buttons("Undo")[0], status=412)
    assert "again" in other.table()[0]


def test_more_undos_than_there_are(editor):
    touch(editor)
    answer = post(editor, "undo", 409, count="5")
    assert answer.html.select_one("h1").get_text() == "office"
    post(editor, "undo", 400, count="many")


def test_a_closed_draft_is_shown_and_not_changed(editor, person):
    other = person("ann").go(editor.path)
    row_form(other)
    editor.press("Cancel draft")
    other.press("Apply", status=409, v__comment="too late")
    assert "closed" in other.words(".notice.bad")[0]
    assert "too late" in other.page.text
    assert other.soup().select("main form[method=post]") == []


def test_a_double_click_does_it_once(editor):
    form = editor.click("New rule").page.forms["row"]
    form["v.comment"] = "once"
    first = form.submit(status=303)
    assert form.submit(status=303).location == first.location
    assert [row for row in editor.go(first.location).table() if "once" in row[1]]
    assert len(editor.words(".journal li")) == 2


def test_a_used_key_does_nothing_else(editor):
    form = editor.click("New rule").page.forms["row"]
    form["v.comment"] = "one"
    form.submit(status=303)
    form["v.comment"] = "two"
    answer = form.submit(status=422)
    assert answer.forms["row"]["v.comment"].value == "two"


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"version": None}, 428),
        ({"version": "x"}, 400),
        ({"csrf_token": "wrong"}, 403),
        ({"key": "ü"}, 400),
        ({"op": "explode"}, 400),
        ({"op": None}, 400),
        ({"id": None}, 400),
        ({"id": "~9"}, 400),
        ({"id": "999999"}, 422),
        ({"id": "one"}, 422),
        ({"table": "nonsense"}, 422),
        ({"v.chain_id": "1"}, 422),
        ({"v.nonsense": "1"}, 422),
        ({"op": "insert", "v.comment": "x"}, 422),
        ({"op": "move", "parent": "999999"}, 422),
        ({"op": "move", "after": "999999"}, 422),
        ({"op": "restore"}, 303),
    ],
)
def test_forms_made_by_hand(editor, example, changed, status):
    touch(editor)
    rule = str(example.rules[0])
    fields = {"op": "set", "table": "rule", "id": rule, "v.comment": "by hand"}
    answer = post(editor, "operations", status, **(fields | changed))
    editor.go(editor.path)
    assert "by hand" not in editor.page.text
    if status != 303:
        assert "<h1>" in answer.text


def test_an_uploaded_file_is_no_field(editor, example):
    touch(editor)
    path = editor.forms(editor.buttons("Undo")[0])[0].action
    files = [("v.comment", "name.txt", b"text")]
    editor.browser.post(path, {}, upload_files=files, status=415)


def test_others_saved_first(editor, person, example, dbsession_factory):
    touch(editor, "mine")
    other = person("bob").go(f"/objects/ruleset/{example.ruleset}")
    other.press("Edit in a draft")
    edit_above(other).press("Apply", v__name="renamed by bob")
    other.click("Review and save …").press("Save as revision 1")

    editor.go(editor.path)
    assert "Live is one revision ahead" in editor.words(".notice.warn")[0]
    editor.click("Review and save …").press("Save as revision 2")
    assert editor.words(".notice.good strong") == ["Saved as revision 2."]
    assert editor.words(".notice.good")[0] == "Came in: revision 1 by bob."


def test_others_saved_first_and_it_is_to_be_looked_at(
    editor, person, example, monkeypatch
):
    touch(editor, "mine")
    other = person("bob").go(f"/objects/ruleset/{example.ruleset}")
    other.press("Edit in a draft")
    edit_above(other).press("Apply", v__name="renamed by bob")
    other.click("Review and save …").press("Save as revision 1", message="a better one")
    reviewed = replace(firewall.drafts.targets["ruleset"], review=True)
    monkeypatch.setitem(firewall.drafts.targets, "ruleset", reviewed)

    editor.click("Review and save …")
    editor.press("Save as revision 2", status=409, message="mine for bob's")

    assert editor.page.forms["save-form"]["message"].value == "mine for bob's"
    assert "Others have saved" in editor.words(".notice.bad")[0]
    assert "a better one" in editor.words(".came li")[0]
    changes = editor.path
    editor.click("What came in")
    assert "renamed by bob" in editor.page.text
    editor.go(changes.replace("/save", "/changes")).press("Bring in")
    editor.click("Review and save …").press("Save as revision 2")


def test_a_save_that_others_are_quicker_with_is_done_again_or_kept(editor, monkeypatch):
    touch(editor, "mine").click("Review and save …")
    with monkeypatch.context() as patch:
        seen = itertools.cycle((0, 1))
        patch.setattr(revision, "locked", lambda *_: next(seen))
        editor.press("Save as revision 1", status=409, message="kept")
    assert editor.page.forms["save-form"]["message"].value == "kept"
    assert "Another request is in the way" in editor.words(".notice")[0]
    seen = iter((0, 1, 0, 0))
    monkeypatch.setattr(revision, "locked", lambda *_: next(seen))
    editor.press("Save as revision 1")
    assert "revision 1" in editor.words(".notice")[0]


def test_a_name_that_is_taken_is_found_at_save(editor, example, dbsession_factory):
    with dbsession_factory.begin() as dbsession:
        dbsession.add(Ruleset(name="taken"))
    start = editor.click("office", inside=".crumbs")
    edit_above(start).press("Apply", v__name="taken")
    editor.click("Review and save …")
    editor.press("Save as revision 1", status=422, message="kept")
    assert editor.page.forms["save-form"]["message"].value == "kept"
    link = editor.soup().select_one(".errors a")
    assert f"/rows/ruleset/{example.ruleset}" in link["href"]


def test_a_message_too_long_is_kept(editor):
    touch(editor).click("Review and save …")
    editor.press("Save as revision 1", status=422, message="x" * 2001)
    assert len(editor.page.forms["save-form"]["message"].value) == 2001
    assert summary(editor) == ["Message: A message has at most 2000 characters."]


class TestReferencesToMany:
    """More than a form offers at once are looked for by a part of their name."""

    def test_one_that_fits_is_taken(self, editor, many_chains):
        row_form(editor).press("Apply", q__jump_id="zone-7")
        assert any("zone-7" in cell for cell in editor.table()[0])

    def test_several_that_fit_are_offered(self, editor, many_chains):
        row_form(editor)
        editor.press("Apply", status=422, q__jump_id="NE-1", v__comment="kept")
        form = editor.page.forms["row"]
        assert form["v.comment"].value == "kept"
        offered = editor.words(".options label")
        assert offered == ["none", "zone-1", *(f"zone-{n}" for n in range(10, 20))]
        value = next(
            option["value"]
            for option in editor.soup().select(".options input")
            if "zone-13" in option.parent.get_text()
        )
        editor.press("Apply", v__jump_id=value, q__jump_id="")
        assert any("zone-13" in cell for cell in editor.table()[0])
        row_form(editor)
        assert editor.words(".options label") == ["none", "zone-13"]

    def test_none_that_fits_is_said(self, editor, many_chains):
        row_form(editor).press("Apply", status=422, q__jump_id="nowhere")
        assert summary(editor) == ["Jump to: Nothing is called “nowhere”."]
        assert editor.page.forms["row"]["q.jump_id"].value == "nowhere"


def test_opening_what_is_not_there(ann, example):
    form = ann.go(f"/objects/ruleset/{example.ruleset}").page.forms["edit"]
    token = form["csrf_token"].value
    for fields, status in (
        ({"target": "ruleset", "id": "999999"}, 422),
        ({"target": "nonsense"}, 422),
        ({"target": "ruleset", "id": "~7"}, 422),
    ):
        fields["csrf_token"] = token
        ann.browser.post("/drafts", fields, status=status)


def test_nobody_else_finds_the_draft(editor, person):
    stranger: Person = person("bob")
    stranger.browser.get(editor.path, status=404)
    reader = person("rob", "reader")
    reader.browser.get(editor.path, status=403)


def test_a_message_with_a_nul_is_refused(editor):
    touch(editor).click("Review and save …")
    editor.press("Save as revision 1", status=422, message="a\0b")
    assert summary(editor) == ["Message: The message holds a NUL character."]


class TestWhileAFormIsShownAgain:
    """The database may fail while the page of a refused form is made."""

    @pytest.fixture
    def failing(self, editor, monkeypatch):
        """Return `failing(error)`: to show a refused undo to ann raises this."""

        def failing(error):
            def fail(*_args):
                raise error

            touch(editor)
            monkeypatch.setitem(form_errors.PAGES, "draftedit.undo", fail)
            return editor

        return failing

    def test_one_that_is_away_is_told(self, failing):
        original = sqlite3.OperationalError("unable to open database file")
        original.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN

        editor = failing(OperationalError("SELECT 1", {}, original))
        answer = post(editor, "undo", 503, version="999")

        assert "The database is away." in answer.text
        assert answer.headers["Retry-After"]

    def test_a_fault_of_ours_is_raised(self, failing):
        fault = ProgrammingError("SELEC", {}, sqlite3.ProgrammingError("syntax error"))

        editor = failing(fault)

        with pytest.raises(ProgrammingError, match="syntax error"):
            post(editor, "undo", 500, version="999")
