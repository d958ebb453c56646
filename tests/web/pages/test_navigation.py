"""On to the next change and to the next problem, round and round."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from draftedit import firewall
from draftedit.engine.base.errors import Problem
from draftedit.firewall.models import Rule
from tests.databases import on_one_database
from tests.web.pages.test_form_errors import edit_above, row_form, touch

pytestmark = on_one_database


def rows(editor):
    """Go to the rows of the first chain."""
    editor.click("inet filter", inside=".tree").click("input", inside=".tree")
    return editor


def set_source(editor, index, source):
    row_form(rows(editor), index).press("Apply", v__source=source)
    return editor


def next_problem(editor):
    return editor.press("Next problem").page.request.path_qs


@pytest.fixture
def refuse(monkeypatch):
    """Return `refuse(problem)`: let the host have that against any save."""

    def refuse(problem):
        def check(reader):
            return [problem]

        target = firewall.drafts.targets["ruleset"]
        refusing = replace(target, checks=(check,))
        monkeypatch.setitem(firewall.drafts.targets, "ruleset", refusing)

    return refuse


def test_there_is_no_next_change_in_a_draft_that_changes_nothing(editor):
    editor.click("Next change")
    assert "This draft changes nothing yet." in editor.words(".notice")[0]


def test_next_change_goes_from_one_to_the_next_and_round(editor, example):
    first, _, third = example.rules
    for index in (0, 2):
        row_form(editor, index).press("Apply", v__comment=f"changed {index}")

    # From the last row of the page on, which is a changed one: the first.
    assert editor.click("Next change").path.endswith(f"around={first}")
    assert editor.click("Next change").path.endswith(f"around={third}")
    assert editor.click("Next change").path.endswith(f"around={first}")


def test_a_change_of_the_object_itself_is_passed_too(editor, example):
    touch(editor)
    editor.click("office", inside=".crumbs")
    edit_above(editor).press("Apply", v__name="renamed")

    seen = {editor.click("Next change").path.partition("?")[2] for _ in range(4)}

    assert seen == {"part=ruleset", f"part=rule&around={example.rules[0]}"}


def test_there_is_no_next_problem_where_a_save_would_succeed(editor):
    here = touch(editor).path

    assert next_problem(editor) == here

    assert editor.words(".notice")[0].endswith("A save would succeed as it is now.")


def test_next_problem_goes_from_one_to_the_next_and_round(editor, example):
    first, _, third = example.rules
    set_source(editor, 0, "nowhere")
    set_source(editor, 2, "nowhere either")
    rows(editor)

    assert next_problem(editor).endswith(f"around={first}")
    assert next_problem(editor).endswith(f"around={third}")
    assert next_problem(editor).endswith(f"around={first}")


def test_a_conflict_is_a_problem_to_go_to(editor, example, dbsession_factory):
    touch(editor)
    with dbsession_factory.begin() as dbsession:
        dbsession.execute(sa.update(Rule).values(comment="theirs"))

    assert next_problem(editor).endswith(f"around={example.rules[0]}")


def test_a_problem_of_a_link_is_shown_beside_its_row(editor, example, refuse):
    row_form(editor)
    form = editor.page.forms["link-rule_tag"]
    tag = form["v.tag_id"].options[1][0]
    editor.submit(form, v__tag_id=tag).click("Back to the rows")
    link = (example.rules[0], int(tag))
    refuse(Problem("Not this tag.", table="rule_tag", key=link))

    assert next_problem(editor).endswith(f"around={example.rules[0]}")


@pytest.mark.parametrize(
    "problem",
    [
        Problem("All of it is wrong."),
        Problem("All of it is wrong.", table="rule", key=(987_654,)),
    ],
)
def test_what_no_row_of_the_draft_has_is_told_by_the_check(editor, refuse, problem):
    touch(editor)
    refuse(problem)

    editor.press("Next problem", status=200)

    assert editor.words(".errors li")[0].endswith("All of it is wrong.")


def test_a_closed_draft_has_changes_and_no_problems(editor):
    touch(editor)
    draft = editor.path.partition("?")[0]
    editor.press("Cancel draft")

    editor.go(draft)

    assert editor.links("Next change") != []
    assert editor.forms("Next problem") == []


def test_a_change_of_a_link_is_shown_at_the_row_it_belongs_to(editor, example):
    row_form(editor, 1)
    form = editor.page.forms["link-rule_tag"]
    editor.submit(form, v__tag_id=form["v.tag_id"].options[1][0])
    editor.click("Back to the rows")

    assert editor.click("Next change").path.endswith(f"around={example.rules[1]}")


def test_undo_keeps_the_search_that_one_is_in(editor, example):
    touch(editor, "first rule")
    editor.go(f"{rows(editor).path}&q=rule")

    editor.press(editor.buttons("Undo")[0])

    assert "q=rule" in editor.path
