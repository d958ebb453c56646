"""A save makes room for unique values where no stand-in is at hand, or says why not.

`room` and `aside` of the engine: rows that are deleted early, set aside, or taken out
of a partial index, one by one.
"""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, relationship

from draftedit import Delete, Drafts, Insert, Set
from draftedit.engine.base.errors import Refused
from tests.databases import create_tables
from tests.engine.saving.swallowing import swallowing

PARTIAL = pytest.mark.only_on("sqlite", "postgresql")


def reference(to="shelf.id", **options):
    return mapped_column(sa.ForeignKey(to), **{"nullable": True, **options})


def flag():
    """Return a column whose two values are all it has, and no NULL."""
    return mapped_column(sa.Boolean, nullable=False)


def unique(*names):
    return sa.UniqueConstraint(*names, name="ux")


def partial(*names, where):
    where = sa.text(where)
    options = {"postgresql_where": where, "sqlite_where": where}
    return sa.Index("ux", *names, unique=True, **options)


class Host:
    """A rack of shelves and plates; boxes stand on shelves, and hold things."""

    def __init__(self, *rules, plate_rules=(), plate=None, **columns):
        class Base(DeclarativeBase):
            pass

        class Thing(Base):
            __tablename__ = "thing"
            id = mapped_column(sa.Integer, primary_key=True)
            box_id = reference("box.id", nullable=False, index=True)

        class Box(Base):
            __tablename__ = "box"
            id = mapped_column(sa.Integer, primary_key=True)
            shelf_id = reference(nullable=False, index=True)
            things = relationship(Thing, cascade="all, delete-orphan")

        class Shelf(Base):
            __tablename__ = "shelf"
            __table_args__ = rules
            id = mapped_column(sa.Integer, primary_key=True)
            rack_id = reference("rack.id", nullable=False, index=True)
            boxes = relationship(Box, cascade="all, delete-orphan")
            locals().update(columns)

        class Plate(Base):
            __tablename__ = "plate"
            __table_args__ = plate_rules
            id = mapped_column(sa.Integer, primary_key=True)
            rack_id = reference("rack.id", nullable=False, index=True)
            locals().update(plate or {})

        class Rack(Base):
            __tablename__ = "rack"
            id = mapped_column(sa.Integer, primary_key=True)
            name = mapped_column(sa.String(20))
            shelves = relationship(Shelf, cascade="all, delete-orphan")
            plates = relationship(Plate, cascade="all, delete-orphan")

        self.metadata, self.rack, self.shelf = Base.metadata, Rack, Shelf
        self.box, self.thing, self.plate = Box, Thing, Plate
        self.drafts = Drafts(Base.metadata)
        self.drafts.target(Rack, label=Rack.name)


@pytest.fixture
def opened(empty_database):
    """Return `opened(host, *shelves)`: a draft on a rack, and keys of its shelves."""
    sessions = []

    def opened(host, *shelves):
        engine = empty_database.engine
        create_tables(engine, host.metadata, host.drafts.metadata)
        dbsession = Session(engine)
        sessions.append(dbsession)
        made = [host.shelf(**values) for values in shelves]
        rack = host.rack(name="rack", shelves=made)
        dbsession.add(rack)
        dbsession.flush()
        keys = [(one.id,) for one in made]
        return host.drafts.open(dbsession, host.rack, rack.id, owner="ada"), keys

    yield opened
    for dbsession in sessions:
        dbsession.close()


def live(edit, table, *names):
    """Return columns of all live rows, in the order of their keys."""
    edit.dbsession.expire_all()
    columns = edit.target.tables[table].live.c
    wanted = sa.select(*(columns[name] for name in names)).order_by(columns.id)
    return [tuple(row) for row in edit.dbsession.execute(wanted)]


def new_key(edit, table, values=None):
    """Insert a row into the draft and return its key."""
    return next(
        row.key for row in edit.apply(Insert(table, values or {})).rows if row.is_new
    )


# Rows that are deleted before another takes their value


def test_a_row_that_must_go_first_takes_along_what_hangs_below_it(opened):
    host = Host(unique("value"), value=flag())
    boxes = [host.box(things=[host.thing()]), host.box()]
    edit, keys = opened(host, {"value": True, "boxes": boxes}, {"value": False})
    edit.apply(Delete("shelf", keys[0]))
    edit.apply(Insert("shelf", {"value": True}))

    saved = edit.save()

    assert live(edit, "shelf", "value") == [(False,), (True,)]
    assert (live(edit, "box", "id"), live(edit, "thing", "id")) == ([], [])
    before = host.drafts.open(
        edit.dbsession, host.rack, edit.root, owner="bob", revert_to=saved.revision - 1
    )
    before.save()
    assert sorted(live(edit, "shelf", "value")) == [(False,), (True,)]
    assert (len(live(edit, "box", "id")), len(live(edit, "thing", "id"))) == (2, 1)


def test_a_row_that_must_go_first_is_refused_while_one_that_stays_refers_to_it(opened):
    host = Host(unique("value"), value=flag(), friend=reference())
    edit, (first, second) = opened(host, {"value": True}, {"value": False})
    edit.dbsession.execute(
        sa.update(host.shelf).where(host.shelf.id == second[0]).values(friend=first[0])
    )
    edit = host.drafts.open(edit.dbsession, host.rack, edit.root, owner="bob")
    edit.apply(Set("shelf", second, friend=None))
    edit.apply(Delete("shelf", first))
    edit.apply(Insert("shelf", {"value": True}))

    with pytest.raises(Refused, match=r"set park=\. None of your values") as refused:
        edit.save()

    [problem] = refused.value.problems
    assert (problem.table, problem.key, problem.field) == ("shelf", first, "value")
    assert live(edit, "shelf", "value") == [(True,), (False,)]


# Rows that are set aside


def test_a_row_that_others_may_refer_to_but_do_not_is_set_aside(opened):
    host = Host(unique("value"), value=flag(), friend=reference())
    edit, (first, second) = opened(host, {"value": True}, {"value": False})
    edit.apply(Set("shelf", first, value=False))
    edit.apply(Set("shelf", second, value=True))

    edit.save()

    assert live(edit, "shelf", "id", "value") == [(*first, False), (*second, True)]


def test_a_new_row_does_not_get_the_key_of_the_last_row_while_that_is_set_aside(opened):
    letters = mapped_column(sa.Enum("a", "b", "c", name="letter"), nullable=False)
    host = Host(unique("value"), value=letters, friend=reference())
    edit, (first, second) = opened(host, {"value": "a"}, {"value": "b"})
    edit.apply(Set("shelf", second, friend=first[0]))
    edit.save()
    edit = host.drafts.open(edit.dbsession, host.rack, edit.root, owner="bob")
    edit.apply(Set("shelf", first, value="b"))
    edit.apply(Set("shelf", second, value="a"))
    edit.apply(Insert("shelf", {"value": "c"}))

    edit.save()

    found = live(edit, "shelf", "id", "value", "friend")
    assert found[:2] == [(*first, "b", None), (*second, "a", *first)]
    assert [value for _, value, _ in found] == ["b", "a", "c"]


def test_two_exchanges_of_one_table_set_a_row_aside_each(opened):
    letters = mapped_column(sa.Enum("a", "b", "c", "d", name="letter"), nullable=False)
    host = Host(unique("value"), value=letters)
    edit, keys = opened(host, *({"value": letter} for letter in "abcd"))
    for key, letter in zip(keys, "badc", strict=True):
        edit.apply(Set("shelf", key, value=letter))

    edit.save()

    assert live(edit, "shelf", "id", "value") == [
        (*key, letter) for key, letter in zip(keys, "badc", strict=True)
    ]


def test_a_reference_moves_to_a_new_row_while_another_takes_its_old_one(opened):
    place = reference(nullable=False)
    host = Host(plate_rules=(unique("shelf_id"),), plate={"shelf_id": place})
    edit, (first, second) = opened(host, {}, {})
    for shelf in (first, second):
        edit.apply(Insert("plate", {"shelf_id": shelf[0]}))
    edit.save()
    edit = host.drafts.open(edit.dbsession, host.rack, edit.root, owner="bob")
    one, two = edit.page("plate").rows
    third = new_key(edit, "shelf")
    edit.apply(Set("plate", one.key, shelf_id=third[0]))
    edit.apply(Set("plate", two.key, shelf_id=first[0]))

    edit.save()

    real = live(edit, "shelf", "id")[-1]
    assert live(edit, "plate", "id", "shelf_id") == [
        (*one.key, *real),
        (*two.key, *first),
    ]


def test_rows_set_aside_come_back_before_the_new_rows_that_they_are_to_refer_to(opened):
    friend = mapped_column(
        sa.ForeignKey("shelf.id"),
        sa.CheckConstraint("friend IS NOT NULL OR is_first"),
    )
    host = Host(unique("friend"), friend=friend, is_first=flag())
    heads = {"is_first": True}
    edit, (first, second) = opened(host, heads, heads)
    for head in (first, second):
        edit.apply(Insert("shelf", {"is_first": False, "friend": head[0]}))
    edit.save()
    edit = host.drafts.open(edit.dbsession, host.rack, edit.root, owner="bob")
    real = [row.key for row in edit.page("shelf").rows if row.values["friend"]]
    for key in real:
        edit.apply(Set("shelf", key, friend=new_key(edit, "shelf", heads)[0]))

    edit.save()

    found = dict(live(edit, "shelf", "id", "friend"))
    new = sorted(found)[-2:]
    assert [found[key] for (key,) in real] == new


@pytest.mark.parametrize(
    "start",
    [
        "INSERT INTO draftedit_aside_shelf",
        "DELETE FROM shelf",
        "UPDATE draftedit_aside_shelf",
        "INSERT INTO shelf",
    ],
)
def test_a_row_that_is_not_set_aside_or_put_back_is_refused(opened, start):
    host = Host(unique("value"), value=flag())
    edit, (first, second) = opened(host, {"value": True}, {"value": False})
    edit.apply(Set("shelf", first, value=False))
    edit.apply(Set("shelf", second, value=True))

    with (
        swallowing(edit.dbsession.connection(), start) as met,
        pytest.raises(Refused, match="did not write this row") as refused,
    ):
        edit.save()

    assert len(met) == 1
    assert {one.table for one in refused.value.problems} == {"shelf"}
    assert live(edit, "shelf", "id", "value") == [(*first, True), (*second, False)]


# Rows that leave a partial index


@PARTIAL
def test_a_row_leaves_a_partial_index_by_the_value_that_takes_it_out(opened):
    state = mapped_column(
        sa.Enum("open", "busy", "shut", name="state"),
        sa.CheckConstraint("state IS NOT NULL"),
    )
    host = Host(partial("rack_id", where="state <> 'shut'"), state=state)
    edit, (first, second) = opened(host, {"state": "open"}, {"state": "shut"})
    edit.apply(Set("shelf", first, state="shut"))
    edit.apply(Set("shelf", second, state="busy"))

    edit.save()

    assert live(edit, "shelf", "id", "state") == [(*first, "shut"), (*second, "busy")]


@PARTIAL
def test_a_row_leaves_a_partial_index_by_whichever_condition_can(opened):
    host = Host(
        partial("rack_id", where="friend IS NULL AND state IS NOT NULL AND is_used"),
        friend=reference(),
        state=mapped_column(sa.Enum("open", "busy", name="state"), nullable=False),
        is_used=flag(),
    )
    used, unused = ({"state": "open", "is_used": is_used} for is_used in (True, False))
    edit, (first, second) = opened(host, used, unused)
    edit.apply(Set("shelf", first, is_used=False))
    edit.apply(Set("shelf", second, is_used=True))

    edit.save()

    assert live(edit, "shelf", "id", "is_used") == [(*first, False), (*second, True)]


@PARTIAL
def test_a_row_that_no_condition_takes_out_of_a_partial_index_is_set_aside(opened):
    host = Host(
        partial("rack_id", "is_used", where="is_used IS NOT NULL"), is_used=flag()
    )
    edit, (first, second) = opened(host, {"is_used": True}, {"is_used": False})
    edit.apply(Set("shelf", first, is_used=False))
    edit.apply(Set("shelf", second, is_used=True))

    edit.save()

    assert live(edit, "shelf", "id", "is_used") == [(*first, False), (*second, True)]


# What is no refusal of a row

FAILING = {
    "sqlite": [
        "CREATE TRIGGER fails BEFORE UPDATE ON shelf BEGIN"
        " SELECT abs(-9223372036854775807 - 1); END"
    ],
    "postgresql": [
        "CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'busy' USING ERRCODE = '55P03'; END $$",
        "CREATE TRIGGER fails BEFORE UPDATE ON shelf"
        " FOR EACH ROW EXECUTE FUNCTION fails()",
    ],
    "mariadb": [
        "CREATE TRIGGER fails BEFORE UPDATE ON shelf FOR EACH ROW"
        " SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 1205, MESSAGE_TEXT = 'busy'"
    ],
}


def test_a_database_that_cannot_work_is_not_taken_for_one_that_refuses_a_value(
    opened, backend
):
    host = Host(unique("value"), value=flag())
    edit, (first, second) = opened(host, {"value": True}, {"value": False})
    for statement in FAILING[backend]:
        edit.dbsession.execute(sa.text(statement))
    edit.apply(Set("shelf", first, value=False))
    edit.apply(Set("shelf", second, value=True))

    with pytest.raises(DBAPIError, match=r"busy|integer overflow"):
        edit.save()
