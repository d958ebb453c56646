"""What a revert refuses, what it leaves alone, and whose keys it may take."""

import pytest
import sqlalchemy as sa

from draftedit import Delete, Insert, Move, Set
from draftedit.engine.base.errors import Conflicts, Refused, Unknown
from draftedit.service.objects import Objects
from tests.hosts import shop
from tests.hosts.selling import products
from tests.hosts.shop import Label, Line, Order, drafts


@pytest.fixture
def save(dbsession, goods):
    """Return `save(*operations)`: one more revision of the first order."""

    def save(*operations):
        edit = drafts.open(dbsession, Order, goods.first, owner="bob")
        for operation in operations:
            edit.apply(operation)
        return edit.save()

    return save


@pytest.fixture
def revert(dbsession, goods):
    """Return `revert(revision)`: a draft of Ada's."""

    def revert(revision, key=None):
        key = key or goods.first
        return drafts.open(dbsession, Order, key, owner="ada", revert_to=revision)

    return revert


@pytest.mark.parametrize("revision", [-1, 2, 10**9])
def test_a_revision_that_never_was_is_unknown(save, revert, goods, revision):
    save(Set("line", goods.lines[0], product="oat"))
    with pytest.raises(Unknown, match="revision"):
        revert(revision)


def test_where_nothing_differs_there_is_nothing_to_revert(save, revert, goods):
    first = goods.lines[0]
    save(Set("line", first, product="oat"))
    save(Set("line", first, product="tea"))
    for revision in (2, 0):
        with pytest.raises(Refused, match="Nothing differs"):
            revert(revision)


def test_an_object_that_never_was_cannot_be_reverted(revert):
    with pytest.raises(Refused):
        revert(0, "00000000-0000-4000-8000-000000000000")


def test_rows_move_back_to_the_place_they_had(save, revert, goods):
    tea, coffee, milk = goods.lines
    save(Move("line", milk, after=None), Delete("line", coffee))
    save(Move("line", tea, after=None), Insert("line", {"product": "jam"}))

    edit = revert(0)

    assert products(edit) == ["tea", "coffee", "milk"]
    (entry,) = edit.journal().items
    moves = {
        one["id"][0]: one["after"]
        for one in entry.operation["operations"]
        if one["op"] == "move"
    }
    # Order by the wish: the row that it stood behind then.
    assert moves == {tea: None, milk: [coffee]}


def test_a_key_that_another_object_has_now_is_refused_by_name(
    save, revert, goods, dbsession
):
    first = goods.lines[0]
    save(Delete("line", first))
    taken = {"id": first, "order_id": goods.second, "place": "V00000"}
    dbsession.execute(sa.insert(Line.__table__), taken)

    with pytest.raises(Refused, match="in use elsewhere") as caught:
        revert(0)

    assert [(p.table, p.key) for p in caught.value.problems] == [("line", (first,))]
    changes = Objects(drafts, dbsession).changes_between(
        "purchase", [str(goods.first)], newer=1
    )
    assert ("line", (first,), "gone") in [(c.table, c.key, c.kind) for c in changes]


def test_a_reference_to_what_is_gone_outside_is_told_when_it_is_saved(
    save, revert, goods, dbsession
):
    save(Delete("line_label", (goods.lines[0], "gift")))
    dbsession.execute(sa.delete(Label).where(Label.code == "gift"))

    edit = revert(0)

    with pytest.raises(Conflicts) as caught:
        edit.save()
    (conflict,) = caught.value.conflicts
    assert (conflict.table, conflict.kind) == ("line_label", "link")


def test_a_row_that_came_back_can_come_back_again(save, revert, goods):
    save(Delete("line", goods.lines[0]))
    revert(0).save()
    revert(1).save()

    edit = revert(0)

    assert products(edit) == ["tea", "coffee", "milk"]
    assert edit.save().revision == 4


class TestOfAnObjectThatADraftHasMade:
    @pytest.fixture
    def made(self, dbsession):
        edit = drafts.open(dbsession, Order, owner="ada")
        edit.apply(Set("purchase", edit.root, number="N1"))
        edit.apply(Insert("line", {"product": "tea"}))
        edit.apply(Insert("note", {"topic": "x"}))
        return edit.save().key[0]

    def test_it_was_not_there_before(self, made, dbsession):
        live = Objects(drafts, dbsession)
        where = ("purchase", [made])
        with pytest.raises(Unknown):
            live.find(*where, revision=0)
        with pytest.raises(Unknown):
            live.page(*where, "line", revision=0)
        assert len(live.page(*where, "line", revision=1).rows) == 1

    def test_its_first_revision_has_made_every_row(self, made, dbsession, monkeypatch):
        monkeypatch.setattr("draftedit.engine.reading.history.CHUNK", 1)
        edit = drafts.open(dbsession, Order, made, owner="bob")
        edit.apply(Insert("line", {"product": "jam"}))
        edit.save()
        changes = Objects(drafts, dbsession).changes_between(
            "purchase", [made], newer=2, older=0
        )
        assert [(c.table, c.kind) for c in changes] == [
            ("purchase", "new"),
            ("line", "new"),
            ("line", "new"),
            ("note", "new"),
        ]

    def test_every_value_has_its_first_author(self, made, dbsession):
        (line,) = Objects(drafts, dbsession).page("purchase", [made], "line").rows
        edit = drafts.open(dbsession, Order, made, owner="bob")
        edit.apply(Set("line", line.key, amount=5))
        edit.apply(Set("purchase", made, number="N2"))
        edit.save()

        found = Objects(drafts, dbsession).authorship(
            "purchase", [made], "line", line.key
        )

        authors = {name: (by.revision, by.saved_by) for name, by in found.items()}
        assert authors.pop("amount") == (2, "bob")
        assert set(authors) == {"id", "order_id", "place", "product"}
        assert set(authors.values()) == {(1, "ada")}

    def test_reverted_to_nothing_it_is_deleted(self, made, dbsession, revert):
        edit = revert(0, made)
        assert [(c.table, c.kind) for c in edit.changes()] == [("purchase", "gone")]
        edit.save()
        with pytest.raises(Unknown):
            Objects(drafts, dbsession).find("purchase", [made])
        assert revert(1, made).save().revision == 3


def test_notes_that_differ_in_case_alone_are_told_as_the_database_sees_them(
    save, goods, dbsession
):
    save(Delete("note", (goods.first, "door")))
    save(Insert("note", {"topic": "DOOR"}))

    live = Objects(drafts, dbsession)
    path = ("purchase", [str(goods.first)])
    found = live.changes_between(*path, newer=2, older=0)

    kinds = {change.kind for change in found if change.table == "note"}
    one_row = dbsession.get_bind().dialect.name in ("mariadb", "mysql")
    assert kinds == ({"changed"} if one_row else {"gone", "new"})


def test_a_key_reused_for_another_object_tells_nothing_of_it(save, goods, dbsession):
    assert shop.drafts is drafts
    first = goods.lines[0]
    save(Delete("line", first))
    taken = {"id": first, "order_id": goods.second, "place": "V00000"}
    dbsession.execute(sa.insert(Line.__table__), {**taken, "product": "secret"})

    live = Objects(drafts, dbsession)
    path = ("purchase", [str(goods.first)])
    found = live.changes_between(*path, newer=1)

    assert "secret" not in repr(found)


def test_what_others_save_meanwhile_comes_in_and_the_row_comes_back(
    save, revert, goods, dbsession
):
    first, second, _ = goods.lines
    save(Delete("line", first), Move("line", second))
    edit = revert(0)
    save(Set("note", (goods.first, "door"), text="knock"))

    saved = edit.save()

    assert (saved.merged, saved.ids) == ([2], {})
    now = drafts.open(dbsession, Order, goods.first, owner="cy")
    assert products(now) == ["tea", "coffee", "milk"]
    assert now.row("note", (goods.first, "door")).values["text"] == "knock"


def test_it_can_still_be_undone_on_a_newer_base(save, revert, goods):
    save(Delete("line", goods.lines[0]))
    edit = revert(0)
    save(Set("note", (goods.first, "door"), text="knock"))
    edit.rebase()
    assert products(edit) == ["tea", "coffee", "milk"]
    edit.undo()
    assert edit.changes() == []
    edit.redo()
    assert products(edit) == ["tea", "coffee", "milk"]
