"""What of a row that comes back the host and the database make, and what not."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, relationship

from draftedit import Drafts, EditSession
from draftedit.engine.operations import Recreate
from draftedit.testing import check_refusal
from tests.databases import Database


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


def test_a_key_that_only_the_database_may_make_is_refused(edit, dbsession):
    cup = Recreate("cup", {"id": 7, "shelf_id": 1})
    if dbsession.get_bind().dialect.name == "postgresql":
        assert check_refusal(edit, cup).problems[0].field == "id"
        return
    edit.apply(cup)
    assert edit.save().ids == {}
    assert dbsession.get(Cup, 7) is not None


def test_what_is_computed_or_not_given_is_left_to_the_host(edit, dbsession):
    done = edit.apply(Recreate("jar", {"id": 7, "shelf_id": 1, "weight": 9}))
    assert done.operation.values == {"id": 7, "shelf_id": 1}

    edit.save()

    jar = dbsession.get_one(Jar, 7)
    assert (jar.colour, jar.weight) == ("white", None)
