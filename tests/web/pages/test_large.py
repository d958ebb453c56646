"""Chains of many rules: a page is as small as the rows that it shows."""

import pytest

from draftedit.engine.values.order_key import spread
from draftedit.firewall.models import Rule
from tests.databases import on_one_database

pytestmark = on_one_database

MOST = 200_000  # bytes of HTML
OURS = ("data-here", "data-next", "data-columns", "data-table", "data-field")


@pytest.fixture
def many_rules(dbsession_factory, example):
    """Fill the second chain with rules that say much, each something else."""
    with dbsession_factory.begin() as dbsession:
        dbsession.add_all(
            Rule(
                chain_id=example.output,
                place=place,
                protocol="tcp",
                source=f"2001:db8:{number:x}::/48",
                destination_ports=f"{1 + number}-{1000 + number}",
                action="accept",
                comment=f"{number} {'why this is let through, and for whom; ' * 6}"[
                    :255
                ],
            )
            for number, place in enumerate(spread(300))
        )


def test_the_first_page_of_many_rules_with_long_comments_is_small(editor, many_rules):
    editor.click("output", inside=".tree")

    assert len(editor.table()) == 50
    assert len(editor.page.body) < MOST


def test_a_page_in_the_middle_that_the_draft_has_changed_is_small(editor, many_rules):
    editor.click("output", inside=".tree").click("Next page")
    for box in editor.page.forms["rows-form"].fields["id"]:
        box.checked = True
    editor.submit(editor.page.forms["rows-form"], button=("each", "set:enabled:false"))

    assert len(editor.words("tr.changed")) == 50
    assert len(editor.page.body) < MOST


def test_live_pages_have_nothing_that_only_scripts_use(editor, many_rules, example):
    editor.click("output", inside=".tree")
    assert all(one in editor.page.text for one in OURS)

    editor.go(f"/objects/ruleset/{example.ruleset}?part=rule&parent={example.output}")

    assert len(editor.table()) == 50
    assert [
        one for one in (*OURS, "<template", "data-typed") if one in editor.page.text
    ] == []


def test_undo_of_several_rows_says_that_it_is_not_about_one(editor, many_rules):
    editor.click("output", inside=".tree")
    for box in editor.page.forms["rows-form"].fields["id"][:2]:
        box.checked = True
    editor.submit(editor.page.forms["rows-form"], button=("each", "set:enabled:false"))
    undo = editor.buttons("Undo")[0]

    assert "touched=2" in editor.press(undo).path
