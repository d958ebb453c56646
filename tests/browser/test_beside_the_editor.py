"""Review, conflicts and history in a browser: by mouse, by keys, narrow, elsewhere."""

import pytest
from playwright.sync_api import expect

from tests.browser import states
from tests.browser.test_axe import paths


@pytest.fixture
def found(site):
    with site.writing() as dbsession:
        return states.make(dbsession)


def test_the_review_asks_by_itself_what_a_save_would_say(page, found):
    page.goto(f"/drafts/{found.mine}/changes")
    expect(page.locator("#forecast")).to_contain_text("Ready to save.")
    page.goto(f"/drafts/{found.wrong}/changes")
    expect(page.locator("#forecast h2")).to_have_text("These stop a save")
    page.goto(f"/drafts/{found.torn}/changes")
    expect(page.locator("#forecast")).to_contain_text("In conflict")


def test_a_save_after_the_forecast_is_no_second_request_under_its_key(page, found):
    page.goto(f"/drafts/{found.mine}/changes")
    expect(page.locator("#forecast")).to_contain_text("Ready to save.")
    page.get_by_role("button", name="Save as revision 5").click()
    expect(page.locator(".notice.good strong")).to_have_text("Saved as revision 5.")
    page.get_by_role("link", name="What changed").click()
    expect(page.locator(".change").first).to_be_visible()


def test_without_javascript_there_is_a_button(new_page, found):
    page = new_page("ann", java_script_enabled=False)
    page.goto(f"/drafts/{found.mine}/changes")
    expect(page.locator("#forecast")).to_be_empty()
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#forecast")).to_contain_text("Ready to save.")


@pytest.mark.parametrize("javascript", [True, False])
def test_conflicts_are_decided_and_previewed_with_the_keyboard_alone(
    new_page, found, javascript
):
    page = new_page("ann", java_script_enabled=javascript)
    page.goto(f"/drafts/{found.torn}/conflicts")
    _tab_to(page, "input[type=radio]")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".side:has(:checked) .check").first).to_have_text("Mine")
    _tab_to(page, "#all")
    page.keyboard.type("theirs")
    _tab_to(page, "button[formaction*=preview]")
    page.keyboard.press("Enter")
    expect(page.locator("#preview-title")).to_have_text("So it would be")
    expect(page.locator("#preview .change").first).to_be_visible()
    _tab_to(page, ".decide button.primary")
    page.keyboard.press("Enter")
    expect(page.locator(".pill.draft")).to_have_text("Draft of revision 4")


def test_any_two_revisions_are_picked_and_compared(page, found):
    page.goto(f"/objects/ruleset/{found.ruleset}/history")
    page.get_by_label("from revision 0").check()
    page.get_by_label("to revision 2").check()
    page.get_by_role("button", name="Compare the two chosen").click()
    expect(page.locator(".lead")).to_contain_text("Revision 0")
    expect(page.locator(".lead")).to_contain_text("Revision 2")


def test_leaving_offers_three_ways(page, found):
    page.goto(f"/drafts/{found.mine}")
    page.locator("summary", has_text="Leave …").click()
    for words in ("Keep it for later", "Look and save …", "Cancel draft"):
        expect(page.locator(".leave").get_by_text(words, exact=True)).to_be_visible()
    page.get_by_role("button", name="Cancel draft").click()
    expect(page.locator(".notice.good")).to_contain_text("is cancelled")


def test_times_are_those_of_the_browser(new_page, found):
    page = new_page("ann", locale="de-DE", timezone_id="Asia/Tokyo")
    page.goto(f"/objects/ruleset/{found.ruleset}/history")
    shown = page.locator(".timeline time").first
    moment = shown.get_attribute("datetime")
    wanted = page.evaluate(
        "(moment) => new Intl.DateTimeFormat('de-DE', {dateStyle: 'full',"
        " timeStyle: 'long', timeZone: 'Asia/Tokyo'}).format(new Date(moment))",
        moment,
    )
    expect(shown).to_have_attribute("title", wanted)


def test_no_page_is_wider_than_a_narrow_screen(new_page, found, watch):
    watch.expect("the server responded with a status of 4")
    page = new_page("ann", viewport={"width": 360, "height": 700})
    wide = []
    for path in paths(found):
        page.goto(path)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 360:
            wide.append((path, width))
    assert wide == []


def _tab_to(page, selector):
    """Press Tab until the focus is there; fail where it never comes."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("(at) => document.activeElement.matches(at)", selector):
            return
    raise AssertionError(f"Tab does not lead to {selector}")
