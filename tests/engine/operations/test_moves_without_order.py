"""Rows without an order change their parent by a move, and keep their key."""

import pytest
import sqlalchemy as sa

from draftedit import Batch, Delete, Insert, Move, Set
from draftedit.engine.base.errors import ConflictKind, Refused
from draftedit.engine.rebasing import Resolution
from tests.hosts import office
from tests.hosts.office import Desk, Drawer, Office, Room


@pytest.fixture(scope="session")
def database(fresh_database):
    return fresh_database(office.Base.metadata, office.drafts.metadata)


@pytest.fixture
def place(dbsession):
    """Return the key of an office: rooms 1 to 3; desks 1, 2 in room 1, 3 in room 2."""
    one = Office(
        name="one",
        rooms=[
            Room(number=1, desks=[_desk(1, "left"), _desk(2, "left", "right")]),
            Room(number=2, desks=[_desk(3)]),
            Room(number=3),
        ],
    )
    two = Office(name="two", rooms=[Room(number=1, desks=[_desk(1)])])
    dbsession.add_all([one, two])
    dbsession.commit()
    return one.id


def _desk(number, *labels):
    drawers = [Drawer(label=label) for label in labels]
    return Desk(number=number, name=f"d{number}", drawers=drawers)


@pytest.fixture
def open_draft(dbsession, place):
    def opened(owner="ada", *operations):
        edit = office.drafts.open(dbsession, Office, place, owner=owner)
        for operation in operations:
            edit.apply(operation)
        return edit

    return opened


@pytest.fixture
def desk(place):
    """Return `desk(number)`, the key of a desk of the first office."""
    return lambda number: (place, number)


@pytest.fixture
def room(place):
    """Return `room(number)`, the key of a room of the first office."""
    return lambda number: (place, number)


def rooms_of(dbsession, place):
    """Return the room of each desk, as the host's session has it."""
    dbsession.expire_all()
    found = sa.select(Desk.number, Desk.room_number).where(Desk.office_id == place)
    return dict(dbsession.execute(found).all())


def again(edit):
    return office.drafts.resume(edit.dbsession, edit.info.key, owner=None)


def listed(edit, room):
    return [row.values["number"] for row in edit.page("desk", parent=room).rows]


class TestOperation:
    def test_puts_the_row_and_what_is_below_it_under_another_parent(
        self, open_draft, desk, room
    ):
        edit = open_draft()

        done = edit.apply(Move("desk", desk(2), room(3)))

        assert (listed(edit, room(1)), listed(edit, room(3))) == ([1], [2])
        assert len(edit.page("drawer", parent=desk(2)).rows) == 2
        assert done.inverse == Move("desk", desk(2), room(1))

    def test_is_undone_and_redone_exactly(self, open_draft, desk, room):
        edit = open_draft("ada", Move("desk", desk(2), room(3)))

        edit.undo()
        assert edit.changes() == []
        edit.redo()

        assert listed(edit, room(3)) == [2]

    def test_is_undone_though_the_old_parent_was_deleted_and_undone_since(
        self, open_draft, desk, room
    ):
        edit = open_draft("ada", Move("desk", desk(3), room(1)))
        edit.apply(Delete("room", room(2)))

        edit.undo()
        edit.undo()

        assert edit.changes() == []
        assert listed(edit, room(2)) == [3]

    def test_to_where_the_row_is_is_no_operation(self, open_draft, desk, room):
        assert open_draft().apply(Move("desk", desk(2), room(1))).sequence is None

    def test_below_a_new_row_of_the_same_batch(self, open_draft, desk, room, place):
        edit = open_draft()

        edit.apply(
            Batch(
                (
                    Insert("room", {"number": 9, "title": "new"}),
                    Move("desk", desk(1), room(9)),
                )
            )
        )

        assert listed(edit, room(9)) == [1]
        edit.save()
        assert rooms_of(edit.dbsession, place)[1] == 9

    def test_is_refused_with_a_place_and_without_a_parent(self, open_draft, desk, room):
        edit = open_draft()
        for move in (
            Move("desk", desk(1)),
            Move("desk", desk(1), after=None),
            Move("desk", desk(1), room(2), after=desk(3)),
        ):
            with pytest.raises(Refused) as refusal:
                edit.apply(move)
            assert refusal.value.problems[0].code == "only-to-another-parent"
        assert edit.changes() == []

    def test_is_refused_below_what_is_deleted_or_of_another_object(
        self, open_draft, desk, room, place
    ):
        edit = open_draft("ada", Delete("room", room(2)))

        with pytest.raises(Refused, match="deleted"):
            edit.apply(Move("desk", desk(1), room(2)))
        with pytest.raises(Refused, match="There is no room"):
            edit.apply(Move("desk", desk(1), (place + 1, 1)))

    def test_a_key_is_inserted_again_below_another_parent(
        self, open_draft, desk, room, place
    ):
        edit = open_draft("ada", Delete("desk", desk(3)))

        edit.apply(Insert("desk", {"number": 3, "name": "again"}, room(1)))
        edit.save()

        assert rooms_of(edit.dbsession, place) == {1: 1, 2: 1, 3: 1}
        assert edit.dbsession.get(Desk, desk(3)).name == "again"


class TestSave:
    def test_writes_one_row_and_reverts_it(
        self, dbsession, open_draft, desk, room, place
    ):
        saved = open_draft("ada", Move("desk", desk(2), room(3))).save()
        assert rooms_of(dbsession, place) == {1: 1, 2: 3, 3: 2}

        back = office.drafts.open(
            dbsession, Office, place, owner="bob", revert_to=saved.revision - 1
        )
        back.save()

        assert rooms_of(dbsession, place) == {1: 1, 2: 1, 3: 2}
        drawers = sa.select(sa.func.count()).select_from(Drawer)
        assert dbsession.scalar(drawers) == 3

    def test_out_of_a_parent_that_is_deleted(
        self, dbsession, open_draft, desk, room, place
    ):
        edit = open_draft("ada", Move("desk", desk(2), room(3)))
        edit.apply(Delete("room", room(1)))

        edit.save()

        assert rooms_of(dbsession, place) == {2: 3, 3: 2}

    def test_exchanges_labels_that_are_unique_below_one_parent(
        self, dbsession, open_draft, desk
    ):
        edit = open_draft()
        left = {
            row.values["desk_number"]: row.key
            for row in edit.page("drawer").rows
            if row.values["label"] == "left"
        }

        edit.apply(Move("drawer", left[1], desk(2)))
        assert edit.check().problems  # two of one label
        edit.apply(Move("drawer", left[2], desk(1)))
        edit.save()

        found = sa.select(Drawer.id, Drawer.desk_number)
        assert dict(dbsession.execute(found).all()).items() >= {
            (left[1][0], 2),
            (left[2][0], 1),
        }


class TestTwoPeople:
    def test_the_same_parent_is_no_conflict(self, open_draft, desk, room):
        mine = open_draft("ada", Move("desk", desk(1), room(2)), _renamed(desk(2)))
        open_draft("bob", Move("desk", desk(1), room(2))).save()

        mine = again(mine)

        assert mine.conflicts() == []
        mine.rebase()
        assert [(c.table, c.kind) for c in mine.changes()] == [("desk", "changed")]

    def test_a_move_and_a_change_of_a_value_are_both_kept(
        self, dbsession, open_draft, desk, room, place
    ):
        mine = open_draft("ada", Move("desk", desk(1), room(2)))
        open_draft("bob", _renamed(desk(1))).save()

        mine = again(mine)
        mine.rebase()
        mine.save()

        assert rooms_of(dbsession, place)[1] == 2
        assert dbsession.get(Desk, desk(1)).name == "new"

    @pytest.mark.parametrize(
        ("take", "value", "number"),
        [("draft", None, 2), ("live", None, 3), ("base", None, 1), ("value", 3, 3)],
    )
    def test_different_parents_are_a_conflict_of_places(
        self, dbsession, open_draft, desk, room, place, take, value, number
    ):
        mine = open_draft("ada", Move("desk", desk(1), room(2)), _renamed(desk(2)))
        open_draft("bob", Move("desk", desk(1), room(3))).save()
        mine = again(mine)

        [conflict] = mine.conflicts()
        assert (conflict.kind, conflict.field) == (ConflictKind.ORDER, "room_number")
        assert [side["parent"] for side in _sides(conflict)] == [
            list(room(1)),
            list(room(2)),
            list(room(3)),
        ]
        chosen = None if value is None else list(room(value))
        place_of = conflict.table, conflict.key, conflict.field
        mine.rebase([Resolution(take, *place_of, chosen)])
        mine.save()

        assert rooms_of(dbsession, place) == {1: number, 2: 1, 3: 2}

    @pytest.mark.parametrize(
        ("take", "number"), [("draft", 3), ("live", 9), ("base", 1)]
    )
    def test_a_row_comes_out_of_a_parent_that_the_choice_deletes(
        self, dbsession, open_draft, desk, room, place, take, number
    ):
        mine = open_draft(
            "ada",
            Insert("room", {"number": 9, "title": "mine"}),
            Move("desk", desk(2), room(3)),
        )
        theirs = open_draft("bob", Insert("room", {"number": 9, "title": "theirs"}))
        theirs.apply(Move("desk", desk(2), room(9)))
        theirs.save()
        mine = again(mine)
        assert {one.kind for one in mine.conflicts()} == {
            ConflictKind.ROW,
            ConflictKind.ORDER,
        }

        mine.rebase([Resolution(take)])
        if mine.changes():
            mine.save()

        assert rooms_of(dbsession, place) == {1: 1, 2: number, 3: 2}

    def test_a_parent_that_others_deleted_is_a_conflict(self, open_draft, desk, room):
        mine = open_draft("ada", Move("desk", desk(1), room(3)))
        open_draft("bob", Delete("room", room(3))).save()

        [conflict] = again(mine).conflicts()

        assert (conflict.kind, conflict.key) == (ConflictKind.ROW, desk(1))

    def test_taking_mine_brings_the_deleted_parent_back(
        self, dbsession, open_draft, desk, room, place
    ):
        mine = open_draft("ada", Move("desk", desk(1), room(3)))
        open_draft("bob", Delete("room", room(3))).save()
        mine = again(mine)

        mine.rebase([Resolution("draft")])
        mine.save()

        assert rooms_of(dbsession, place)[1] == 3


def _renamed(key):
    return Set("desk", key, name="new")


def _sides(conflict):
    return conflict.base, conflict.draft, conflict.live
