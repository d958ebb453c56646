"""The journal: undo and redo are exact, in any number, and edits forget the rest."""

import pytest
import sqlalchemy as sa

from draftedit import Batch, Delete, Insert, Move, Set
from draftedit.engine.base.errors import (
    NotOpen,
    NotThatMany,
    Refused,
    StaleVersion,
    Unknown,
)
from draftedit.engine.journal.journal import BrokenJournal
from draftedit.engine.store.draft_records import BIGGEST_KEY
from draftedit.engine.values.codecs import canonical
from draftedit.service.draft_export import export
from tests.hosts.selling import everything, products
from tests.hosts.shop import Line, Order, drafts


@pytest.fixture
def five(edit, goods):
    """Do five operations; return the states before and after each."""
    tea, coffee, milk = goods.lines
    states = [everything(edit)]
    for operation in (
        Set("line", tea, product="x"),
        Insert("line", {"product": "jam"}, after=tea),
        Delete("line", coffee),
        Move("line", milk, after=None),
        Batch((Set("line", -1, amount=9), Delete("line", tea)), label="two"),
    ):
        edit.apply(operation)
        states.append(everything(edit))
    return states


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_undo_n_redo_n_is_the_identity(edit, five, count):
    for _ in range(2):
        moved = edit.undo(count)
        assert len(moved.operations) == count
        assert (moved.undo, moved.redo) == (5 - count, count)
        assert everything(edit) == five[5 - count]
        edit.redo(count)
        assert everything(edit) == five[5]


def test_undo_goes_to_any_point(edit, five):
    for to in (3, 0):
        edit.undo(to=to)
        assert everything(edit) == five[to]
    for to in (2, 5):
        edit.redo(to=to)
        assert everything(edit) == five[to]


@pytest.mark.parametrize(
    ("verb", "count", "to"),
    [
        ("undo", 6, None),
        ("undo", 0, None),
        ("undo", -1, None),
        ("undo", 1, 5),
        ("undo", 1, 6),
        ("undo", 1, -1),
        ("redo", 1, None),
        ("redo", 1, 5),
        ("redo", 1, 6),
        ("redo", 1, 4),
    ],
)
def test_more_than_there_is_changes_nothing(edit, five, verb, count, to):
    with pytest.raises(NotThatMany):
        getattr(edit, verb)(count, to)
    assert everything(edit) == five[5]
    assert edit.info.version == 6


def test_a_new_edit_forgets_what_could_be_redone(edit, five, goods):
    edit.undo(3)
    edit.apply(Set("line", goods.lines[2], product="z"))
    assert (edit.info.undo, edit.info.redo) == (3, 0)
    assert [entry.sequence for entry in edit.journal().items] == [1, 2, 3]
    edit.undo(3)
    assert everything(edit) == five[0]
    assert edit.changes() == []


def test_an_edit_without_effect_forgets_nothing(edit, five, goods):
    edit.undo()
    edit.apply(Set("line", goods.lines[0], product="x"))
    assert edit.info.redo == 1


def test_an_undone_insert_keeps_its_identity(edit):
    key = edit.apply(Insert("line", {"product": "jam"})).operation.key
    edit.apply(Set("line", key, amount=7))
    edit.undo(2)
    edit.redo(2)
    assert edit.row("line", key).values["amount"] == 7


def test_the_journal_lists_what_is_done_and_what_was_undone(edit, five):
    edit.undo(2)
    listing = edit.journal()
    assert [(entry.sequence, entry.done) for entry in listing.items] == [
        (1, True),
        (2, True),
        (3, True),
        (4, False),
        (5, False),
    ]
    assert [entry.label for entry in listing.items] == [None] * 4 + ["two"]
    assert listing.items[0].operation["op"] == "set"
    assert listing.items[0].inverse["values"] == {"product": "tea"}
    assert listing.items[0].at.utcoffset().total_seconds() == 0


def test_each_step_is_kept_with_its_kind_and_table(edit, five, dbsession):
    journal = drafts.tables.operation.c
    wanted = sa.select(journal.kind, journal.table_name).order_by(journal.sequence)
    kinds = ("set", "insert", "delete", "move")
    assert dbsession.execute(wanted).all() == [
        *((kind, "line") for kind in kinds),
        ("batch", None),
    ]


@pytest.mark.parametrize("newest_first", [False, True])
def test_the_journal_is_read_page_by_page(edit, five, newest_first):
    found, after = [], None
    while True:
        page = edit.journal(after=after, limit=2, newest_first=newest_first)
        found += [entry.sequence for entry in page.items]
        after = page.next
        if after is None:
            break
    assert found == sorted(range(1, 6), reverse=newest_first)


def test_each_change_raises_the_version_by_one(edit, five):
    assert edit.info.version == 6
    edit.undo(3)
    assert edit.info.version == 7
    edit.expect(7)
    with pytest.raises(StaleVersion) as stale:
        edit.expect(6)
    assert (stale.value.seen, stale.value.current) == (6, 7)


@pytest.mark.parametrize("end", ["cancel", "save"])
def test_a_closed_draft_can_only_be_read(edit, five, goods, end):
    getattr(edit, end)()
    for verb in (
        lambda: edit.apply(Set("line", goods.lines[0], product="z")),
        edit.undo,
        edit.redo,
        edit.save,
        edit.cancel,
    ):
        with pytest.raises(NotOpen):
            verb()
    again = drafts.resume(edit.dbsession, edit.info.key, owner="ada")
    assert again.info.state == {"cancel": "cancelled", "save": "saved"}[end]
    assert len(again.journal().items) == 5
    assert again.info.closed_because == "user"
    assert products(again)


def test_undo_needs_no_live_row_above_what_it_touches(edit, dbsession, goods):
    link = (goods.lines[0], "gift")
    edit.apply(Delete("line_label", link))
    edit.apply(Set("line", goods.lines[1], product="x"))
    dbsession.execute(sa.text("DELETE FROM line_label"))
    dbsession.execute(sa.delete(Line))
    again = drafts.resume(dbsession, edit.info.key, owner="ada")
    again.undo(2)
    again.redo(2)
    assert [change.table for change in again.changes()] == ["line", "line_label"]
    assert export(again)["journal"]


@pytest.mark.parametrize("column", ["inverse", "again"])
def test_an_inverse_that_cannot_be_applied_changes_nothing(
    edit, five, dbsession, column
):
    verb = edit.undo
    if column == "again":
        edit.undo(5)
        verb = edit.redo
    broken = '{"op":"delete","table":"line","id":[0]}'
    idle = canonical({"op": "restore", "table": "purchase", "id": edit.root})
    for text, message in ((broken, "There is no line"), (idle, "changes nothing")):
        operation = drafts.tables.operation
        dbsession.execute(
            sa.update(operation).where(operation.c.sequence == 3).values({column: text})
        )
        before = everything(edit), edit.info
        with pytest.raises(BrokenJournal, match=f"Entry 3 .*{message}") as refusal:
            verb(5)
        assert isinstance(refusal.value, Refused)
        assert (everything(edit), edit.info) == before
        again = drafts.resume(dbsession, edit.info.key, owner="ada")
        assert everything(again) == before[0]


def test_a_draft_is_taken_up_by_its_owner_only(edit, dbsession):
    key = edit.info.key
    assert drafts.resume(dbsession, str(key), owner="ada", lock=True).info == edit.info
    assert drafts.resume(dbsession, key, owner=None).info == edit.info
    for wrong, owner in ((key, "bob"), (key + 1, "ada"), ("x", "ada"), (2**63, None)):
        with pytest.raises(Unknown):
            drafts.resume(dbsession, wrong, owner=owner)


# MariaDB does not take its counter back with a transaction: it would be used up for the
# tests that share the database.
@pytest.mark.only_on("sqlite", "postgresql")
def test_a_draft_key_of_19_digits_opens_and_a_larger_one_is_nobodys(edit, dbsession):
    draft = drafts.tables.draft
    whole = {**dbsession.execute(sa.select(draft)).mappings().one(), "key": BIGGEST_KEY}
    dbsession.execute(sa.insert(draft).values(whole))
    place = drafts.tables.draft_object
    its = {**dbsession.execute(sa.select(place)).mappings().one(), "draft": BIGGEST_KEY}
    dbsession.execute(sa.insert(place).values(its))
    assert drafts.resume(dbsession, str(BIGGEST_KEY), owner="ada").key == BIGGEST_KEY
    for wrong in (str(BIGGEST_KEY + 1), "9" * 19, "9" * 20, "0", "-1", "01", "١"):
        with pytest.raises(Unknown):
            drafts.resume(dbsession, wrong, owner="ada")


def test_my_drafts_are_listed_newest_first(edit, dbsession, goods):
    second = drafts.open(dbsession, Order, goods.second, owner="ada")
    second.cancel()
    drafts.open(dbsession, Order, goods.second, owner="bob")
    mine = drafts.mine(dbsession, "ada")
    assert [one.key for one in mine.items] == [second.info.key, edit.info.key]
    assert [one.key for one in drafts.mine(dbsession, "ada", "open").items] == [
        edit.info.key
    ]
    page = drafts.mine(dbsession, "ada", limit=1)
    rest = drafts.mine(dbsession, "ada", limit=1, after=page.next)
    assert [one.key for one in rest.items] == [edit.info.key]
    assert rest.next is None


def test_what_a_draft_can_be_told_of(edit, goods):
    info = edit.info
    assert (info.target, info.root, info.label) == (
        "purchase",
        (str(goods.first),),
        "A1",
    )
    assert (info.base, info.behind, info.version, info.state) == (0, 0, 1, "open")
    assert (info.undo, info.redo, info.revision, info.closed_at) == (0, 0, None, None)
