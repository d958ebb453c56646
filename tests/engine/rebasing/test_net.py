"""Rebase where rows of an object need one another, and objects have names for keys."""

import pytest
from sqlalchemy.orm import Session

from draftedit import Delete, Insert, Set
from draftedit.engine.base.errors import Conflicts, Refused
from draftedit.engine.rebasing import Resolution
from draftedit.service.objects import Objects
from tests.hosts import net
from tests.hosts.net import Net, Node, Port


@pytest.fixture(scope="session")
def database(fresh_database):
    return fresh_database(net.Base.metadata, net.drafts.metadata)


@pytest.fixture
def nodes(dbsession: Session):
    """Three nodes of the net "home", by name."""
    home = Net(name="home", nodes=[Node(name=name) for name in "abc"])
    dbsession.add(home)
    dbsession.flush()
    found = {node.name: (node.id,) for node in home.nodes}
    home.nodes[0].ports = [Port(number=1, to_id=found["b"][0])]
    dbsession.commit()
    return found


@pytest.fixture
def open_draft(dbsession, nodes):
    def open_draft(owner, *operations, key="home"):
        edit = net.drafts.open(dbsession, Net, key, owner=owner)
        for one in operations:
            edit.apply(one)
        return edit

    return open_draft


def again(edit):
    return net.drafts.resume(edit.dbsession, edit.info.key, owner=None)


def conflicts(edit):
    with pytest.raises(Conflicts) as refused:
        edit.save()
    return [(c.table, c.key, c.field, c.kind) for c in refused.value.conflicts]


def keys(edit, table):
    return [row.key for row in edit.page(table, limit=500).rows]


@pytest.mark.parametrize(
    ("take", "there", "linked"),
    [("live", "abc", True), ("draft", "ac", False), ("base", "ac", False)],
)
def test_a_link_of_others_to_what_is_deleted_here(
    open_draft, nodes, take, there, linked
):
    mine = open_draft("ada", Delete("node", nodes["b"]))
    mine.apply(Set("port", (*nodes["a"], 1), to_id=nodes["c"][0]))
    link = Insert("peer", {"other_id": nodes["b"][0]}, nodes["c"])
    open_draft("bob", link).save()
    mine = again(mine)
    pair = (*nodes["c"], *nodes["b"])
    assert conflicts(mine) == [("peer", pair, None, "link")]

    mine.rebase([Resolution(take)])

    assert keys(mine, "node") == [nodes[name] for name in there]
    assert keys(mine, "peer") == ([pair] if linked else [])
    mine.save()


@pytest.mark.parametrize(("take", "there"), [("draft", "abc"), ("live", "ab")])
def test_a_link_made_here_to_what_others_delete(open_draft, nodes, take, there):
    link = Insert("peer", {"other_id": nodes["c"][0]}, nodes["a"])
    mine = open_draft("ada", link)
    open_draft("bob", Delete("node", nodes["c"])).save()
    mine = again(mine)
    pair = (*nodes["a"], *nodes["c"])
    assert conflicts(mine) == [("peer", pair, None, "link")]

    mine.rebase([Resolution(take)])

    assert keys(mine, "node") == [nodes[name] for name in there]
    assert keys(mine, "peer") == ([pair] if take == "draft" else [])
    if take == "draft":
        mine.save()


def test_a_row_that_cannot_be_without_what_it_refers_to_goes_with_it(open_draft, nodes):
    mine = open_draft(
        "ada",
        Set("port", (*nodes["a"], 1), to_id=nodes["a"][0]),
        Delete("node", nodes["c"]),
    )
    open_draft(
        "bob", Insert("port", {"number": 2, "to_id": nodes["c"][0]}, nodes["b"])
    ).save()
    mine = again(mine)
    assert conflicts(mine) == [("port", (*nodes["b"], 2), "to_id", "link")]

    mine.rebase([Resolution("draft")])

    assert keys(mine, "port") == [(*nodes["a"], 1)]
    mine.save()


def test_what_theirs_refers_to_comes_back_with_it(open_draft, nodes):
    port = (*nodes["a"], 1)
    mine = open_draft(
        "ada", Set("port", port, to_id=nodes["a"][0]), Delete("node", nodes["c"])
    )
    open_draft("bob", Set("port", port, to_id=nodes["c"][0])).save()
    mine = again(mine)
    mine.rebase([Resolution("live")])
    assert keys(mine, "node") == [nodes[name] for name in "abc"]
    assert mine.row("port", port).values["to_id"] == nodes["c"][0]


def test_rows_that_others_do_not_touch_stay_out_of_sight(open_draft, nodes, dbsession):
    """What hangs below a row that comes back, but was deleted here, stays deleted."""
    mine = open_draft("ada", Delete("port", (*nodes["a"], 1)))
    mine.apply(Set("node", nodes["a"], name="new"))
    open_draft("bob", Delete("node", nodes["a"])).save()
    mine = again(mine)
    mine.rebase([Resolution("draft")])
    assert keys(mine, "port") == []
    assert mine.row("node", nodes["a"]).values["name"] == "new"


def test_a_name_that_others_have_taken_is_given_up_with_the_row(open_draft, nodes):
    mine = open_draft("ada", Insert("node", {"name": "d"}, ["home"]))
    (*_, new) = keys(mine, "node")
    open_draft("bob", Insert("node", {"name": "d"}, ["home"])).save()
    mine = again(mine)
    (conflict,) = mine.conflicts()
    assert (conflict.kind, conflict.field, conflict.live_by) == (
        "unique",
        "name",
        "bob",
    )
    assert conflict.other not in (new, None)

    mine.rebase([Resolution("live")])

    assert mine.changes() == []


def test_a_row_with_rows_below_it_is_not_given_up_for_its_name(open_draft, nodes):
    mine = open_draft("ada", Insert("node", {"name": "d"}, ["home"]))
    (new,) = (row.key for row in mine.page("node").rows if row.state == "new")
    mine.apply(Insert("port", {"number": 1, "to_id": nodes["a"][0]}, new))
    open_draft("bob", Insert("node", {"name": "d"}, ["home"])).save()
    mine = again(mine)

    with pytest.raises(Refused, match="Rows hang below it"):
        mine.rebase([Resolution("live")])

    mine.rebase([Resolution("value", "node", new, "name", "e")])
    mine.save()


def test_an_object_that_a_revert_brought_back_is_the_same_to_other_drafts(
    open_draft, nodes, dbsession
):
    dbsession.add(Net(name="second"))
    dbsession.commit()
    mine = open_draft("ada", Set("net", "second", title="mine"), key="second")
    open_draft("bob", Delete("net", "second"), key="second").save()
    back = net.drafts.open(dbsession, Net, "second", owner="bob", revert_to=0)
    back.apply(Set("net", "second", title="theirs"))
    back.save()
    mine = again(mine)
    assert conflicts(mine) == [("net", ("second",), "title", "field")]

    mine.rebase([Resolution("draft")])
    mine.save()

    live = Objects(net.drafts, dbsession).find("net", ["second"])
    assert (live.row.values["title"], live.revision) == ("mine", 3)


def test_of_two_objects_of_one_name_the_second_is_a_conflict(
    open_draft, nodes, dbsession
):
    dbsession.add(Net(name="second"))
    dbsession.commit()
    mine = open_draft("ada", Set("net", "second", title="mine"), key="second")
    open_draft("bob", Delete("net", "second"), key="second").save()
    dbsession.add(Net(name="second"))
    dbsession.commit()
    mine = again(mine)
    assert conflicts(mine) == [("net", ("second",), None, "row")]

    with pytest.raises(Conflicts):
        mine.save()


def test_a_field_of_what_is_given_up_is_not_looked_at_again(open_draft, nodes):
    """Its parent has gone: the choice for the row below has nothing to act on."""
    mine = open_draft("ada", Delete("node", nodes["c"]))
    mine.apply(Set("port", (*nodes["a"], 1), to_id=nodes["a"][0]))
    theirs = open_draft("bob", Set("port", (*nodes["a"], 1), to_id=nodes["c"][0]))
    theirs.apply(Set("node", nodes["c"], name="z"))
    theirs.save()
    mine = again(mine)
    mine.rebase(
        [
            Resolution("draft", "node", nodes["c"]),
            Resolution("value", "port", (*nodes["a"], 1), "to_id", nodes["b"][0]),
        ]
    )
    assert keys(mine, "node") == [nodes["a"], nodes["b"]]
    assert mine.row("port", (*nodes["a"], 1)).values["to_id"] == nodes["b"][0]
