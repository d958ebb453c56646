"""Law 2 for rows outside that follow a value of the object by ON UPDATE CASCADE."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, mapped_column, relationship

from draftedit import Delete, Drafts, Insert, Set
from draftedit.engine.base.errors import Refused


class Base(DeclarativeBase):
    pass


class Fleet(Base):
    __tablename__ = "fleet"
    id = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    name = mapped_column(sa.String(20))
    ships = relationship("Ship", cascade="all, delete-orphan")


class Ship(Base):
    """Its sign may be NULL, and is what others know it by."""

    __tablename__ = "ship"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id = mapped_column(sa.Integer, primary_key=True)
    fleet_id = mapped_column(sa.ForeignKey("fleet.id"), nullable=False, index=True)
    sign = mapped_column(sa.String(20), unique=True)


class Radio(Base):
    """Outside of the object."""

    __tablename__ = "radio"
    id = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    sign = mapped_column(sa.ForeignKey("ship.sign", onupdate="CASCADE"))


class Log(Base):
    """Outside of the object, and it does not follow."""

    __tablename__ = "log"
    id = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    sign = mapped_column(sa.ForeignKey("ship.sign", onupdate="SET NULL"))


drafts = Drafts(Base.metadata)
drafts.target(Fleet, label=Fleet.name)


@pytest.fixture(scope="session")
def database(fresh_database):
    return fresh_database(Base.metadata, drafts.metadata)


@pytest.fixture
def ships(dbsession):
    """Return the keys of the ships A and B; each is known to a radio."""
    fleet = Fleet(id=1, name="F", ships=[Ship(sign="A"), Ship(sign="B")])
    dbsession.add(fleet)
    dbsession.flush()
    dbsession.add_all([Radio(id=1, sign="A"), Radio(id=2, sign="B")])
    dbsession.flush()
    return [ship.id for ship in fleet.ships]


def signs(dbsession):
    wanted = sa.select(Radio.__table__.c.sign).order_by(Radio.__table__.c.id)
    return dbsession.scalars(wanted).all()


def test_law_2_who_follows_a_value_follows_an_exchange(dbsession, ships):
    edit = drafts.open(dbsession, Fleet, 1, owner="ada")
    edit.apply(Set("ship", ships[0], sign="B"))
    edit.apply(Set("ship", ships[1], sign="A"))

    edit.save()

    assert signs(dbsession) == ["B", "A"]


def test_who_follows_a_value_follows_a_row_that_makes_room(dbsession, ships):
    edit = drafts.open(dbsession, Fleet, 1, owner="ada")
    edit.apply(Set("ship", ships[0], sign="C"))
    edit.apply(Insert("ship", {"sign": "A"}))

    edit.save()

    assert signs(dbsession) == ["C", "B"]


def test_who_follows_a_value_follows_a_revert(dbsession, ships):
    dbsession.execute(sa.delete(Radio).where(Radio.id == 2))
    edit = drafts.open(dbsession, Fleet, 1, owner="ada")
    edit.apply(Delete("ship", ships[1]))
    edit.apply(Set("ship", ships[0], sign="B"))
    edit.save()
    assert signs(dbsession) == ["B"]

    drafts.open(dbsession, Fleet, 1, owner="ada", revert_to=0).save()

    assert signs(dbsession) == ["A"]


def test_rows_that_would_lose_their_reference_are_named(dbsession, ships):
    dbsession.add_all([Log(id=1, sign="A"), Log(id=2, sign="A")])
    dbsession.flush()
    edit = drafts.open(dbsession, Fleet, 1, owner="ada")
    edit.apply(Set("ship", ships[0], sign="C"))

    with pytest.raises(Refused) as refusal:
        edit.save()

    [problem] = refusal.value.problems
    assert (problem.table, problem.key, problem.field) == ("ship", (ships[0],), "sign")
    assert "log refers to this value in 2 rows" in problem.message
    assert edit.check().problems == [problem]


def test_a_value_that_no_row_refers_to_is_changed(dbsession, ships):
    dbsession.add(Log(id=1, sign="A"))
    dbsession.flush()
    edit = drafts.open(dbsession, Fleet, 1, owner="ada")
    edit.apply(Set("ship", ships[1], sign="C"))

    edit.save()

    assert signs(dbsession) == ["A", "C"]
