"""What a rebase asks of an operation: what it was for, without its results."""

from draftedit import Batch, Delete, Insert, Move, Restore, Set
from draftedit.engine.operations import LAST, Recreate, Rekey, Rewrite

MOVE = Move("item", (1,), (2,), (3,), place="V")
REKEY = Rekey("item", (((1,), "V"),))
SET = Set("item", (1,), nick="x")
INSERT = Insert("item", {"nick": "x", "size": 2}, (2,), LAST, key=(-1,), place="V")


def test_a_place_is_a_result_and_an_identity_stays():
    assert INSERT.intent() == Insert("item", INSERT.values, (2,), LAST, key=(-1,))
    assert MOVE.intent() == Move("item", (1,), (2,), (3,))
    assert SET.intent() is SET


def test_making_room_is_no_intent():
    assert REKEY.intent() is None
    assert Batch((REKEY, MOVE)).intent() == MOVE.intent()
    named = Batch((REKEY, MOVE), "named")
    assert named.intent() == Batch((MOVE.intent(),), "named")
    assert Batch((SET,)).intent() == Batch((SET,))
    assert Batch((SET, MOVE)).intent() == Batch((SET, MOVE.intent()))


def test_the_last_position_counts():
    later = Move("item", 1, (9,), None)
    assert Batch((MOVE, SET, REKEY, Batch((INSERT, later)))).positions() == {
        ("item", (1,)): None,
        ("item", (-1,)): LAST,
    }
    assert Insert("item", {}).positions() == {}


def test_each_names_the_rows_that_it_is_about():
    here = ("item", (1,))
    state = Rewrite("item", (1,), {"nick": "x"}, (), gone=False, restores=None)
    for one in (SET, MOVE, Delete("item", 1), Restore("item", [1]), state):
        assert one.rows() == (here,)
    assert INSERT.rows() == (("item", (-1,)),)
    assert Batch((SET, Batch((INSERT, MOVE)))).rows() == (here, ("item", (-1,)))
    # Keys that only the schema, or the application of it, will know.
    for one in (REKEY, Insert("item", {}), Recreate("item", {"id": 1})):
        assert one.rows() == ()


def test_values_that_are_refused_can_be_left_out():
    both = Set("item", (1,), nick="x", size=2, omit=["made"])
    assert set(both.fields()) == {"nick", "size"}
    assert both.without({"size"}) == Set("item", (1,), nick="x", omit=["made"])
    assert both.without({"nick", "size"}) is None
    assert INSERT.without({"size"}).values == {"nick": "x"}
    assert INSERT.without(INSERT.fields()).values == {}


def test_what_gives_no_values_is_replayed_as_a_whole():
    for one in (MOVE, REKEY, Delete("item", (1,)), Recreate("item", {"id": 1})):
        assert one.fields() == ()
        assert one.without({"nick"}) is None
        assert one.members() is None
