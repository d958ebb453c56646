"""Cells that are edited in place: stored at once, and nothing typed is ever lost."""

import pytest
from playwright.sync_api import expect


@pytest.fixture
def open_rows():
    """Return `open_rows(page)`: a new draft of the sample, at the rows of a chain."""

    def open_rows(page):
        page.get_by_role("link", name="web-gateway").first.click()
        page.get_by_role("button", name="Edit").first.click()
        tree = page.get_by_role("navigation", name="Parts")
        tree.get_by_role("link", name="inet filter").click()
        tree.get_by_role("link", name="input", exact=True).click()
        return page.locator("table.rows tbody tr")

    return open_rows


def cell(row, label):
    return row.locator(f"td[data-label='{label}']")


def test_a_click_edits_enter_stores_and_the_journal_tells(page, open_rows):
    row = open_rows(page).nth(8)

    cell(row, "Comment").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("the web, öffentlich")
    page.keyboard.press("Enter")

    expect(page.locator("#stored")).to_have_text("Stored")
    expect(cell(row, "Comment")).to_contain_text("the web, öffentlich")
    expect(row).to_have_class("changed")
    expect(page.locator(".journal li").first).to_contain_text("the web, öffentlich")
    page.reload()
    expect(cell(row, "Comment")).to_contain_text("the web, öffentlich")
