"""Moves of two people, and deletes of the rows that they move out of or into.

An office has rooms 1 to 3; desk 1 with drawer 1 is in room 1, and desk 2 with drawer 2
in room 2. Each case: what one person does, what the other saves meanwhile, and then for
each choice the room of each desk and the desk of each drawer.
"""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, mapped_column, relationship

from draftedit import Delete, Drafts, Insert, Move, OrderKey, Set
from draftedit.engine.base.errors import Refused
from draftedit.engine.rebasing import Resolution

OWNED = {"cascade": "all, delete-orphan"}
COUNTED = {"sqlite_autoincrement": True}


def host(prefix):
    """Map an office; with places if `prefix` says so."""

    class Base(DeclarativeBase):
        pass

    def of(table, parent):
        name, key = f"{prefix}{table}", f"{prefix}{parent}.id"
        columns = {
            "__tablename__": name,
            "__table_args__": COUNTED,
            "id": mapped_column(sa.Integer, primary_key=True),
            "above": mapped_column(sa.ForeignKey(key), nullable=False, index=True),
            "name": mapped_column(sa.String(20)),
        }
        if prefix == "ordered_" and table != "room":
            columns["place"] = mapped_column(OrderKey(), nullable=False)
        return columns

    drawer = type("Drawer", (Base,), of("drawer", "desk"))
    desk = {**of("desk", "room"), "drawers": relationship(drawer, **OWNED)}
    desk = type("Desk", (Base,), desk)
    room = {**of("room", "office"), "desks": relationship(desk, **OWNED)}
    room = type("Room", (Base,), room)
    office = type(
        "Office",
        (Base,),
        {
            "__tablename__": f"{prefix}office",
            "__table_args__": COUNTED,
            "id": mapped_column(sa.Integer, primary_key=True),
            "name": mapped_column(sa.String(20)),
            "rooms": relationship(room, **OWNED),
        },
    )
    drafts = Drafts(Base.metadata, prefix=f"{prefix}drafts_")
    order = {desk: desk.place, drawer: drawer.place} if hasattr(desk, "place") else {}
    drafts.target(office, label=office.name, order=order)
    return Base, drafts, (office, room, desk, drawer)


HOSTS = {prefix: host(prefix) for prefix in ("plain_", "ordered_")}


@pytest.fixture(scope="session")
def database(fresh_database):
    tables = [(base.metadata, drafts.metadata) for base, drafts, _ in HOSTS.values()]
    return fresh_database(*(one for pair in tables for one in pair))


@pytest.fixture(params=HOSTS)
def place(request, dbsession):
    return Place(request.param, dbsession)


class Place:
    """An office, and two people who have drafts of it."""

    def __init__(self, prefix, dbsession):
        self.prefix, self.dbsession = prefix, dbsession
        _, self.drafts, (self.office, room, self.desk, self.drawer) = HOSTS[prefix]
        key = {"place": "V00000"} if prefix == "ordered_" else {}
        desks = [
            self.desk(name=f"d{n}", drawers=[self.drawer(name=f"w{n}", **key)], **key)
            for n in (1, 2)
        ]
        self.rooms = [room(desks=desks[:1]), room(desks=desks[1:]), room()]
        made = self.office(name="office", rooms=self.rooms)
        dbsession.add(made)
        dbsession.flush()
        self.keys = {
            "room": [one.id for one in self.rooms],
            "desk": [one.id for one in desks],
            "drawer": [one.drawers[0].id for one in desks],
        }
        self.root = made.id

    def open(self, owner, steps):
        edit = self.drafts.open(self.dbsession, self.office, self.root, owner=owner)
        for step in steps:
            edit.apply(step(self))
        return edit

    def again(self, edit):
        return self.drafts.resume(self.dbsession, edit.key, owner=None)

    def key(self, table, number):
        return self.keys[table][number - 1]

    def seen(self, edit):
        """Return the rooms of the desks, and the desks of the drawers, by numbers."""
        return tuple(
            {
                self.number(table, row.key): self.number(above, (row.values["above"],))
                for row in edit.page(f"{self.prefix}{table}").rows
            }
            for table, above in (("desk", "room"), ("drawer", "desk"))
        )

    def number(self, table, key):
        keys = self.keys[table]
        return keys.index(key[0]) + 1 if key[0] in keys else "new"


PARENTS = {"desk": "room", "drawer": "desk"}


def move(table, number, to):
    return lambda place: Move(
        f"{place.prefix}{table}",
        place.key(table, number),
        place.key(PARENTS[table], to),
    )


def delete(table, number):
    return lambda place: Delete(f"{place.prefix}{table}", place.key(table, number))


def rename(table, number):
    key = f"{table}", number
    return lambda place: Set(f"{place.prefix}{table}", place.key(*key), name="mine")


def insert(number):
    return lambda place: Insert(
        f"{place.prefix}drawer", {"name": "new"}, place.key("desk", number)
    )


BOTH = {1: 1, 2: 2}
CASES = {
    "out of a deleted room, into which others moved it": (
        [delete("room", 1), move("desk", 2, 3)],
        [move("desk", 2, 1)],
        {
            "draft": ({2: 3}, {2: 2}),
            "live": ({1: 1, 2: 1}, BOTH),
            "base": ({2: 2}, {2: 2}),
        },
    ),
    "the same, the move first": (
        [move("desk", 2, 3), delete("room", 1)],
        [move("desk", 2, 1)],
        {
            "draft": ({2: 3}, {2: 2}),
            "live": ({1: 1, 2: 1}, BOTH),
            "base": ({2: 2}, {2: 2}),
        },
    ),
    "a new drawer in a desk that others moved into a deleted room": (
        [insert(1), delete("room", 3)],
        [move("desk", 1, 3)],
        {
            "draft": (BOTH, {**BOTH, "new": 1}),
            "live": ({1: 3, 2: 2}, {**BOTH, "new": 1}),
            "base": (BOTH, {**BOTH, "new": 1}),
        },
    ),
    "a renamed desk that others moved into a deleted room": (
        [rename("desk", 1), delete("room", 3)],
        [move("desk", 1, 3)],
        {"draft": (BOTH, BOTH), "live": ({1: 3, 2: 2}, BOTH), "base": (BOTH, BOTH)},
    ),
    "a desk that only others touched goes with the room": (
        [delete("room", 3)],
        [move("desk", 1, 3)],
        {
            "draft": ({2: 2}, {2: 2}),
            "live": ({1: 3, 2: 2}, BOTH),
            "base": (BOTH, BOTH),
        },
    ),
    "elsewhere than others, whose room is deleted": (
        [move("desk", 1, 2), delete("room", 3)],
        [move("desk", 1, 3)],
        {
            "draft": ({1: 2, 2: 2}, BOTH),
            "live": ({1: 3, 2: 2}, BOTH),
            "base": (BOTH, BOTH),
        },
    ),
    "elsewhere than others, who deleted the room it was in": (
        [move("desk", 1, 2)],
        [move("desk", 1, 3), delete("room", 1)],
        {
            "draft": ({1: 2, 2: 2}, BOTH),
            "live": ({1: 3, 2: 2}, BOTH),
            "base": (BOTH, BOTH),
        },
    ),
    "elsewhere than others, out of a room that is deleted": (
        [move("desk", 1, 2), delete("room", 1)],
        [move("desk", 1, 3)],
        {
            "draft": ({1: 2, 2: 2}, BOTH),
            "live": ({1: 3, 2: 2}, BOTH),
            "base": (BOTH, BOTH),
        },
    ),
    "a drawer into a desk that others moved into a deleted room": (
        [move("drawer", 1, 2), delete("room", 1)],
        [move("desk", 2, 1)],
        {
            "draft": ({2: 2}, {1: 2, 2: 2}),
            "live": ({1: 1, 2: 1}, {1: 2, 2: 2}),
            "base": ({2: 2}, {1: 2, 2: 2}),
        },
    ),
}


@pytest.mark.parametrize("take", ["draft", "live", "base"])
@pytest.mark.parametrize("case", CASES)
def test_each_choice_leads_to_what_that_side_has(place, case, take):
    mine, theirs, expected = CASES[case]
    edit = place.open("ada", mine)
    place.open("bob", theirs).save()

    edit = place.again(edit)
    edit.rebase([Resolution(take)])

    assert place.seen(edit) == expected[take]
    if edit.changes():
        edit.save()
        assert place.seen(place.open("eve", [])) == expected[take]


def test_a_choice_that_does_not_exist_is_refused(place):
    edit = place.open("ada", [move("desk", 1, 2)])
    place.open("bob", [move("desk", 1, 3)]).save()

    with pytest.raises(Refused) as refusal:
        place.again(edit).rebase([Resolution("mine")])

    assert [one.code for one in refusal.value.problems] == ["choice-unknown"]


def test_a_choice_names_a_row_by_its_only_column(place):
    edit = place.open("ada", [move("desk", 1, 2)])
    place.open("bob", [move("desk", 1, 3)]).save()
    edit = place.again(edit)
    [conflict] = edit.conflicts()

    row = f"{place.prefix}desk", place.key("desk", 1), conflict.field
    edit.rebase([Resolution("draft", *row)])

    assert place.seen(edit)[0] == {1: 2, 2: 2}
