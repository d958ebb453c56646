"""What is inserted under the key of a deleted row has nothing of that row."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, mapped_column, relationship

from draftedit import Delete, Drafts, Insert, OrderKey, Set
from draftedit.engine.base.errors import Conflicts
from draftedit.service.objects import Objects


class Base(DeclarativeBase):
    pass


# MariaDB takes "A" for "a" as long as nobody says otherwise.
NO_CASE = sa.String(9).with_variant(sa.String(9, "NOCASE"), "sqlite")


class Rack(Base):
    __tablename__ = "rack"
    id = mapped_column(sa.Integer, primary_key=True)
    name = mapped_column(sa.String(20), nullable=False)
    cables = relationship("Cable", cascade="all, delete-orphan")
    lamps = relationship("Lamp", cascade="all, delete-orphan")
    __table_args__ = ({"sqlite_autoincrement": True},)


def _twice(context):
    return context.get_current_parameters()["other"] * 2


class Cable(Base):
    """Every kind of default, and a value that only one cable may have."""

    __tablename__ = "cable"
    rack_id = mapped_column(sa.ForeignKey(Rack.id), primary_key=True)
    code = mapped_column(NO_CASE, primary_key=True)
    place = mapped_column(OrderKey(), nullable=False)
    facing = mapped_column(sa.Integer, nullable=False, server_default="1")
    colour = mapped_column(sa.String(9), server_default=sa.text("'grey'"))
    other = mapped_column(sa.Integer, nullable=False, default=3)
    twice = mapped_column(sa.Integer, nullable=False, default=_twice)
    by_sql = mapped_column(sa.Integer, nullable=False, default=sa.text("2 + 3"))
    note = mapped_column(sa.String(20))
    port = mapped_column(sa.Integer, unique=True, server_default="0")
    kept = mapped_column(sa.Integer, default=7, info={"read_only": True})
    seen = mapped_column(sa.Integer, onupdate=5)
    number = mapped_column(sa.Integer, sa.Sequence("cable_number", start=1))


class Lamp(Base):
    """SQLite gives the greatest key again once its row is deleted."""

    __tablename__ = "lamp"
    id = mapped_column(sa.Integer, primary_key=True)
    rack_id = mapped_column(sa.ForeignKey(Rack.id), nullable=False, index=True)
    socket = mapped_column(sa.Enum("left", name="socket"), unique=True, nullable=False)
    colour = mapped_column(sa.String(9), nullable=False)


drafts = Drafts(Base.metadata)
drafts.target(Rack, label=Rack.name, order={Cable: Cable.place})

DEFAULTS = {
    "facing": 1,
    "colour": "grey",
    "other": 3,
    "twice": 6,
    "by_sql": 5,
    "note": None,
    "port": 0,
    "kept": 7,
    "seen": None,
}
OLD = dict(zip(DEFAULTS, (42, "red", 9, 9, 9, "secret", 4, 11, 8), strict=True))


@pytest.fixture(scope="session")
def database(fresh_database):
    return fresh_database(Base.metadata, drafts.metadata)


@pytest.fixture
def rack(dbsession):
    """Return the key of a rack with one cable in it."""
    cable = Cable(code="x", place="V00000", **OLD)
    lamp = Lamp(id=1, socket="left", colour="red")
    dbsession.add(Rack(id=1, name="first", cables=[cable], lamps=[lamp]))
    dbsession.commit()
    return 1


@pytest.fixture
def change(dbsession, rack):
    def change(*operations, owner="bob", **options):
        edit = drafts.open(dbsession, Rack, rack, owner=owner, **options)
        for one in operations:
            edit.apply(one)
        return edit

    return change


def cables(dbsession):
    """Return the cables by their codes, without what identifies and orders them."""
    dbsession.expire_all()
    found = dbsession.execute(sa.select(Cable.__table__)).mappings()
    return {one["code"]: {name: one[name] for name in DEFAULTS} for one in found}


X = Delete("cable", [1, "x"])


def test_what_is_not_given_gets_its_default(dbsession, change):
    change(X, Insert("cable", {"code": "x"})).save()
    assert cables(dbsession) == {"x": DEFAULTS}


def test_a_sequence_goes_on_where_the_database_has_one(dbsession, change):
    change(X, Insert("cable", {"code": "x"})).save()
    has_sequences = dbsession.get_bind().dialect.supports_sequences
    number = dbsession.scalar(sa.select(Cable.number))
    assert number is not None if has_sequences else number is None


def test_what_is_given_is_what_was_given(dbsession, change):
    change(X, Insert("cable", {"code": "x", "other": 5, "note": "secret"})).save()
    given = {"other": 5, "twice": 10, "note": "secret"}
    assert cables(dbsession) == {"x": DEFAULTS | given}


def test_what_is_set_later_is_kept(dbsession, change):
    later = Set("cable", [1, "x"], colour="blue")
    change(X, Insert("cable", {"code": "x"}), later).save()
    assert cables(dbsession) == {"x": DEFAULTS | {"colour": "blue"}}


def test_undo_and_redo_know_both_rows(dbsession, change):
    edit = change(X, Insert("cable", {"code": "x", "note": "new"}))
    edit.undo(2)
    assert edit.row("cable", [1, "x"]).values["note"] == "secret"
    assert edit.changes() == []
    edit.redo(2)
    edit.undo()
    assert edit.row("cable", [1, "x"]).gone
    edit.redo()
    edit.save()
    assert cables(dbsession) == {"x": DEFAULTS | {"note": "new"}}


def test_deleted_again_it_is_gone(dbsession, change):
    change(X, Insert("cable", {"code": "x"}), X).save()
    assert cables(dbsession) == {}


def test_a_revert_brings_the_row_before_back(dbsession, change):
    change(X, Insert("cable", {"code": "x"})).save()
    change(revert_to=0).save()
    assert cables(dbsession) == {"x": OLD}
    change(revert_to=1).save()
    assert cables(dbsession) == {"x": DEFAULTS}


def test_history_tells_that_it_is_another_row(dbsession, change):
    change(X, Insert("cable", {"code": "x", "note": "secret"})).save()
    written = Objects(drafts, dbsession).authorship("rack", ["1"], "cable", ["1", "x"])
    assert written["note"].revision == 1


def test_a_draft_of_the_row_before_is_in_conflict(dbsession, change):
    mine = change(Set("cable", [1, "x"], note="mine"), owner="ada")
    change(X, Insert("cable", {"code": "x"})).save()
    mine = drafts.resume(dbsession, mine.key, owner=None)
    [conflict] = mine.conflicts()
    assert (conflict.key, conflict.kind, conflict.field) == ((1, "x"), "row", None)
    with pytest.raises(Conflicts):
        mine.save()
    assert cables(dbsession) == {"x": DEFAULTS}


def test_what_others_did_to_the_row_before_is_a_conflict(dbsession, change):
    mine = change(X, Insert("cable", {"code": "x"}), owner="ada")
    change(Set("cable", [1, "x"], note="theirs")).save()
    mine = drafts.resume(dbsession, mine.key, owner=None)
    [conflict] = mine.conflicts()
    assert (conflict.key, conflict.kind, conflict.field) == ((1, "x"), "row", None)


def test_a_rebase_inserts_it_again(dbsession, change):
    mine = change(X, Insert("cable", {"code": "x"}), owner="ada")
    change(Set("rack", 1, name="second")).save()
    mine = drafts.resume(dbsession, mine.key, owner=None)
    mine.rebase([])
    mine.undo(2)
    mine.redo(2)
    mine.save()
    assert cables(dbsession) == {"x": DEFAULTS}


def test_a_value_that_only_one_may_have_is_given_on(dbsession, change):
    """Both rows give one up, and take the other's: they are parked."""
    change(Insert("cable", {"code": "y", "port": 5})).save()
    again = Insert("cable", {"code": "x", "port": 5})
    change(X, again, Set("cable", [1, "y"], port=4)).save()
    assert {code: one["port"] for code, one in cables(dbsession).items()} == {
        "x": 5,
        "y": 4,
    }


def test_a_default_may_be_what_another_gives_up(dbsession, change):
    change(Insert("cable", {"code": "y"})).save()
    change(X, Insert("cable", {"code": "x"}), Set("cable", [1, "y"], port=4)).save()
    assert {code: one["port"] for code, one in cables(dbsession).items()} == {
        "x": 0,
        "y": 4,
    }


@pytest.mark.only_on("sqlite", "mariadb")
def test_the_key_is_spelled_as_it_was_given(dbsession, change):
    edit = change(X, Insert("cable", {"code": "X"}))
    assert [row.key for row in edit.page("cable").rows] == [(1, "X")]
    edit.undo()
    assert edit.row("cable", [1, "x"]).gone
    edit.redo()
    edit.save()
    assert cables(dbsession) == {"X": DEFAULTS}


@pytest.mark.only_on("sqlite", "mariadb")
def test_a_revert_brings_the_old_spelling_back(dbsession, change):
    change(X, Insert("cable", {"code": "X"})).save()
    change(revert_to=0).save()
    assert cables(dbsession) == {"x": OLD}


@pytest.mark.only_on("postgresql")
def test_where_case_counts_the_two_are_two_keys(dbsession, change):
    change(X, Insert("cable", {"code": "X"})).save()
    assert cables(dbsession) == {"X": DEFAULTS}


def lamps(dbsession):
    found = sa.select(Lamp.socket, Lamp.colour).order_by(Lamp.id)
    return [tuple(one) for one in dbsession.execute(found)]


def test_a_row_that_gets_the_key_of_one_deleted_before_it_is_another(dbsession, change):
    # No stand-in keeps the only socket free: the old lamp is deleted before the insert.
    new = Insert("lamp", {"socket": "left", "colour": "blue"})
    change(Delete("lamp", 1), new).save()
    assert lamps(dbsession) == [("left", "blue")]
    change(revert_to=0).save()
    assert lamps(dbsession) == [("left", "red")]
    change(revert_to=1).save()
    assert lamps(dbsession) == [("left", "blue")]
