"""Which fields the pages show as columns."""

from draftedit.web.pages.grid import is_shown
from tests.hosts import generic

TABLES = generic.drafts.targets["rack"].tables


def shown(table):
    part = TABLES[table]
    return [name for name, field in part.fields.items() if is_shown(part, field)]


def test_a_value_that_a_condition_fixes_is_no_column():
    assert TABLES["memo"].fields["about_kind"].is_fixed
    assert shown("memo") == ["text"]


def test_a_value_that_a_condition_leaves_a_choice_of_is_one():
    assert not TABLES["picture"].fields["kind"].is_fixed
    assert "kind" in shown("picture")
