"""What an operation of the journal wished, without its results."""

from draftedit import Batch, Insert, Move, Set
from draftedit.engine.operations import LAST, Rekey
from draftedit.engine.rebasing.wishes import Place, places, wish

MOVE = Move("item", (1,), (2,), (3,), place="V")
REKEY = Rekey("item", (((1,), "V"),))
SET = Set("item", (1,), nick="x")


def test_a_place_is_a_result_and_an_identity_stays():
    insert = Insert("item", {}, (2,), LAST, key=(-1,), place="V")
    assert wish(insert) == Insert("item", {}, (2,), LAST, key=(-1,))
    assert wish(MOVE) == Move("item", (1,), (2,), (3,))
    assert wish(SET) is SET


def test_making_room_is_no_wish():
    assert wish(Batch((REKEY, MOVE))) == Move("item", (1,), (2,), (3,))
    assert wish(Batch((REKEY, MOVE), "named")) == Batch((wish(MOVE),), "named")
    assert wish(Batch((SET,))) == Batch((SET,))
    assert wish(Batch((SET, MOVE))) == Batch((SET, wish(MOVE)))


def test_the_last_place_wished_counts():
    later = Move("item", (1,), (9,), None)
    insert = Insert("item", {}, (2,), LAST, key=(-1,))
    assert places([MOVE, SET, Batch((insert, later))]) == {
        ("item", (1,)): Place((9,), None),
        ("item", (-1,)): Place((2,), LAST),
    }
