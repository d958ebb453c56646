"""Several rows at once: ticked in the table, one verb, one step of undo."""

import pytest

from tests.databases import on_one_database

pytestmark = on_one_database


def tick(editor, *numbers):
    """Tick rows by their place, and return the form around the table."""
    form = editor.page.forms["rows-form"]
    for number in numbers:
        form.fields["id"][number].checked = True
    return form


def comments(editor):
    return [row[1] for row in editor.table()]


def test_rows_are_deleted_in_one_step(editor):
    form = tick(editor, 0, 2)
    editor.submit(form, button=("each", "delete"))
    assert comments(editor) == ["mail"]

    editor.press(editor.buttons("Undo")[0])
    assert comments(editor) == ["web", "mail", "ssh"]


def test_rows_are_switched_in_one_step(editor):
    editor.submit(tick(editor, 0, 1), button=("each", "set:enabled:false"))
    assert [row[2] for row in editor.table()] == ["no", "no", "yes"]
    editor.press(editor.buttons("Undo")[0])
    assert [row[2] for row in editor.table()] == ["yes", "yes", "yes"]


def test_a_field_is_set_in_all_of_them(editor):
    editor.submit(tick(editor, 0, 2), button=("each", "choose"))
    form = editor.page.forms["set-form"]
    form["v.comment"], form["v.source"] = "both", "not chosen"
    next(f for f in form.fields["with"] if f._value == "comment").checked = True
    editor.submit(form)
    assert comments(editor) == ["both", "mail", "both"]
    assert "Source" not in editor.words("thead th")


def test_rows_are_moved_in_their_order(editor):
    editor.submit(tick(editor, 0, 1), button=("each", "choose"))
    assert "web" not in " ".join(editor.words("#m-after option"))
    editor.submit(editor.page.forms["move-form"])
    assert comments(editor) == ["ssh", "web", "mail"]
    editor.press(editor.buttons("Undo")[0])
    assert comments(editor) == ["web", "mail", "ssh"]


def test_the_journal_tells_at_once_what_was_done_with_many(editor):
    for text in ("four", "five"):
        editor.click("New rule").press("Add", v__comment=text)
    editor.submit(tick(editor, 0, 1, 2, 3), button=("each", "set:enabled:false"))
    assert editor.words(".journal .what")[0] == "4 rules: enabled becomes no"


@pytest.mark.parametrize("each", ["delete", "choose", "set:enabled:true"])
def test_nothing_ticked_is_told(editor, each):
    editor.submit(tick(editor), status=422, button=("each", each))
    assert editor.words(".errors li") == ["No row is ticked."]


def test_a_field_must_be_chosen(editor):
    editor.submit(tick(editor, 0, 1), button=("each", "choose"))
    editor.press("Apply", status=422, v__comment="typed")
    assert editor.words(".errors li") == ["No field is chosen to be set."]
    assert editor.page.forms["set-form"]["v.comment"].value == "typed"


def test_a_wrong_value_keeps_what_was_chosen(editor):
    editor.submit(tick(editor, 0, 1), button=("each", "choose"))
    form = editor.page.forms["set-form"]
    form["v.statements"] = "[{"
    next(f for f in form.fields["with"] if f._value == "statements").checked = True
    editor.submit(form, status=422)
    form = editor.page.forms["set-form"]
    assert form["v.statements"].value == "[{"
    assert [f._value for f in form.fields["with"] if f.checked] == ["statements"]


@pytest.mark.parametrize("each", ["", "restore", "save", "set:nothing:x"])
def test_a_verb_that_is_none_is_refused(editor, each):
    editor.submit(tick(editor, 0), status="4*", button=("each", each))
    assert comments(editor) == ["web", "mail", "ssh"]


def test_links_stand_beside_their_rows(editor):
    editor.click(editor.words("tbody th a")[0], inside="tbody")
    form = editor.page.forms["link-rule_tag"]
    label = form["v.tag_id"].options[1][2]
    editor.submit(form, v__tag_id=form["v.tag_id"].options[1][0])
    editor.click("Back to the rows")
    assert editor.words("tr .chips .value") == [label]
    assert editor.words("thead th")[-2] == "Tags of the rule"


def post(editor, status, **changed):
    """Send the form around the table with fields that it never has."""
    form = tick(editor, 0)
    fields = dict(form.submit_fields()) | changed
    editor.page = editor.browser.post(form.action, fields, status=status)
    return editor


@pytest.mark.parametrize("each", ["choose", "delete"])
def test_a_key_that_is_none_is_refused(editor, each):
    post(editor, 400, each=each, id="~9")

    assert comments(editor) == ["web", "mail", "ssh"]
    assert len(editor.words(".notice.bad")) == 1


def test_a_refused_form_for_several_that_has_no_rows_leads_to_the_draft(editor):
    post(editor, 422, form="several", table="nothing", each="delete")

    assert comments(editor) == ["web", "mail", "ssh"]
    assert "nothing" in editor.words(".errors")[0]


def test_rows_that_have_no_order_get_no_place_together(editor, example):
    start = editor.path.partition("?")[0]

    editor.go(f"{start}/rows/nft_table?id={example.table}")

    assert "move" not in " ".join(editor.words("button")).casefold()
