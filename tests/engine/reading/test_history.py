"""Any revision can be read, two compared, and each value has an author."""

import pytest

from draftedit import Delete, Insert, Move, Set
from draftedit.engine.base.errors import Unknown
from draftedit.engine.reading.change import MISSING
from draftedit.service.objects import Objects
from tests.hosts import shop
from tests.hosts.shop import drafts


class Saver:
    """Saves one revision after the other, as one person."""

    def __init__(self, dbsession, key, owner="ada"):
        self.dbsession = dbsession
        self.key = key
        self.owner = owner

    def __call__(self, *operations):
        edit = drafts.open(self.dbsession, shop.Order, self.key, owner=self.owner)
        for operation in operations:
            edit.apply(operation)
        return edit.save()


@pytest.fixture
def save(dbsession, goods):
    return Saver(dbsession, goods.first)


@pytest.fixture
def path(goods):
    return ("purchase", [str(goods.first)])


def read(dbsession, path, revision=None):
    return {
        table: [
            (row.key, row.values)
            for row in Objects(drafts, dbsession)
            .page(*path, table, revision=revision)
            .rows
        ]
        for table in ("purchase", "line", "note", "line_label")
    }


def test_every_old_revision_reads_as_a_reader_saw_it_then(dbsession, goods, path, save):
    first, second, third = goods.lines
    seen = {0: read(dbsession, path)}
    for number, operations in enumerate(
        (
            [Set("line", first, product="oat"), Insert("line", {"product": "rye"})],
            [Delete("line", second), Move("line", third, after=None)],
            [Set("purchase", goods.first, number="C3"), Insert("note", {"topic": "x"})],
            [Set("line", first, product="tea"), Delete("note", [goods.first, "x"])],
        ),
        start=1,
    ):
        save(*operations)
        seen[number] = read(dbsession, path)

    assert {n: read(dbsession, path, n) for n in seen} == seen
    assert seen[4] == read(dbsession, path)


def test_the_object_says_which_revision_it_is_read_at(dbsession, goods, path, save):
    save(Set("purchase", goods.first, number="C3"))

    then = Objects(drafts, dbsession).find(*path, revision=0)
    now = Objects(drafts, dbsession).find(*path)

    assert (then.revision, then.label) == (0, "A1")
    assert (now.revision, now.label) == (1, "C3")


def test_a_deleted_object_can_still_be_read_as_it_was(dbsession, goods, path, save):
    before = read(dbsession, path)
    save(Delete("purchase", goods.first))

    assert read(dbsession, path, 0) == before
    assert Objects(drafts, dbsession).find(*path, revision=0).label == "A1"
    with pytest.raises(Unknown):
        Objects(drafts, dbsession).find(*path, revision=1)


@pytest.mark.parametrize("revision", [-1, 1, 10**9])
def test_a_revision_that_never_was_is_unknown(dbsession, path, revision):
    with pytest.raises(Unknown):
        Objects(drafts, dbsession).find(*path, revision=revision)
    with pytest.raises(Unknown):
        Objects(drafts, dbsession).changes_between(*path, newer=revision)


def test_two_revisions_are_compared_field_by_field(dbsession, goods, path, save):
    first, second, _ = goods.lines
    saved = save(
        Set("line", first, product="oat"),
        Delete("line", second),
        Insert("line", {"product": "rye"}),
    )
    (new,) = saved.ids["line"].values()

    changes = Objects(drafts, dbsession).changes_between(*path, newer=1)

    assert {(c.kind, c.key) for c in changes} == {
        ("changed", (first,)),
        ("gone", (second,)),
        ("new", new),
    }
    assert next(c for c in changes if c.kind == "changed").fields == {
        "product": ("tea", "oat")
    }
    inserted = next(c for c in changes if c.kind == "new").fields
    assert inserted["product"] == (MISSING, "rye")


def test_what_was_taken_back_in_between_is_no_change(dbsession, goods, path, save):
    first = goods.lines[0]
    saved = save(Set("line", first, product="oat"), Insert("line", {"product": "rye"}))
    (new,) = saved.ids["line"].values()
    save(Set("line", first, product="tea"), Delete("line", new))

    assert Objects(drafts, dbsession).changes_between(*path, newer=2, older=0) == []
    assert Objects(drafts, dbsession).changes_between(*path, newer=2) != []


def test_a_comparison_can_look_back(dbsession, goods, path, save):
    first = goods.lines[0]
    save(Set("line", first, product="oat"))

    (change,) = Objects(drafts, dbsession).changes_between(*path, newer=0, older=1)

    assert change.fields == {"product": ("oat", "tea")}


def test_each_value_has_an_author_and_a_time(dbsession, goods, path, save):
    first = goods.lines[0]
    save(Set("line", first, product="oat"))
    Saver(dbsession, goods.first, "bob")(Set("line", first, amount=9))
    Saver(dbsession, goods.first, "cy")(Set("line", goods.lines[1], amount=5))

    found = Objects(drafts, dbsession).authorship(*path, "line", [first])

    assert {name: (by.revision, by.saved_by) for name, by in found.items()} == {
        "product": (1, "ada"),
        "amount": (2, "bob"),
    }
    assert all(by.saved_at.tzinfo for by in found.values())


def test_a_row_that_a_revision_inserted_is_its_authors_altogether(
    dbsession, goods, path, save
):
    (new,) = save(Insert("line", {"product": "rye"})).ids["line"].values()
    Saver(dbsession, goods.first, "bob")(Set("line", new, amount=9))

    found = Objects(drafts, dbsession).authorship(*path, "line", new)

    authors = {name: by.saved_by for name, by in found.items()}
    assert authors.pop("amount") == "bob"
    assert set(authors.values()) == {"ada"}
    assert set(authors) == {"id", "order_id", "place", "product"}
