"""A key is not an identity: a deleted row and one that has its key now are two rows."""

from typing import ClassVar

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, mapped_column, relationship

from draftedit import Delete, Drafts, Insert, Set
from draftedit.engine.base.errors import Conflicts, Refused
from draftedit.engine.journal.reverted_keys import Endings
from draftedit.engine.reading.lifetimes import Event, Lifetime, follow
from draftedit.engine.rebasing import Resolution
from draftedit.service.objects import Objects


class Base(DeclarativeBase):
    pass


class Case(Base):
    """Keys of the database's, and what the host keeps."""

    __tablename__ = "box"
    __table_args__ = (sa.Index("ix_box", "name"), {"sqlite_autoincrement": True})
    id = mapped_column(sa.Integer, primary_key=True)
    name = mapped_column(sa.String(20), nullable=False)
    version = mapped_column(sa.Integer, nullable=False)
    seal = mapped_column(sa.Integer, default=0, info={"read_only": True})
    touched_at = mapped_column(sa.Integer, onupdate=5)
    things = relationship("Thing", cascade="all, delete-orphan")
    __mapper_args__: ClassVar = {"version_id_col": version}


class Thing(Base):
    """Keys of the host's."""

    __tablename__ = "thing"
    case_id = mapped_column(sa.ForeignKey(Case.id), primary_key=True)
    code = mapped_column(sa.String(9), primary_key=True)
    facing = mapped_column(sa.Integer, nullable=False, server_default="1")
    note = mapped_column(sa.String(20))
    other = mapped_column(sa.Integer, nullable=False, default=0)
    serial = mapped_column(
        sa.Integer, nullable=False, default=7, info={"read_only": True}
    )
    made = mapped_column(sa.Integer, sa.Computed("other * 2", persisted=True))


drafts = Drafts(Base.metadata)
drafts.target(Case, label=Case.name)


@pytest.fixture(scope="session")
def database(fresh_database):
    return fresh_database(Base.metadata, drafts.metadata)


@pytest.fixture
def case(dbsession):
    """Return the key of a case with one thing in it."""
    thing = Thing(code="x", facing=42, note="old", other=9, serial=11)
    dbsession.add(Case(id=1, name="first", seal=42, touched_at=3, things=[thing]))
    dbsession.commit()
    dbsession.execute(sa.update(Case).values(version=6, touched_at=3))
    dbsession.commit()
    return 1


@pytest.fixture
def change(dbsession):
    """Return `change(*operations)`, which saves them, and the same without a save."""

    def change(*operations, owner="bob", **options):
        edit = drafts.open(dbsession, Case, 1, owner=owner, **options)
        for one in operations:
            edit.apply(one)
        return edit

    return change


def again(edit):
    return drafts.resume(edit.dbsession, edit.key, owner=None)


def rows(dbsession, model):
    dbsession.expire_all()
    table = model.__table__
    return [dict(r) for r in dbsession.execute(sa.select(table)).mappings()]


def stranger(dbsession):
    """Let the application give the key to an object of somebody else."""
    dbsession.add(Case(id=1, name="stranger", things=[Thing(code="nails")]))
    dbsession.commit()


class TestOfRoots:
    def test_a_revert_to_before_the_deletion_is_refused(self, case, dbsession, change):
        change(Set("box", 1, name="second")).save()
        change(Delete("box", 1)).save()
        stranger(dbsession)
        with pytest.raises(Refused, match="Revision 1 is of another box, which"):
            change(revert_to=1)
        assert [one["name"] for one in rows(dbsession, Case)] == ["stranger"]

    def test_an_open_revert_does_not_write_over_it(self, case, dbsession, change):
        change(Delete("box", 1)).save()
        edit = change(revert_to=0)
        stranger(dbsession)
        (conflict,) = again(edit).check().conflicts
        assert (conflict.table, conflict.key, conflict.kind) == ("box", (1,), "row")
        with pytest.raises(Conflicts):
            again(edit).save()
        edit = again(edit)
        assert len(edit.conflicts()) == 1
        assert [one["name"] for one in rows(dbsession, Case)] == ["stranger"]

    def test_a_draft_that_is_open_does_not_write_over_it(self, case, dbsession, change):
        edit = change(Set("box", 1, name="mine"), owner="ada")
        change(Delete("box", 1)).save()
        stranger(dbsession)
        (conflict,) = again(edit).check().conflicts
        assert (conflict.table, conflict.key, conflict.kind) == ("box", (1,), "row")
        with pytest.raises(Conflicts):
            again(edit).save()
        assert [one["name"] for one in rows(dbsession, Case)] == ["stranger"]

    def test_a_draft_of_the_new_one_has_its_own_base(self, case, dbsession, change):
        change(Delete("box", 1)).save()
        stranger(dbsession)
        edit = change(Set("box", 1, name="new"))
        assert edit.info.base == 1
        assert edit.save().revision == 2
        live = Objects(drafts, dbsession)
        path = ("box", ["1"])
        assert live.find(*path, revision=1).label == "stranger"

    def test_its_old_revisions_show_nothing_of_the_new_one(
        self, case, dbsession, change
    ):
        change(Delete("box", 1)).save()
        stranger(dbsession)
        change(Set("thing", [1, "nails"], note="new")).save()
        live = Objects(drafts, dbsession)
        path = ("box", ["1"])
        assert live.find(*path, revision=0).label == "first"
        page = live.page(*path, "thing", revision=0)
        assert [row.key for row in page.rows] == [(1, "x")]
        compared = live.changes_between(*path, newer=2, older=0)
        assert {(one.table, one.key[-1], one.kind) for one in compared} == {
            ("box", 1, "changed"),
            ("thing", "x", "gone"),
            ("thing", "nails", "new"),
        }
        assert live.authorship(*path, "box", ["1"]) == {}
        written = live.authorship(*path, "thing", ["1", "nails"])
        assert set(written) == {"note"}

    def test_history_says_where_it_ended(self, case, dbsession, change):
        live = Objects(drafts, dbsession)
        path = ("box", ["1"])
        assert live.ended(*path) == Endings(frozenset(), -1)
        change(Set("box", 1, name="second")).save()
        change(Delete("box", 1)).save()
        assert live.ended(*path) == Endings(frozenset({2}), 1)
        change(revert_to=1).save()
        assert live.ended(*path) == Endings(frozenset({2}), -1)
        change(Delete("box", 1)).save()
        stranger(dbsession)
        change(Set("box", 1, name="new")).save()
        assert live.ended(*path) == Endings(frozenset({2, 4}), 3)


class TestOfParts:
    def test_a_draft_that_is_open_does_not_write_over_it(self, case, dbsession, change):
        edit = change(Set("thing", [1, "x"], other=1), owner="ada")
        change(Delete("thing", [1, "x"])).save()
        dbsession.add(Thing(case_id=1, code="x", facing=42, note="old", other=9))
        dbsession.commit()
        (conflict,) = again(edit).conflicts()
        assert (conflict.key, conflict.field, conflict.kind) == ((1, "x"), None, "row")

    def test_a_revert_does_not_write_over_what_plain_sql_has_made(
        self, case, dbsession, change
    ):
        change(Delete("thing", [1, "x"])).save()
        dbsession.add(Thing(case_id=1, code="x", note="stranger"))
        dbsession.commit()
        with pytest.raises(Refused, match="belongs to another one now"):
            change(revert_to=0)

    def test_a_revert_takes_the_place_of_what_a_draft_has_made(
        self, case, dbsession, change
    ):
        (before,) = rows(dbsession, Thing)
        change(Delete("thing", [1, "x"])).save()
        change(Insert("thing", {"code": "x", "note": "another"})).save()
        change(revert_to=0).save()
        assert rows(dbsession, Thing) == [before]

    def test_what_a_revert_brought_back_is_another_one_for_nobody(
        self, case, dbsession, change
    ):
        edit = change(Set("thing", [1, "x"], other=1), owner="ada")
        change(Delete("thing", [1, "x"])).save()
        back = change(revert_to=0)
        back.apply(Set("thing", [1, "x"], note="theirs"))
        back.save()
        again(edit).save()
        (thing,) = rows(dbsession, Thing)
        assert (thing["other"], thing["note"]) == (1, "theirs")


class TestOfWhatTheHostKeeps:
    def test_it_comes_back_with_the_row(self, case, dbsession, change):
        before = rows(dbsession, Case), rows(dbsession, Thing)
        change(Delete("box", 1)).save()
        change(revert_to=0).save()
        assert (rows(dbsession, Case), rows(dbsession, Thing)) == before

    def test_it_comes_back_with_a_rebase_and_is_the_same_row(
        self, case, dbsession, change
    ):
        others = change(Set("thing", [1, "x"], other=1), owner="cleo")
        mine = change(Set("thing", [1, "x"], note="mine"), owner="ada")
        (before,) = rows(dbsession, Thing)
        change(Delete("thing", [1, "x"])).save()
        mine = again(mine)
        mine.rebase([Resolution("draft")])
        mine.save()
        assert rows(dbsession, Thing) == [before | {"note": "mine"}]
        others = again(others)
        assert others.conflicts() == []
        others.save()
        (thing,) = rows(dbsession, Thing)
        assert (thing["other"], thing["note"]) == (1, "mine")

    def test_it_comes_back_when_plain_sql_has_deleted_the_row(
        self, case, dbsession, change
    ):
        mine = change(Set("thing", [1, "x"], note="mine"), owner="ada")
        (before,) = rows(dbsession, Thing)
        dbsession.execute(sa.delete(Thing))
        change(Set("box", 1, name="second")).save()
        mine = again(mine)
        mine.rebase([Resolution("draft")])
        mine.save()
        assert rows(dbsession, Thing) == [before | {"note": "mine"}]


@pytest.mark.parametrize(
    ("events", "life"),
    [
        ([], Lifetime()),
        ([(2, False, True, None)], Lifetime(1)),
        ([(2, False, True, None), (3, True, False, None)], Lifetime(1, True)),
        ([(2, False, True, None), (3, True, False, 1)], Lifetime()),
        ([(2, False, True, -1)], Lifetime(1, True)),
        ([(2, False, True, -1), (3, False, True, 1)], Lifetime()),
        ([(2, False, True, -1), (3, False, True, None)], Lifetime(1)),
        ([(2, True, False, None), (3, False, True, None)], Lifetime(2)),
        ([(2, False, False, None), (4, True, False, None)], Lifetime(3, True)),
        ([(2, False, False, None), (4, True, False, 2)], Lifetime()),
    ],
)
def test_the_life_of_a_row_is_told_by_its_marks(events, life):
    assert follow(0, [Event(*one) for one in events]) == life
