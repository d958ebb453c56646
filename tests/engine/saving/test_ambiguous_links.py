"""Law 3 for association tables without a primary key."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, mapped_column, relationship

from draftedit import Delete, Drafts
from draftedit.engine.base.errors import Refused


class Base(DeclarativeBase):
    pass


# As tutorials have it: without a primary key, and nothing is NOT NULL.
sung = sa.Table(
    "sung",
    Base.metadata,
    sa.Column("choir_id", sa.ForeignKey("choir.id"), index=True),
    sa.Column("song_id", sa.ForeignKey("song.id")),
)


class Song(Base):
    __tablename__ = "song"
    id = mapped_column(sa.Integer, primary_key=True, autoincrement=False)


class Choir(Base):
    __tablename__ = "choir"
    id = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    name = mapped_column(sa.String(20))
    songs = relationship(Song, secondary=sung)


drafts = Drafts(Base.metadata)
drafts.target(Choir, label=Choir.name)


@pytest.fixture(scope="session")
def database(fresh_database):
    return fresh_database(Base.metadata, drafts.metadata)


@pytest.fixture
def edit(dbsession):
    songs = [Song(id=1), Song(id=2)]
    dbsession.add(Choir(id=1, name="C", songs=songs))
    dbsession.flush()
    return drafts.open(dbsession, Choir, 1, owner="ada")


def link(dbsession, song):
    dbsession.execute(sa.insert(sung), {"choir_id": 1, "song_id": song})


@pytest.mark.parametrize("song", [1, None])
def test_law_3_links_that_nothing_tells_apart_keep_their_parent(dbsession, edit, song):
    link(dbsession, song)
    edit.apply(Delete("choir", 1))

    with pytest.raises(Refused) as refusal:
        edit.save()

    [problem] = refusal.value.problems
    assert (problem.table, problem.key) == ("choir", (1,))
    assert "sung has no primary key" in problem.message
    assert edit.check().problems == [problem]


def test_a_link_that_is_there_twice_is_not_deleted(dbsession, edit):
    link(dbsession, 1)
    edit.apply(Delete("sung", (1, 1)))

    with pytest.raises(Refused) as refusal:
        edit.save()

    [problem] = refusal.value.problems
    assert (problem.table, problem.key) == ("sung", (1, 1))


def test_links_that_differ_are_deleted_and_come_back(dbsession, edit):
    edit.apply(Delete("choir", 1))
    edit.save()
    assert dbsession.execute(sa.select(sung)).all() == []

    drafts.open(dbsession, Choir, 1, owner="ada", revert_to=0).save()

    assert sorted(dbsession.execute(sa.select(sung)).all()) == [(1, 1), (1, 2)]
