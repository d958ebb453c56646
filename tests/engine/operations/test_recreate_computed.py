"""What of a row that comes back the host and the database make, and what not."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, relationship

from draftedit import Drafts, EditSession
from draftedit.engine.base.errors import Refused
from draftedit.engine.operations import Recreate
from tests.databases import Database
from tests.engine.saving.swallowing import swallowing


class Base(DeclarativeBase):
    pass


class Shelf(Base):
    __tablename__ = "shelf"
    id = mapped_column(sa.Integer, primary_key=True)
    name = mapped_column(sa.String(20), nullable=False)
    cups = relationship("Cup", cascade="all, delete-orphan")
    jars = relationship("Jar", cascade="all, delete-orphan")


class Cup(Base):
    """The database insists on making its key, if it can be told so."""

    __tablename__ = "cup"
    id = mapped_column(sa.Integer, sa.Identity(always=True), primary_key=True)
    shelf_id = mapped_column(sa.ForeignKey(Shelf.id), index=True, nullable=False)


class Jar(Base):
    __tablename__ = "jar"
    id = mapped_column(sa.Integer, primary_key=True)
    shelf_id = mapped_column(sa.ForeignKey(Shelf.id), index=True, nullable=False)
    colour = mapped_column(sa.String(20), server_default="white")
    weight = mapped_column(sa.Integer, onupdate=5)


drafts = Drafts(Base.metadata)
drafts.target(Shelf, label=Shelf.name)


@pytest.fixture(scope="session")
def database(fresh_database: Callable[..., Database]) -> Database:
    return fresh_database(Base.metadata, drafts.metadata)


@pytest.fixture
def edit(dbsession: Session) -> EditSession:
    dbsession.add(Shelf(id=1, name="low"))
    dbsession.flush()
    return drafts.open(dbsession, Shelf, 1, owner="ada")


def test_a_row_comes_back_under_a_key_that_only_the_database_makes(edit, dbsession):
    edit.apply(Recreate("cup", {"id": 7, "shelf_id": 1}))
    assert edit.save().ids == {}
    assert dbsession.get(Cup, 7) is not None


def test_what_the_host_keeps_comes_back_and_what_is_not_given_gets_its_default(
    edit, dbsession
):
    values = {"id": 7, "shelf_id": 1, "weight": 9}
    edit.apply(Recreate("jar", values, restores=0))

    edit.save()

    jar = dbsession.get_one(Jar, 7)
    assert (jar.colour, jar.weight) == ("white", 9)


def test_a_save_that_does_not_write_what_the_host_keeps_is_refused(edit, dbsession):
    values = {"id": 7, "shelf_id": 1, "weight": 9}
    edit.apply(Recreate("jar", values, restores=0))

    with (
        swallowing(dbsession.connection(), "UPDATE jar SET") as met,
        pytest.raises(Refused, match="did not write this row"),
    ):
        edit.save()

    assert met
    assert dbsession.get(Jar, 7) is None
