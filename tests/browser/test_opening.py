"""The way into a draft, with a mouse and without JavaScript."""

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize("javascript", [True, False])
def test_a_draft_is_opened_from_the_object_it_edits(new_page, javascript):
    page = new_page("ann", java_script_enabled=javascript)

    page.get_by_role("link", name="web-gateway").first.click()
    page.get_by_role("button", name="Edit").first.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("web-gateway")
    expect(page.get_by_text("Draft of revision 0")).to_be_visible()
    expect(page.get_by_role("heading", name="What you did")).to_be_visible()


def test_a_host_of_its_own_has_the_same_pages(shop_page):
    shop_page.get_by_role("link", name="A1").first.click()
    shop_page.get_by_role("button", name="Edit").first.click()

    expect(shop_page.get_by_role("heading", level=1)).to_have_text("A1")


def test_two_people_have_browsers_of_their_own(new_page):
    ann, bob = new_page("ann"), new_page("bob")

    expect(ann.locator(".who")).to_contain_text("ann")
    expect(bob.locator(".who")).to_contain_text("bob")
