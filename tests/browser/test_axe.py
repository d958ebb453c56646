"""No page, in light or in dark, has a fault that axe finds."""

import re
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from draftedit.web.routes import PAGES
from tests.browser import states
from tests.conftest import PASSWORD

# Pages of the ready application that are none of a host's.
PEOPLE = ("/login", "/account")
# What answers with no page of its own: verbs lead on, `export` is a file.
NO_PAGES = {"operations", "undo", "redo", "save", "cancel", "fork", "hand_on"}
NO_PAGES |= {"export", "stats_csv"}
# These show a page when they are pressed, and lead to that of another address else.
PRESSED = {"check", "rebase", "preview"}


@pytest.fixture
def found(site):
    with site.writing() as dbsession:
        return states.make(dbsession)


@pytest.fixture
def look(watch):
    """Return `look(page)`: ask axe about a page, in both colour schemes.

    Whatever it finds on any of them fails the test in the end.
    """
    watch.expect("the server responded with a status of 4")
    faults = []

    def look(page):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for fault in Axe().run(page).response["violations"]:
                where = [node["html"][:200] for node in fault["nodes"][:3]]
                faults.append((page.url, scheme, fault["id"], where))

    yield look
    assert faults == []


def paths(found):
    """Return where ann can go, with something to see on each page."""
    thing, draft = f"/objects/ruleset/{found.ruleset}", f"/drafts/{found.mine}"
    rows, rule = f"part=rule&parent={found.chain}", found.rules[8]
    return [
        "/",
        "/?target=ruleset",
        "/?target=ruleset&q=nothing+like+it",
        thing,
        f"{thing}?{rows}",
        f"{thing}?revision=1",
        f"{thing}?saved=4",
        f"{thing}/history",
        f"{thing}/results",
        f"{thing}/history?from=0&to=4",
        f"{thing}/history?from=2&to=2",
        f"{thing}/rows/rule/{rule}",
        f"/objects/ruleset/{found.deleted}/history",
        f"/objects/ruleset/{found.deleted}?revision=0",
        "/drafts",
        "/drafts?state=cancelled",
        draft,
        f"{draft}?{rows}",
        f"{draft}?{rows}&filter=changed",
        f"{draft}?{rows}&q=nothing+like+it",
        f"{draft}/rows/rule/{rule}",
        f"{draft}/rows/rule?id={rule}/{found.rules[12]}",
        f"{draft}/rows/rule/{found.rules[12]}",
        f"{draft}/rows/rule/new?parent={found.chain}",
        f"{draft}/changes",
        f"{draft}/conflicts",
        f"/drafts/{found.torn}/conflicts",
        f"/drafts/{found.torn}/changes",
        f"/drafts/{found.wrong}/changes",
        f"/drafts/{found.saved}",
        f"/drafts/{found.saved}/changes",
        f"/drafts/{found.cancelled}",
        "/stats",
        "/account",
        "/problems/conflict",
        "/new/ruleset",
        "/objects/ruleset/999999",
        "/objects/ruleset/x/history?to=y",
        "/nowhere",
    ]


def kinds(addresses):
    """Return the names of the routes that addresses lead to."""
    patterns = {
        name: re.compile(re.sub(r"\{\w+\}", "[^/]+", pattern) + "$")
        for name, pattern, _factory in PAGES
    }
    found = {urlsplit(one).path for one in addresses}
    return {
        name for name, pattern in patterns.items() if any(map(pattern.match, found))
    }


def test_every_page_that_one_can_go_to(new_page, found, look):
    page = new_page("ann")
    for path in paths(found):
        page.goto(path, wait_until="networkidle")
        look(page)


def test_every_route_with_a_page_is_among_them(found):
    elsewhere = {"object_drafts"} | NO_PAGES | PRESSED
    assert kinds(paths(found)) == {name for name, _, _ in PAGES} - elsewhere
    assert set(PEOPLE) - {"/login"} <= set(paths(found))


def test_where_nothing_is_yet(new_page, look):
    page = new_page("ann")
    for path in ("/", "/drafts", "/stats", "/objects/ruleset/1/history"):
        page.goto(path)
        look(page)
    page.goto("/objects/ruleset/1")
    page.get_by_role("button", name="Edit in a draft").click()
    look(page)
    page.goto(f"{page.url.partition('?')[0]}/changes")
    look(page)


def test_what_opens_when_it_is_pressed(new_page, found, look):
    page = new_page("ann")
    page.goto(f"/drafts/{found.mine}?part=rule&parent={found.chain}")
    for words in ("Leave …", "Hand on or copy …"):
        page.locator("summary", has_text=words).click()
        look(page)
        page.locator("summary", has_text=words).click()


def test_forms_that_were_refused(new_page, found, look):
    page = new_page("ann")
    page.goto(f"/drafts/{found.mine}/rows/rule/{found.rules[8]}")
    page.locator("[name='v.comment']").fill("x" * 5000)
    page.get_by_role("button", name="Apply").click()
    look(page)
    page.goto(f"/drafts/{found.torn}/changes")
    page.get_by_role("button", name="Save as revision").click()
    look(page)


def test_cells_edited_refused_and_waiting(new_page, found, look, watch):
    watch.expect("ERR_INTERNET_DISCONNECTED")
    page = new_page("ann")
    page.goto(f"/drafts/{found.mine}?part=rule&parent={found.chain}")
    row = page.locator("table.rows tbody tr").nth(3)

    def cell(label):
        return row.locator(f"td[data-label='{label}']")

    for label in ("Comment", "Action", "Jump to", "Tags of the rule"):
        cell(label).click()
        cell(label).locator("input, select").first.wait_for()
        look(page)
        page.keyboard.press("Escape")
    cell("Comment").click()
    page.keyboard.insert_text("x" * 3000)
    page.keyboard.press("Enter")
    cell("Comment").locator(".why").wait_for()
    look(page)
    page.context.set_offline(True)
    cell("Source").click()
    page.keyboard.insert_text("10.1.2.3")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Try again").wait_for()
    look(page)


def test_conflicts_undecided_and_previewed(new_page, found, look):
    page = new_page("ann")
    page.goto(f"/drafts/{found.torn}/conflicts")
    page.get_by_role("button", name="Rebase").click()
    page.get_by_text("Not all is decided yet").wait_for()
    look(page)
    page.locator("#all").select_option("draft")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("heading", name="So it would be").wait_for()
    look(page)


def test_what_an_admin_sees(new_page, found, look):
    page = new_page("ada")
    page.goto(f"/objects/ruleset/{found.ruleset}/drafts")
    look(page)


def test_what_a_reader_may_not_see(new_page, found, look):
    page = new_page("rob")
    for path in (f"/objects/ruleset/{found.ruleset}", "/drafts"):
        page.goto(path)
        look(page)


def test_signing_in_and_ones_account(new_context, site, look):
    page = new_context(site).new_page()
    page.goto("/drafts")
    look(page)
    page.get_by_role("button", name="Sign in").click()
    look(page)
    page.fill("input[name=name]", "ann")
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto("/account")
    page.get_by_role("button", name="Change the password").click()
    look(page)
    page.fill("input[name=label]", "a program")
    page.get_by_role("button", name="Make a token").click()
    page.locator("#new-token").wait_for()
    look(page)


def test_a_host_of_its_own(shop_page, look):
    look(shop_page)
    shop_page.get_by_role("link", name="A1").first.click()
    look(shop_page)
    shop_page.get_by_role("button", name="Edit").first.click()
    look(shop_page)
