"""A draft shows the object as of its base, whatever others save meanwhile."""

import pytest

from draftedit import Delete, Insert, Move, Set
from draftedit.service.objects import Objects
from tests.hosts import shop


def all_rows(edit):
    return {
        table: [(row.key, row.values, row.state) for row in every_page(edit, table)]
        for table in edit.target.tables
    }


def every_page(edit, table):
    after = None
    while True:
        page = edit.page(table, limit=2, after=after)
        yield from page.rows
        after = page.next
        if after is None:
            return


@pytest.fixture
def other(goods, dbsession):
    """Return Bob's draft on the object that Ada edits, too."""
    return shop.drafts.open(dbsession, shop.Order, goods.first, owner="bob")


def change_much(edit, goods):
    """Set, insert, delete, move and link, so that every branch has its part."""
    first, second, *_, last = goods.lines
    edit.apply(Set("line", first, product="changed"))
    edit.apply(Delete("line", second))
    edit.apply(Insert("line", {"product": "added"}, after=[first]))
    edit.apply(Move("line", last, after=None))
    edit.apply(Insert("note", {"topic": "added", "text": "…"}))


def resumed(dbsession, edit):
    return shop.drafts.resume(dbsession, edit.info.key, owner=None)


def test_a_draft_sees_nothing_of_what_others_save(edit, other, goods, dbsession):
    before = all_rows(other)
    change_much(edit, goods)

    edit.save()

    other = resumed(dbsession, other)
    assert all_rows(other) == before
    assert other.info.behind == 1


def test_the_oldest_replaced_state_is_the_base_after_several_saves(
    edit, other, goods, dbsession
):
    before = all_rows(other)
    change_much(edit, goods)
    edit.save()
    again = shop.drafts.open(dbsession, shop.Order, goods.first, owner="cy")
    again.apply(Set("line", goods.lines[0], product="changed once more"))

    again.save()

    assert all_rows(resumed(dbsession, other)) == before


def test_a_row_is_copied_as_the_base_has_it(edit, other, goods, dbsession):
    first = goods.lines[0]
    origin = other.row("line", [first]).values
    edit.apply(Set("line", first, product="changed"))
    edit.save()
    other = resumed(dbsession, other)

    other.apply(Set("line", first, amount=7))

    assert other.row("line", [first]).origin == origin


def test_rows_that_others_inserted_are_not_there(edit, other, goods, dbsession):
    edit.apply(Insert("line", {"product": "added"}))
    saved = edit.save()
    (real,) = saved.ids["line"].values()
    other = resumed(dbsession, other)

    assert real not in [row.key for row in every_page(other, "line")]


def test_a_saved_draft_reads_as_it_was_when_it_was_saved(edit, goods, dbsession):
    change_much(edit, goods)
    before = all_rows(edit)

    edit.save()

    assert all_rows(resumed(dbsession, edit)) == before


def test_save_on_a_base_that_has_moved_brings_in_what_others_saved(
    edit, other, goods, dbsession
):
    edit.apply(Set("line", goods.lines[0], product="changed"))
    edit.save()
    other = resumed(dbsession, other)
    other.apply(Set("line", goods.lines[1], product="mine"))

    saved = other.save()

    assert (saved.revision, saved.merged) == (2, [1])
    assert resumed(dbsession, other).info.state == "saved"
    live = [
        Objects(shop.drafts, dbsession).row("purchase", other.root, "line", key)
        for key in [[goods.lines[0]], [goods.lines[1]]]
    ]
    assert [row.values["product"] for row in live] == ["changed", "mine"]
