"""The whole story by mouse, by keyboard alone, and with JavaScript off.

And the story of two who are in each other's way.
"""

import re
from typing import ClassVar

import pytest
from playwright.sync_api import expect

from tests.conftest import PASSWORD

MOST = 250  # steps by which the keyboard reaches anything on a page


class Mouse:
    """Points and clicks; types where there is something to type into."""

    options: ClassVar = {}

    def __init__(self, page):
        self.page = page

    def press(self, role, name):
        self.act(self.page.get_by_role(role, name=name).first)

    def act(self, target):
        target.click()

    def fill(self, label, text):
        self.act(self.page.get_by_label(re.compile(rf"^\s*{label}")).first)
        self.page.keyboard.insert_text(text)

    def change(self, index, column, text):
        """Give a cell another value, in place."""
        cell = self.page.locator("table.rows tbody tr").nth(index)
        cell = cell.locator(f"td[data-label='{column}']")
        self.open(cell)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)
        self.page.keyboard.press("Enter")
        expect(cell).to_contain_text(text)

    def open(self, cell):
        cell.click()


class Keys(Mouse):
    """Has nothing but Tab, Enter, arrows and letters."""

    def act(self, target):
        self.reach(target)
        if target.evaluate("one => !one.matches('input, textarea')"):
            self.page.keyboard.press("Enter")

    def reach(self, target, key="Tab"):
        expect(target).to_be_attached()
        for _step in range(MOST):
            if target.evaluate("one => one === document.activeElement"):
                return
            self.page.keyboard.press(key)
        pytest.fail(f"No key leads to {target}.")

    def open(self, cell):
        self.reach(self.page.locator("table.rows [tabindex='0']"))
        heading = cell.locator("xpath=../th")
        self.reach(heading, "ArrowDown")
        self.reach(cell, "ArrowRight")
        self.page.keyboard.press("Enter")


class Plain(Mouse):
    """Has a mouse, and a browser that runs no scripts."""

    options: ClassVar = {"java_script_enabled": False}

    def change(self, index, column, text):
        row = self.page.locator("table.rows tbody tr").nth(index)
        row.get_by_role("link", name=re.compile("^Edit")).click()
        self.page.get_by_label(column).first.fill(text)
        self.press("button", "Apply")


@pytest.mark.parametrize("hand", [Mouse, Keys, Plain])
def test_a_ruleset_is_edited_undone_saved_and_read_again(site, new_context, hand):
    page = new_context(site, **hand.options).new_page()
    page.goto("/login")
    ann = hand(page)
    rows = page.locator("table.rows tbody tr")

    # In, and to the rules.
    ann.fill("Name", "ann")
    ann.fill("Password", PASSWORD)
    ann.press("button", "Sign in")
    ann.press("link", "web-gateway")
    ann.press("button", "Edit in a draft")
    ann.press("link", "inet filter")
    ann.press("link", re.compile("^input"))
    expect(rows).to_have_count(14)

    # A value, a new rule; back and forth.
    ann.change(8, "Comment", "the web, as ever")
    ann.press("link", "New rule")
    ann.fill("Comment", "told in a story")
    ann.press("button", re.compile("^Add"))
    expect(page.locator("tr.new")).to_contain_text("told in a story")
    ann.press("button", re.compile("^Undo: Add"))
    expect(rows).to_have_count(14)
    ann.press("button", re.compile("^Redo: Add"))
    expect(rows).to_have_count(15)
    ann.press("button", re.compile("^Delete Rule 20"))
    expect(page.locator("tr.gone")).to_have_count(1)

    # Saved, with a message.
    ann.press("link", re.compile("^Review and save"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Save web-gateway?")
    page.wait_for_load_state("networkidle")
    ann.fill("Message", "By a story")
    ann.press("button", "Save as revision 1")
    expect(page.get_by_text("Saved as revision 1.")).to_be_visible()

    # Everybody reads it, and how it came.
    ann.press("link", "What changed")
    expect(page.locator("main")).to_contain_text("the web, as ever")
    expect(page.locator("main")).to_contain_text("told in a story")
    ann.press("link", "History")
    expect(page.locator("main")).to_contain_text("By a story")


@pytest.mark.parametrize("hand", [Mouse, Keys, Plain])
def test_a_draft_that_is_cancelled_leaves_everything_as_it_was(new_page, hand):
    page = new_page("ann", **hand.options)
    ann = hand(page)
    ann.press("link", "web-gateway")
    ann.press("button", "Edit in a draft")
    ann.press("link", "inet filter")
    ann.press("link", re.compile("^input"))
    ann.change(8, "Comment", "of no consequence")

    ann.act(page.locator("summary", has_text="Leave"))
    ann.press("button", "Cancel draft")

    expect(page.locator("main")).to_contain_text("The draft is cancelled")
    page.goto("/objects/ruleset/1?part=rule&parent=3")
    expect(page.locator("table.rows")).not_to_contain_text("of no consequence")


@pytest.mark.parametrize("hand", [Mouse, Keys, Plain])
def test_two_browsers_in_conflict_and_the_way_out(new_page, hand, watch):
    watch.expect("status of 409")
    page, others = new_page("ann", **hand.options), new_page("bob", **hand.options)
    ann, bob = hand(page), hand(others)
    for person in (ann, bob):
        person.press("link", "web-gateway")
        person.press("button", "Edit in a draft")
        person.press("link", "inet filter")
        person.press("link", re.compile("^input"))
    ann.change(8, "Comment", "as ann has it")
    bob.change(8, "Comment", "as bob has it")
    bob.press("link", re.compile("^Review and save"))
    others.wait_for_load_state("networkidle")
    bob.press("button", "Save as revision 1")
    expect(others.get_by_text("Saved as revision 1.")).to_be_visible()

    ann.press("link", re.compile("^Review and save"))
    page.wait_for_load_state("networkidle")
    ann.press("button", re.compile("^Save as revision"))
    expect(page.locator("main")).to_contain_text("In conflict")
    ann.press("link", "Decide …")
    mine = page.get_by_role("radio").nth(1)
    if hand is Keys:
        ann.reach(page.get_by_role("radio").first)
        page.keyboard.press("ArrowDown")
        expect(mine).to_be_checked()
    else:
        mine.check()
    ann.press("button", "Preview")
    expect(page.locator("#preview")).to_contain_text("as ann has it")
    ann.press("button", "Rebase")
    ann.press("link", re.compile("^Review and save"))
    page.wait_for_load_state("networkidle")
    ann.press("button", "Save as revision 2")

    expect(page.get_by_text("Saved as revision 2.")).to_be_visible()
    page.goto("/objects/ruleset/1?part=rule&parent=3")
    expect(page.locator("table.rows")).to_contain_text("as ann has it")
