"""What cannot stand in the table of drafts is refused when a draft is opened."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, mapped_column

from draftedit import Drafts
from draftedit.engine.base.errors import Refused


class Base(DeclarativeBase):
    pass


class Page(Base):
    __tablename__ = "page"
    path = mapped_column(sa.String(300), primary_key=True)
    name = mapped_column(sa.String(20))


drafts = Drafts(Base.metadata)
drafts.target(Page, label=Page.name)


@pytest.fixture(scope="session")
def database(fresh_database):
    return fresh_database(Base.metadata, drafts.metadata)


def opened(dbsession, path, owner="ada"):
    dbsession.add(Page(path=path, name="a"))
    dbsession.flush()
    return drafts.open(dbsession, Page, path, owner=owner)


@pytest.mark.parametrize("path", ["k" * 256, "/" * 128], ids=["long", "escaped"])
def test_a_key_that_is_too_long_for_an_address(dbsession, path):
    with pytest.raises(Refused) as refused:
        opened(dbsession, path)

    [problem] = refused.value.problems
    assert (problem.code, problem.table) == ("key-too-long", "page")
    assert problem.params == {"limit": 255, "length": 256}


def test_the_longest_key_and_owner_are_taken(dbsession):
    edit = opened(dbsession, "k" * 255, owner="o" * 255)
    assert (edit.root, edit.info.owner) == (("k" * 255,), "o" * 255)


def test_an_owner_whose_name_is_too_long(dbsession):
    with pytest.raises(Refused, match="255 characters"):
        opened(dbsession, "a", owner="o" * 256)
    with pytest.raises(Refused, match="255 characters"):
        drafts.open(dbsession, Page, "a", owner="ada").hand_on("o" * 256)
