"""The order of rows: by the keyboard and by dragging, one step of undo each time."""

import re

import pytest
from playwright.sync_api import expect

from draftedit.engine.values.order_key import spread
from draftedit.firewall.models import Chain, Rule
from tests.browser import states
from tests.browser.editing import lose_an_answer
from tests.hosts import office
from tests.hosts.application import PREFIX


@pytest.fixture
def found(site):
    """Return where things are: a draft of ann's in which nothing was done."""
    with site.writing() as dbsession:
        making = states.Making(dbsession)
        draft = making.draft("ann")
        return states.States(making.ruleset, making.chain, making.rules, draft.info.key)


@pytest.fixture
def rows(page, found):
    """Return the rows of a chain, all of them in sight."""
    page.set_viewport_size({"width": 1400, "height": 1300})
    page.goto(f"/drafts/{found.mine}?part=rule&parent={found.chain}")
    return page.locator("table.rows tbody tr")


@pytest.fixture
def many(site, page, found):
    """Return 60 rules of a chain of their own, which fill more than a page."""
    with site.writing() as dbsession:
        above = dbsession.get(Chain, found.chain).nft_table_id
        chain = Chain(name="long", nft_table_id=above, place=spread(1)[0])
        chain.rules = [
            Rule(place=place, action="accept", comment=f"rule {number}")
            for number, place in enumerate(spread(60))
        ]
        dbsession.add(chain)
        dbsession.flush()  # counts the keys
        key, rules = chain.id, [rule.id for rule in chain.rules]
    page.set_viewport_size({"width": 1400, "height": 2600})
    page.goto(f"/drafts/{found.mine}?part=rule&parent={key}")
    return rules


@pytest.fixture
def order(page, found):
    """Return `order()`: which rule stands where, by their first indices."""

    def order():
        return [found.rules.index(one) for one in _ids(page)]

    return order


def handle(row):
    return row.locator("[data-handle]")


def comment(row):
    return row.locator("td[data-label='Comment']")


def said(page, text):
    expect(page.locator("#stored")).to_have_text(re.compile(text))


def steps(page):
    """The journal, but for the line that it begins with."""
    return page.locator(".journal li .what").all_inner_texts()[:-1]


def drag(page, row, target, below=True):
    """Drag a row by its handle to the lower, or the upper, half of another."""
    box = target.bounding_box()
    place = {"x": 60, "y": box["height"] - 4 if below else 4}
    handle(row).drag_to(target, target_position=place)


def at(page, rule):
    return page.locator(f"#row-{rule}")


# --- by the keyboard ---


def test_alt_and_an_arrow_move_a_row_and_undo_takes_each_back(page, rows, found, order):
    comment(rows.nth(3)).focus()

    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowDown")

    said(page, f"Moved after rule {found.rules[5]}")
    expect(page.locator(".journal li")).to_have_count(3)
    assert order()[:7] == [0, 1, 2, 4, 5, 3, 6]
    expect(comment(at(page, found.rules[3]))).to_be_focused()
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(page.locator("[data-undo]")).to_be_disabled()
    assert order() == list(range(14))


def test_the_focus_stays_on_its_cell_whichever_way_the_row_goes(
    page, rows, found, order
):
    moved = comment(at(page, found.rules[3]))
    moved.focus()

    page.keyboard.press("Alt+ArrowUp")
    said(page, f"Moved after rule {found.rules[1]}")
    expect(moved).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    said(page, f"Moved after rule {found.rules[0]}")
    page.keyboard.press("Alt+ArrowUp")
    said(page, "Moved to the first place")

    expect(moved).to_be_focused()
    assert order()[:4] == [3, 0, 1, 2]
    page.keyboard.press("ArrowDown")
    expect(comment(at(page, found.rules[0]))).to_be_focused()


def test_at_either_end_it_says_so_and_sends_nothing(page, rows, found):
    comment(rows.first).focus()
    page.keyboard.press("Alt+ArrowUp")
    said(page, "the first one already")

    comment(rows.last).focus()
    page.keyboard.press("Alt+ArrowDown")
    said(page, "the last one already")

    page.reload()
    assert steps(page) == []


def test_a_row_is_moved_from_its_tick_and_its_tools_but_not_from_a_text(
    page, rows, found, order
):
    box = at(page, found.rules[3]).get_by_role("checkbox")
    box.focus()
    page.keyboard.press("Alt+ArrowDown")
    said(page, f"Moved after rule {found.rules[4]}")
    expect(box).to_be_focused()
    tool = handle(at(page, found.rules[3]))
    tool.focus()
    page.keyboard.press("Alt+ArrowDown")
    said(page, f"Moved after rule {found.rules[5]}")
    expect(tool).to_be_focused()

    comment(rows.nth(0)).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Escape")

    page.reload()
    assert len(steps(page)) == 2


def test_rows_that_are_deleted_are_stepped_over(page, rows, found, order):
    rows.nth(4).get_by_role("button", name="Delete").click()
    expect(rows.nth(4)).to_have_class(re.compile("gone"))
    comment(rows.nth(3)).focus()

    page.keyboard.press("Alt+ArrowDown")
    said(page, f"Moved after rule {found.rules[5]}")
    assert order()[:7] == [0, 1, 2, 4, 5, 3, 6]

    page.keyboard.press("Alt+ArrowUp")
    said(page, f"Moved after rule {found.rules[2]}")
    assert order()[:7] == [0, 1, 2, 3, 4, 5, 6]


def test_what_was_typed_is_stored_before_the_row_is_moved(page, rows, found):
    comment(rows.nth(3)).click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("typed first")
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+ArrowDown")

    said(page, f"Moved after rule {found.rules[4]}")
    expect(comment(at(page, found.rules[3]))).to_contain_text("typed first")
    assert [text.partition(" ")[0] for text in steps(page)] == ["Move", "Rule"]


def test_who_goes_on_typing_while_a_row_moves_is_not_interrupted(page, rows, found):
    held = []
    page.route("**/operations", lambda route: held.append(route), times=1)
    comment(rows.nth(3)).focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#stored")).to_have_text(re.compile("storing"))
    page.keyboard.press("Enter")
    page.keyboard.press("Control+a")
    page.keyboard.type("half a wo")

    held[0].continue_()

    expect(rows.nth(2)).to_have_id(f"row-{found.rules[3]}")
    page.keyboard.type("rd")
    page.keyboard.press("Enter")
    expect(comment(at(page, found.rules[3])).locator(".value")).to_have_text(
        "half a word"
    )


def test_a_move_whose_answer_is_lost_is_done_once(page, rows, found, order, watch):
    watch.expect("ERR_FAILED", "net::")
    lost = lose_an_answer(page)
    comment(rows.nth(3)).focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#not-stored")).to_contain_text("That was not done")

    page.keyboard.press("Alt+ArrowDown")

    said(page, f"Moved after rule {found.rules[4]}")
    expect(page.locator("#not-stored")).to_be_hidden()
    assert lost == [303]
    assert order()[:6] == [0, 1, 2, 4, 3, 5]
    assert len(steps(page)) == 1


def test_a_row_is_moved_from_where_another_window_has_put_it(
    page, rows, found, order, watch
):
    watch.expect("status of 412")
    other = page.context.new_page()
    other.goto(page.url)
    comment(other.locator("table.rows tbody tr").nth(3)).focus()
    other.keyboard.press("Alt+ArrowDown")
    said(other, "Moved after")

    comment(rows.nth(3)).focus()
    page.keyboard.press("Alt+ArrowDown")

    said(page, f"Moved after rule {found.rules[5]}")
    assert order()[:7] == [0, 1, 2, 4, 5, 3, 6]


# --- over the edge of a page ---


def test_a_row_goes_over_the_end_of_its_page_and_back(page, many):
    moved = comment(at(page, many[49]))
    page.locator("table.rows tbody").nth(1).wait_for()
    moved.focus()

    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowDown")
    said(page, f"Moved after rule {many[51]}")
    expect(moved).to_be_focused()
    assert _ids(page)[48:53] == [many[index] for index in (48, 50, 51, 49, 52)]

    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Alt+ArrowUp")
    said(page, f"Moved after rule {many[48]}")
    expect(moved).to_be_focused()
    assert _ids(page) == many


def test_a_row_goes_over_the_beginning_of_what_is_shown(page, many):
    first = _go_around(page, many, 55)
    moved = comment(at(page, many[first]))
    moved.focus()

    page.keyboard.press("Alt+ArrowUp")

    said(page, f"Moved after rule {many[first - 2]}")
    expect(moved).to_be_focused()


def test_before_the_first_row_shown_stand_those_of_the_page_before(page, many):
    first = _go_around(page, many, 55)

    drag(page, at(page, many[50]), at(page, many[first]), below=False)

    said(page, f"Moved after rule {many[first - 1]}")
    expect(page.locator("table.rows tbody tr").first).to_have_id(f"row-{many[50]}")


def _ids(page):
    return page.locator("table.rows tbody tr").evaluate_all(
        "rows => rows.map((row) => Number(row.id.slice(4)))"
    )


def _go_around(page, many, index):
    """Show a rule in the middle of its page; return which is the first one there."""
    page.goto(f"{page.url}&around={many[index]}")
    first = many.index(_ids(page)[0])
    assert first > 1
    return first


def test_among_rows_that_were_looked_for_one_moves_after_the_next_found(page, many):
    page.get_by_role("searchbox").fill("rule 1")
    page.keyboard.press("Enter")
    expect(page.locator("table.rows tbody tr")).to_have_count(11)
    comment(at(page, many[1])).focus()

    page.keyboard.press("Alt+ArrowDown")

    said(page, f"Moved after rule {many[10]}")
    expect(comment(at(page, many[1]))).to_be_focused()


# --- by dragging ---


def test_a_row_is_dragged_to_another_place(page, rows, found, order):
    drag(page, rows.nth(2), rows.nth(6))

    said(page, f"Moved after rule {found.rules[6]}")
    assert order()[:8] == [0, 1, 3, 4, 5, 6, 2, 7]
    drag(page, rows.nth(6), rows.nth(0), below=False)
    said(page, "Moved to the first place")
    assert order()[:3] == [2, 0, 1]
    assert steps(page)[0].endswith("to the first place")
    assert f"after rule {found.rules[6]}" in steps(page)[1]
    page.reload()
    assert order()[:3] == [2, 0, 1]


def test_a_line_shows_where_it_would_land_and_escape_leaves_all_as_it_was(
    page, rows, found
):
    handle(rows.nth(2)).hover()
    page.mouse.down()
    box = rows.nth(6).bounding_box()
    page.mouse.move(500, box["y"] + box["height"] - 5)  # takes it up
    page.mouse.move(500, box["y"] + box["height"] - 6)
    expect(rows.nth(6)).to_have_class(re.compile("lands-after"))
    page.mouse.move(500, box["y"] + 6)
    expect(rows.nth(5)).to_have_class(re.compile("lands-after"))
    expect(page.locator(".lands-after, .lands-before")).to_have_count(1)

    page.keyboard.press("Escape")
    page.mouse.up()

    expect(page.locator(".lands-after, .lands-before, .dragged")).to_have_count(0)
    page.reload()
    assert steps(page) == []


@pytest.mark.parametrize(("target", "below"), [(1, True), (2, True), (3, False)])
def test_a_row_that_is_dropped_at_its_own_place_sends_nothing(
    page, rows, target, below
):
    sent = []
    page.on("request", lambda one: sent.append(one.method))

    drag(page, rows.nth(2), rows.nth(target), below)

    page.reload()
    assert "POST" not in sent
    assert steps(page) == []


def test_a_row_is_dragged_to_another_chain(page, rows, found, order):
    chain = page.locator(".tree a.row[data-id]").filter(has_text="ssh-guard")

    handle(rows.nth(2)).drag_to(chain)

    said(page, "Moved to the last place in chain ssh-guard")
    expect(rows).to_have_count(13)
    assert "to chain ssh-guard, to the last place" in steps(page)[0]
    chain.click()
    expect(rows.last).to_have_id(f"row-{found.rules[2]}")


def test_a_row_without_order_is_dragged_to_another_parent_only(
    office_site, new_context
):
    with office_site.writing() as dbsession:
        edit = office.drafts.open(dbsession, office.Office, (1,), owner="ann")
        draft = f"{PREFIX}/drafts/{edit.info.key}"
    page = new_context(office_site, "ann").new_page()
    page.goto(f"{draft}?part=desk&parent=1,1")
    rows = page.locator("table.rows tbody tr")
    assert "another row of the tree" in handle(rows.nth(0)).get_attribute("title")

    drag(page, rows.nth(0), rows.nth(1))
    rows.nth(0).locator("td").first.press("Alt+ArrowDown")
    assert steps(page) == []
    room = page.locator(".tree a.row[data-id]").filter(has_text="attic")
    handle(rows.nth(0)).drag_to(room)

    said(page, "Moved to room 1, 2 “attic”")
    expect(rows).to_have_count(1)
    assert steps(page) == ["Move desk 1, 1 “desk 1” to room 1, 2 “attic”"]
    room.click()
    expect(rows).to_have_id("row-1,1")


def test_rows_that_are_ticked_are_dragged_together_in_one_step(
    page, rows, found, order
):
    for index in (1, 2, 5):
        rows.nth(index).get_by_role("checkbox").check()

    drag(page, rows.nth(2), rows.nth(8))

    said(page, f"Moved after rule {found.rules[8]}")
    assert order()[:10] == [0, 3, 4, 6, 7, 8, 1, 2, 5, 9]
    assert len(steps(page)) == 1
    page.locator("[data-undo]").click()
    expect(page.locator("[data-undo]")).to_be_disabled()
    assert order() == list(range(14))


def test_a_row_that_is_not_ticked_is_dragged_alone(page, rows, found, order):
    rows.nth(1).get_by_role("checkbox").check()

    drag(page, rows.nth(2), rows.nth(4))

    said(page, f"Moved after rule {found.rules[4]}")
    assert order()[:6] == [0, 1, 3, 4, 2, 5]


# --- where there is none ---


def test_nothing_is_dragged_in_a_closed_draft(page, site, found):
    page.goto(f"/drafts/{found.mine}?part=rule&parent={found.chain}")
    page.locator(".leave summary").click()
    page.locator("#cancel button").click()
    page.wait_for_url("**/drafts")

    page.goto(f"/drafts/{found.mine}?part=rule&parent={found.chain}")

    expect(page.locator("table.rows tbody tr")).to_have_count(14)
    expect(page.locator("[data-handle], [data-moves], .tree [data-id]")).to_have_count(
        0
    )


def test_rows_without_an_order_are_not_moved(page, rows):
    page.locator(".crumbs").get_by_role("link").first.click()
    expect(page.locator("[data-moves], [data-handle]")).to_have_count(0)
    page.locator("table.rows tbody th").first.focus()

    page.keyboard.press("Alt+ArrowDown")

    page.reload()
    assert steps(page) == []
