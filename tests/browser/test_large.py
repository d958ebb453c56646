"""Chains of many rules: what follows is loaded on scrolling, and stays in line."""

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from draftedit import Batch, Delete, Insert, Move, Set, firewall
from draftedit.engine.values.order_key import spread
from draftedit.firewall.models import Chain, NftTable, Rule
from tests.browser.editing import open_rows

COUNT = 400
FAR = 110  # the place of a rule on the third page
SLOWLY = 30_000  # milliseconds: some pages of rows are asked for one after the other


@pytest.fixture
def chain(site):
    """Give the sample one more chain, and return its key."""
    with site.writing() as dbsession:
        table = dbsession.scalars(sa.select(NftTable).order_by(NftTable.id)).first()
        chain = Chain(name="many", place=spread(1)[0], nft_table_id=table.id)
        dbsession.add(chain)
        dbsession.flush()
        return chain.id


@pytest.fixture
def rules(site, chain):
    """Give the chain many rules, and return their keys in their order."""
    with site.writing() as dbsession:
        values = [
            {"chain_id": chain, "place": place, "comment": f"rule {n}"}
            for n, place in enumerate(spread(COUNT))
        ]
        dbsession.execute(sa.insert(Rule), values)
        wanted = sa.select(Rule.id).where(Rule.chain_id == chain)
        return list(dbsession.scalars(wanted.order_by(Rule.place)))


@pytest.fixture
def editor(page, rules):
    """Return the page of a new draft, at the many rules."""
    return go_to_rules(page)


def go_to_rules(page):
    open_rows(page, "many")
    expect(lines(page).first).to_be_visible()
    return page


def lines(page):
    return page.locator("table.rows tbody tr")


def line(page, key):
    return page.locator(f"#row-{key}")


def comment(page, key):
    return line(page, key).locator("td[data-label=Comment]")


def scroll_on(page, until):
    """Scroll down until so many rows are there."""
    page.wait_for_function(
        """until => {
          scrollTo(0, document.documentElement.scrollHeight);
          return document.querySelectorAll("table.rows tbody tr").length >= until;
        }""",
        arg=until,
        timeout=SLOWLY,
    )


def keys_shown(page):
    return page.evaluate(
        "[...document.querySelectorAll('table.rows tbody tr')].map((one) => one.id)"
    )


def keys_of(keys):
    return [f"row-{key}" for key in keys]


def are_in_line(page):
    """Tell whether each page of the table begins where the one before ends."""
    return page.evaluate(
        """() => {
          const after = (at) => new URL(at, location.href).searchParams.get("after");
          const bodies = [...document.querySelector("table.rows").tBodies];
          const heads = document.querySelector("table.rows thead tr").cells.length;
          return bodies.every((one, n) =>
            [...one.rows].every((line) => line.cells.length === heads)
            && (!n || after(bodies[n - 1].dataset.next) === after(one.dataset.here)));
        }"""
    )


def apply(page, site, *operations):
    """Do something to the draft as a program would: its page has not seen it."""
    key = int(re.search(r"/drafts/(\d+)", page.url)[1])
    with site.writing() as dbsession:
        edit = firewall.drafts.resume(dbsession, key, owner="ann")
        for one in operations:
            edit.apply(one)


def undo(page):
    """Take back the draft's only step."""
    page.keyboard.press("Control+z")
    expect(page.locator("button[data-undo]")).to_be_disabled(timeout=SLOWLY)


def redo(page):
    page.keyboard.press("Control+Shift+z")
    expect(page.locator("button[data-redo]")).to_be_disabled(timeout=SLOWLY)


def edit_comment(page, key, text):
    comment(page, key).click()
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(page.locator("#stored")).to_have_text("Stored")


def test_scrolling_loads_all_rows_each_once_in_their_order(editor, rules):
    expect(editor.get_by_role("link", name="Next page")).to_be_attached()

    scroll_on(editor, COUNT)

    assert keys_shown(editor) == keys_of(rules)
    expect(editor.locator("#stored")).to_have_text("400 rows shown")
    expect(editor.get_by_role("link", name="Next page")).to_be_hidden()


def test_an_edit_on_the_third_page_stays_where_it_is_and_so_does_its_undo(
    editor, rules
):
    scroll_on(editor, 150)
    comment(editor, rules[FAR]).scroll_into_view_if_needed()

    before = editor.evaluate("scrollY")
    edit_comment(editor, rules[FAR], "far down")

    assert abs(editor.evaluate("scrollY") - before) < 5
    expect(line(editor, rules[FAR])).to_have_class("changed")
    editor.keyboard.press("Control+z")
    expect(comment(editor, rules[FAR]).locator(".value")).to_have_text(f"rule {FAR}")
    expect(comment(editor, rules[FAR])).to_be_in_viewport()
    shown = keys_shown(editor)
    assert shown == keys_of(rules[: len(shown)])
    assert len(shown) >= 150
    assert are_in_line(editor)


def test_what_another_window_has_changed_is_seen_before_the_edit_is_stored(
    editor, rules, site, watch
):
    watch.expect("412")
    scroll_on(editor, 150)
    apply(editor, site, Set("rule", rules[FAR + 1], comment="theirs"))

    edit_comment(editor, rules[FAR], "mine")

    expect(comment(editor, rules[FAR])).to_contain_text("mine")
    expect(comment(editor, rules[FAR + 1])).to_contain_text("theirs")
    assert are_in_line(editor)


def test_a_deletion_and_its_undo_keep_all_that_was_loaded(editor, rules):
    scroll_on(editor, 150)
    line(editor, rules[70]).locator("button[name=delete]").click()
    expect(line(editor, rules[70])).to_have_class(re.compile("gone"))

    undo(editor)

    expect(line(editor, rules[70])).not_to_have_class(re.compile("gone"))
    shown = keys_shown(editor)
    assert shown == keys_of(rules[: len(shown)])
    assert len(shown) >= 150
    assert are_in_line(editor)


def assert_shown(editor, keys, least=1):
    """Assert that the rows shown are the first of these, each once and in line."""
    shown = keys_shown(editor)
    assert shown == keys_of(keys)[: len(shown)]
    assert len(shown) >= least
    assert are_in_line(editor)


@pytest.mark.parametrize(("moved", "behind"), [(110, 9), (10, 109)])
def test_a_move_over_the_borders_and_its_undo_leave_each_row_once(
    editor, rules, site, moved, behind
):
    order = [one for one in rules if one != rules[moved]]
    order.insert(order.index(rules[behind]) + 1, rules[moved])
    apply(editor, site, Move("rule", rules[moved], after=rules[behind]))
    editor.reload()
    scroll_on(editor, 200)

    undo(editor)
    assert_shown(editor, rules)
    redo(editor)
    assert_shown(editor, order, least=200)


def test_undo_and_redo_of_an_insertion_keep_the_pages_in_line(
    editor, rules, chain, site
):
    apply(editor, site, Insert("rule", {"comment": "new"}, chain, after=rules[60]))
    editor.reload()
    scroll_on(editor, 150)

    undo(editor)
    assert_shown(editor, rules)
    redo(editor)
    assert_shown(editor, [*rules[:61], -1, *rules[61:]], least=150)


def test_undo_of_many_rows_shows_them_alone(editor, rules, site):
    apply(editor, site, Batch([Delete("rule", rules[n]) for n in (5, 105)]))
    editor.reload()
    scroll_on(editor, 150)

    undo(editor)

    shown = keys_shown(editor)
    assert len(shown) == 50
    assert f"row-{rules[105]}" in shown
    scroll_on(editor, 150)
    assert editor.locator("tr.gone").count() == 0


def test_a_column_that_comes_with_a_later_page_is_there_in_all(editor, rules, site):
    apply(editor, site, Set("rule", rules[FAR], source="192.0.2.7"))
    editor.reload()
    expect(editor.locator("th[data-field=source]")).to_have_count(0)

    scroll_on(editor, 150)

    expect(editor.locator("th[data-field=source]")).to_have_count(1)
    expect(line(editor, rules[FAR])).to_contain_text("192.0.2.7")
    assert are_in_line(editor)
    undo(editor)
    expect(line(editor, rules[FAR])).not_to_contain_text("192.0.2.7")
    assert are_in_line(editor)


def test_arrows_go_on_into_what_follows(editor, rules):
    comment(editor, rules[49]).focus()
    editor.keyboard.press("ArrowDown")
    expect(comment(editor, rules[50])).to_be_focused()


def test_a_search_finds_what_is_far_away(editor, rules):
    editor.get_by_role("searchbox").fill("rule 377")
    editor.get_by_role("searchbox").press("Enter")

    expect(lines(editor)).to_have_count(1)
    expect(comment(editor, rules[377])).to_contain_text("rule 377")


def test_a_search_goes_on_where_the_first_rows_have_nothing(editor, chain, rules, site):
    count = 2_300  # more than a search reads at once
    values = [
        {"chain_id": chain, "place": place, "comment": f"filler {n}"}
        for n, place in enumerate(spread(count))
    ]
    values[-1]["comment"] = "the needle"
    with site.writing() as dbsession:
        dbsession.execute(sa.insert(Rule), values)

    editor.get_by_role("searchbox").fill("needle")
    editor.get_by_role("searchbox").press("Enter")

    expect(lines(editor)).to_have_count(1)
    expect(lines(editor)).to_contain_text("the needle")


def test_without_an_answer_the_link_stays(editor, rules, watch):
    watch.expect("Failed to load resource")
    asked = []

    def refuse(route):
        asked.append(route.request.url)
        route.fulfill(status=503, body="")

    editor.route("**/drafts/*after=*", refuse)
    with editor.expect_response("**/drafts/*after=*"):
        editor.mouse.wheel(0, 100_000)

    expect(editor.get_by_role("link", name="Next page")).to_be_visible()
    assert keys_shown(editor) == keys_of(rules)[:50]
    assert len(asked) == 1
    editor.unroute("**/drafts/*after=*")
    editor.get_by_role("link", name="Next page").click()
    expect(line(editor, rules[99])).to_be_attached()


def test_without_scripts_one_goes_from_page_to_page(new_page, rules):
    page = new_page("ann", java_script_enabled=False)
    go_to_rules(page)

    page.get_by_role("link", name="Next page").click()

    assert lines(page).count() == 50
    expect(line(page, rules[50])).to_be_visible()
