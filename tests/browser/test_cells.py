"""Cells that are edited in place: stored at once, and nothing typed is ever lost."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.editing import cell, lose_an_answer, open_rows, retype, stored
from tests.conftest import PASSWORD

LONG = "x" * 3000  # no comment is as long


@pytest.fixture
def rows(page):
    return open_rows(page)


# --- one change


def test_a_click_edits_enter_stores_and_the_journal_tells(page, rows):
    comment = cell(rows.nth(8), "Comment")

    comment.click()
    retype(page, "the web, öffentlich")

    stored(page)
    expect(comment).to_contain_text("the web, öffentlich")
    expect(rows.nth(8)).to_have_class(re.compile("changed"))
    expect(page.locator(".journal li").first).to_contain_text("the web, öffentlich")
    page.reload()
    expect(comment).to_contain_text("the web, öffentlich")


def test_escape_leaves_the_cell_as_it_was(page, rows):
    comment = cell(rows.nth(8), "Comment")
    before = comment.inner_text()

    comment.click()
    page.keyboard.type("no")
    page.keyboard.press("Escape")

    expect(comment).to_have_text(before, use_inner_text=True)
    expect(comment).to_be_focused()
    expect(page.locator(".journal li")).to_have_count(1)


def test_what_is_like_before_is_no_step(page, rows):
    cell(rows.nth(8), "Comment").click()
    page.keyboard.press("Enter")

    page.reload()
    expect(page.locator(".journal li")).to_have_count(1)


def test_a_choice_is_stored_when_it_is_made(page, rows):
    action = cell(rows.nth(8), "Action")

    action.click()
    action.get_by_role("combobox").select_option("drop")
    page.keyboard.press("Enter")

    stored(page)
    expect(action).to_contain_text("drop")


def test_a_space_switches_a_yes_to_a_no(page, rows):
    enabled = cell(rows.nth(3), "Enabled")
    enabled.click()
    page.keyboard.press("Escape")

    page.keyboard.press("Space")

    stored(page)
    expect(enabled.locator(".value")).to_have_text("no")
    expect(enabled).to_be_focused()


def test_a_reference_is_found_by_a_part_of_its_name(page, rows):
    jump = cell(rows.nth(6), "Jump to")

    jump.click()
    expect(jump.locator("datalist option").first).to_be_attached()
    retype(page, "no-spoofing")

    stored(page)
    expect(jump.locator(".value")).to_have_text("no-spoofing")
    jump.click()
    retype(page, "ssh")  # it means the only chain whose name has that in it
    expect(jump.locator(".value")).to_have_text("ssh-guard")


def test_tags_are_chips_that_come_and_go_step_by_step(page, rows):
    tags = cell(rows.nth(8), "Tags of the rule")

    tags.click()
    tags.get_by_role("button", name="Take away public").click()
    expect(tags.locator("li.gone")).to_have_count(1)
    stored(page)
    tags.click()
    tags.get_by_label("Add").fill("office")
    page.keyboard.press("Enter")

    expect(tags.locator("li.new")).to_have_text(re.compile("office"))
    expect(page.locator(".journal li")).to_have_count(3)


def test_clearing_an_optional_text_leaves_no_value(page, rows):
    comment = cell(rows.nth(8), "Comment")
    comment.click()
    page.keyboard.press("Escape")

    page.keyboard.press("Delete")

    stored(page)
    expect(comment.locator(".none")).to_be_visible()
    expect(comment.locator(".was")).to_be_visible()


def test_a_long_text_has_lines(page, rows):
    comment = cell(rows.nth(8), "Comment")
    comment.click()
    retype(page, "y" * 130)
    stored(page)

    comment.focus()
    page.keyboard.press("Enter")
    expect(comment.locator("textarea")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    page.keyboard.press("Enter")

    stored(page)
    expect(comment.locator("pre")).to_have_text("one\ntwo")


def test_a_name_in_the_first_column_is_edited_too(page, rows):
    page.locator(".crumbs").get_by_role("link", name="inet filter").click()
    name = page.locator("tr[id^=row] th").first

    name.focus()
    page.keyboard.press("F2")
    retype(page, "ssh-wache")

    stored(page)
    expect(name).to_contain_text("ssh-wache")
    expect(page.locator(".tree")).to_contain_text("ssh-wache")


# --- the keyboard


def test_arrows_go_from_cell_to_cell_and_a_key_begins_to_type(page, rows):
    cell(rows.nth(2), "Comment").click()
    page.keyboard.press("Escape")

    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    expect(cell(rows.nth(3), "Comment")).to_be_focused()
    page.keyboard.type("typed at once")
    page.keyboard.press("Tab")

    expect(cell(rows.nth(3), "Comment")).to_contain_text("typed at once")
    expect(cell(rows.nth(3), "Enabled")).to_be_focused()
    stored(page)
    page.keyboard.press("Shift+Tab")
    expect(cell(rows.nth(3), "Enabled")).not_to_be_focused()


def test_undo_and_redo_show_what_they_changed_without_a_new_page(page, rows):
    comment = cell(rows.nth(13), "Comment")
    comment.click()
    retype(page, "far below")
    stored(page)
    page.evaluate("window.sameDocument = true; scrollTo(0, 0)")
    expect(page.locator("[data-undo]")).to_contain_text("Undo: Rule")

    page.keyboard.press("Control+z")

    expect(comment).not_to_contain_text("far below")
    expect(comment).to_be_in_viewport()
    page.keyboard.press("Control+Shift+z")
    expect(comment).to_contain_text("far below")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+y")
    expect(comment).to_contain_text("far below")
    assert page.evaluate("window.sameDocument") is True


def test_a_save_by_keys_counts_what_is_being_typed(page, rows):
    cell(rows.nth(3), "Comment").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("typed and saved")

    page.keyboard.press("Control+s")

    expect(page.get_by_role("heading", level=1)).to_have_text("Save web-gateway?")
    expect(page.locator("main")).to_contain_text("typed and saved")


def test_the_journal_leads_to_any_point_and_back(page, rows):
    for index in (3, 5, 7):
        cell(rows.nth(index), "Comment").click()
        retype(page, f"step {index}")
        stored(page)

    page.locator(".journal li").nth(2).click()
    expect(page.locator("tr.changed")).to_have_count(1)
    page.locator(".journal li").nth(0).click()
    expect(page.locator("tr.changed")).to_have_count(3)
    page.get_by_role("button", name="Undo all").click()
    expect(page.locator("tr.changed")).to_have_count(0)


# --- what is refused


def test_wrong_input_stays_with_its_reason_while_the_rest_goes_on(page, rows, watch):
    watch.expect("status of 422")
    wrong, right = cell(rows.nth(4), "Comment"), cell(rows.nth(5), "Comment")

    wrong.click()
    retype(page, LONG)
    expect(wrong.locator("[aria-invalid]")).to_have_value(LONG)
    expect(wrong.locator(".why")).to_contain_text("characters")
    right.click()
    retype(page, "goes on")

    expect(right).to_contain_text("goes on")
    expect(page.locator("#not-stored")).to_contain_text("Not stored: 1")
    expect(wrong.locator("[aria-invalid]")).to_have_value(LONG)
    page.reload()
    expect(wrong.locator("[aria-invalid]")).to_have_value(LONG)
    wrong.locator("[aria-invalid]").fill("short enough")
    page.keyboard.press("Enter")
    expect(page.locator("#not-stored")).to_be_hidden()
    expect(wrong).to_contain_text("short enough")


def test_wrong_input_can_be_taken_back(page, rows, watch):
    watch.expect("status of 422")
    wrong = cell(rows.nth(4), "Comment")
    before = wrong.inner_text()
    wrong.click()
    retype(page, LONG)

    wrong.get_by_role("button", name="Leave it as it is").click()

    expect(wrong).to_have_text(before, use_inner_text=True)
    expect(page.locator("#not-stored")).to_be_hidden()
    page.reload()
    expect(wrong).to_have_text(before, use_inner_text=True)


def test_the_second_window_is_not_overwritten_by_the_first(new_page, watch):
    watch.expect("status of 412")
    first = new_page("ann")
    rows = open_rows(first)
    second = first.context.new_page()
    second.goto(first.url)
    cell(second.locator("table.rows tbody tr").nth(3), "Comment").click()
    retype(second, "by the second")
    stored(second)

    # Another cell than theirs: said again for the version that there is now.
    cell(rows.nth(5), "Comment").click()
    retype(first, "beside it")
    stored(first)
    expect(cell(rows.nth(3), "Comment")).to_contain_text("by the second")

    # The same cell: asked.
    second.reload()
    cell(second.locator("table.rows tbody tr").nth(5), "Comment").click()
    retype(second, "by the second, again")
    stored(second)
    cell(rows.nth(5), "Comment").click()
    retype(first, "by the first")
    torn = cell(rows.nth(5), "Comment")
    expect(torn.locator(".why")).to_contain_text("by the second, again")
    torn.get_by_role("button", name="Store mine").click()
    stored(first)
    expect(torn).to_contain_text("by the first")


# --- what gets lost on the way


def test_a_dropped_connection_loses_nothing_and_stores_nothing_twice(page, rows, watch):
    watch.expect("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
    page.context.set_offline(True)
    cell(rows.nth(3), "Comment").click()
    retype(page, "typed without a line")
    cell(rows.nth(4), "Comment").click()
    retype(page, "and another")
    expect(page.locator("#not-stored")).to_contain_text("does not answer")
    expect(cell(rows.nth(3), "Comment")).to_contain_text("typed without a line")

    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()

    stored(page)
    expect(page.locator("#not-stored")).to_be_hidden()
    expect(page.locator(".journal li")).to_have_count(3)
    expect(page.locator("tr.changed")).to_have_count(2)


def test_an_answer_that_is_lost_is_asked_for_again_and_done_once(page, rows, watch):
    watch.expect("ERR_FAILED", "net::")
    lost = lose_an_answer(page)
    cell(rows.nth(3), "Comment").click()
    retype(page, "said once")

    stored(page)
    assert lost == [303]
    expect(page.locator(".journal li")).to_have_count(2)


def test_a_reload_in_the_middle_of_a_word_goes_on_with_it(page, rows):
    comment = cell(rows.nth(3), "Comment")
    comment.click()
    page.keyboard.press("Control+a")
    page.keyboard.type("half a wo")

    page.reload()

    expect(comment.locator("input")).to_have_value("half a wo")
    expect(comment.locator("input")).to_be_focused()
    page.keyboard.type("rd")
    page.keyboard.press("Enter")
    stored(page)
    expect(comment).to_contain_text("half a word")


def test_a_reload_while_it_is_away_loses_nothing(page, rows, watch):
    watch.expect("ERR_FAILED", "net::")
    page.route("**/operations", lambda route: route.abort())
    comment = cell(rows.nth(3), "Comment")
    comment.click()
    retype(page, "not yet there")
    expect(page.locator("#not-stored")).to_be_visible()

    page.reload()
    expect(comment).to_contain_text("not yet there")
    page.unroute("**/operations")

    stored(page)
    page.reload()
    expect(comment).to_contain_text("not yet there")
    expect(page.locator(".journal li")).to_have_count(2)


def test_a_column_that_comes_meanwhile_moves_no_text_under_another_head(
    page, rows, watch
):
    watch.expect("status of 422", "status of 412")
    wrong, typing = cell(rows.nth(4), "Comment"), cell(rows.nth(6), "Action")
    wrong.click()
    retype(page, LONG)
    expect(wrong.locator(".why")).to_be_visible()
    second = page.context.new_page()
    second.goto(page.url)
    second.get_by_role("link", name="Destination", exact=True).click()
    cell(second.locator("table.rows tbody tr").nth(2), "Destination").click()
    retype(second, "192.0.2.1")
    stored(second)

    cell(rows.nth(8), "Protocol").click()
    retype(page, "udp")
    expect(cell(rows.nth(2), "Destination")).to_contain_text("192.0.2.1")

    expect(wrong.locator("[aria-invalid]")).to_have_value(LONG)
    expect(cell(rows.nth(8), "Protocol")).to_contain_text("udp")
    expect(typing.locator("[aria-invalid]")).to_have_count(0)


def test_a_draft_is_cancelled_after_a_step_that_is_under_way(page, rows):
    held = []
    page.route("**/operations", lambda route: held.append(route), times=1)
    cell(rows.nth(8), "Comment").click()
    retype(page, "in the end of no use")
    page.locator("summary", has_text="Leave").click()
    page.get_by_role("button", name="Cancel draft").click()
    expect(page.locator("#stored")).to_have_text("storing …")

    held[0].continue_()

    expect(page.locator("main")).to_contain_text("The draft is cancelled")


def test_who_is_signed_out_meanwhile_keeps_what_was_typed(page, rows, watch):
    watch.expect("status of 4")
    other = page.context.new_page()
    other.goto("/")
    other.get_by_role("button", name="Sign out").click()
    comment = cell(rows.nth(3), "Comment")
    comment.click()
    retype(page, "after the session")
    expect(page.locator("#not-stored")).to_contain_text("signed out")

    other.goto("/login")
    other.fill("input[name=name]", "ann")
    other.fill("input[name=password]", PASSWORD)
    other.press("input[name=password]", "Enter")
    other.wait_for_selector(".who form")
    page.get_by_role("button", name="Try again").click()

    stored(page)
    expect(comment).to_contain_text("after the session")
