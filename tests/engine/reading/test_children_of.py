"""The rows below several parents come in one statement, as the draft has them."""

import pytest

from draftedit import Delete, Insert
from draftedit.service.objects import Objects
from tests.engine.explaining import Recorder
from tests.hosts import quirks, shop
from tests.hosts.selling import Shop


@pytest.fixture(scope="session")
def database(fresh_database):
    return fresh_database(
        shop.Base.metadata,
        shop.drafts.metadata,
        quirks.Base.metadata,
        quirks.drafts.metadata,
    )


@pytest.fixture
def selling(dbsession):
    return Shop(dbsession)


def codes(rows):
    return [
        (row.values["line_id"], row.values["label_code"], row.state) for row in rows
    ]


def test_links_of_several_rows_are_those_of_the_draft(dbsession, selling):
    edit = shop.drafts.open(dbsession, shop.Order, selling.first, owner="ada")
    tea, coffee, milk = selling.lines
    edit.apply(Insert("line_label", {"label_code": "urgent"}, parent=coffee))
    edit.apply(Delete("line_label", (tea, "gift")))

    found = edit.below("line_label", [(tea,), (coffee,), (milk,)])

    assert codes(found) == [(tea, "gift", "gone"), (coffee, "urgent", "new")]
    assert codes(edit.below("line_label", [(milk,)])) == []


def test_no_parents_have_nothing_below_and_ask_nothing(dbsession, selling):
    edit = shop.drafts.open(dbsession, shop.Order, selling.first, owner="ada")
    with Recorder(dbsession.connection()) as recorder:
        assert edit.below("line_label", []) == []
    assert recorder.statements == []


def test_live_links_are_read_in_the_same_way(dbsession, selling):
    found = Objects(shop.drafts, dbsession).below(
        "purchase",
        [selling.first],
        "line_label",
        [(line,) for line in selling.lines],
    )
    assert codes(found) == [(selling.lines[0], "gift", "same")]


def test_parents_may_have_keys_of_several_columns(dbsession):
    folders = [quirks.Folder(shelf="a", letter=letter) for letter in "xyz"]
    for folder in folders[:2]:
        folder.sheets = [quirks.Sheet(name=f"of {folder.letter}")]
    dbsession.add_all(folders)
    dbsession.commit()
    edit = quirks.drafts.open(dbsession, quirks.Folder, ("a", "x"), owner="ada")

    found = edit.below("sheet", [("a", "x"), ("a", "y"), ("a", "z")])

    assert [row.values["name"] for row in found] == ["of x", "of y"]
