"""Rows of a draft, several at once: by mouse, by keyboard alone, without scripts."""

import pytest
from playwright.sync_api import expect

from tests.browser.editing import open_rows


@pytest.mark.parametrize("javascript", [True, False])
def test_rows_that_are_ticked_are_deleted_and_come_back(new_page, javascript):
    page = new_page("ann", java_script_enabled=javascript)
    rows = open_rows(page)

    rows.nth(1).get_by_role("checkbox").check()
    rows.nth(3).get_by_role("checkbox").check()
    several = page.get_by_role("group", name="With the rows that are ticked")
    several.get_by_role("button", name="Delete").click()

    expect(page.locator("tr.gone")).to_have_count(2)
    page.locator("button[data-undo]").click()
    expect(page.locator("tr.gone")).to_have_count(0)


def test_the_keyboard_alone_switches_rows_off_undoes_and_reviews(page):
    rows = open_rows(page)

    box = rows.first.get_by_role("checkbox")
    box.focus()
    page.keyboard.press("Space")
    page.locator("button[value='set:enabled:false']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("tr.changed")).to_have_count(1)

    box.focus()  # a tick is no text: undo is the draft's there
    page.keyboard.press("Control+z")
    expect(page.locator("tr.changed")).to_have_count(0)
    page.keyboard.press("Control+Shift+z")
    expect(page.locator("tr.changed")).to_have_count(1)
    page.keyboard.press("Control+s")
    expect(page.get_by_role("heading", level=1)).to_have_text("Save web-gateway?")


def test_a_text_field_keeps_its_own_undo(page):
    rows = open_rows(page)
    rows.first.get_by_role("checkbox").check()
    page.locator("button[value='set:enabled:false']").click()
    expect(page.locator("tr.changed")).to_have_count(1)

    search = page.get_by_role("searchbox")
    search.press_sequentially("ssh")
    search.press("Control+z")

    expect(search).not_to_have_value("ssh")
    expect(page.locator("tr.changed")).to_have_count(1)
