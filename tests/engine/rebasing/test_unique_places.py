"""Places that the database keeps apart: two people's rows may get the same by chance.

A depot's crates have a unique constraint on parent and place.
"""

import pytest

from draftedit import Delete, Insert, Move, Set
from draftedit.engine.rebasing import Resolution
from draftedit.engine.values.order_key import spread
from tests.hosts import depot


@pytest.fixture(scope="session")
def database(fresh_database):
    return fresh_database(depot.Base.metadata, depot.drafts.metadata)


@pytest.fixture
def open_draft(dbsession):
    """Return `open_draft(owner, *operations)`, on a depot with crates a, b and c."""
    home = depot.Depot(name="home")
    home.crates = [
        depot.Crate(label=label, place=place)
        for label, place in zip("abc", spread(3), strict=True)
    ]
    dbsession.add(home)
    dbsession.commit()

    def opened(owner, *operations):
        edit = depot.drafts.open(dbsession, "depot", (home.id,), owner=owner)
        for operation in operations:
            edit.apply(operation)
        return edit

    return opened


@pytest.fixture
def crates(open_draft):
    """Return the keys of the crates by their labels."""
    rows = open_draft("reader").page("crate").rows
    return {row.values["label"]: row.key for row in rows}


def again(edit):
    return depot.drafts.resume(edit.dbsession, edit.info.key, owner=None)


def labels(edit):
    return [row.values["label"] for row in edit.page("crate").rows]


def inserted(label, after):
    return Insert("crate", {"label": label}, after=after)


def test_rows_that_two_people_put_at_the_same_place_are_no_conflict(open_draft, crates):
    mine = open_draft("ada", inserted("mine", crates["a"]))
    open_draft("bob", inserted("theirs", crates["a"])).save()

    mine = again(mine)

    assert mine.conflicts() == []
    mine.rebase()
    mine.save()
    assert sorted(labels(open_draft("cy"))) == ["a", "b", "c", "mine", "theirs"]


def test_rows_that_two_people_move_to_the_same_place_are_no_conflict(
    open_draft, crates
):
    mine = open_draft("ada", Move("crate", crates["c"], after=None))
    open_draft("bob", Move("crate", crates["b"], after=None)).save()

    mine = again(mine)
    mine.rebase()
    mine.save()

    assert labels(open_draft("cy")) == ["c", "b", "a"]


@pytest.mark.parametrize("take", ["draft", "live"])
def test_a_row_comes_back_beside_one_that_has_its_place_now(open_draft, crates, take):
    mine = open_draft("ada", Set("crate", crates["b"], text="kept"))
    # Between the same two, as the one that is deleted.
    open_draft(
        "bob", Delete("crate", crates["b"]), inserted("theirs", crates["a"])
    ).save()

    mine = again(mine)
    mine.rebase([Resolution(take)])

    if take == "draft":
        mine.save()
    found = labels(open_draft("cy"))
    assert sorted(found) == sorted(["a", "theirs", "c", *["b"] * (take == "draft")])
