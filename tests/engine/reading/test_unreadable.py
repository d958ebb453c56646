"""A value that is not of its column's type is refused, by table, before anything else.

SQLite stores any text in any column: other programs may have written it.
"""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, relationship

from draftedit import Drafts, Set
from draftedit.engine.base.errors import Refused
from tests.databases import create_tables

pytestmark = pytest.mark.only_on("sqlite")


class Base(DeclarativeBase):
    pass


class Shelf(Base):
    __tablename__ = "shelf"
    id = mapped_column(sa.Integer, primary_key=True)
    name = mapped_column(sa.String(20))
    items = relationship("Item", cascade="all, delete-orphan")


class Item(Base):
    __tablename__ = "item"
    id = mapped_column(sa.Integer, primary_key=True)
    shelf_id = mapped_column(sa.ForeignKey("shelf.id"), index=True, nullable=False)
    note = mapped_column(sa.String(20))
    count = mapped_column(sa.Integer)
    size = mapped_column(sa.Integer)
    day = mapped_column(sa.Date)
    moment = mapped_column(sa.DateTime)
    instant = mapped_column(sa.DateTime)
    hour = mapped_column(sa.Time)
    price = mapped_column(sa.Numeric(10, 2))
    weight = mapped_column(sa.Float)
    code = mapped_column(sa.Uuid)
    data = mapped_column(sa.JSON)
    content = mapped_column(sa.LargeBinary)


drafts = Drafts(Base.metadata)
drafts.target(Shelf, label=Shelf.name)

UNREADABLE = {
    "count": "many",
    "size": 1.5,
    "day": "31.01.2026",
    "moment": "yesterday",
    "instant": "2026-01-31 12:00:00+02:00",
    "hour": "noon",
    "price": "cheap",
    "weight": "heavy",
    "code": "none",
    "data": "{no",
    "content": "text",
}


@pytest.fixture
def dbsession(empty_database):
    create_tables(empty_database.engine, Base.metadata, drafts.metadata)
    with Session(empty_database.engine) as dbsession:
        yield dbsession


@pytest.fixture
def stored(dbsession):
    """Return `stored(column, value)`: an object with a row that has it; its draft."""

    def stored(column, value):
        shelf = Shelf(name="a", items=[Item(), Item()])
        dbsession.add(shelf)
        dbsession.flush()
        statement = sa.text(f"UPDATE item SET {column} = :value WHERE id = 1")
        dbsession.execute(statement, {"value": value})
        return drafts.open(dbsession, Shelf, shelf.id, owner="ada")

    return stored


def check_refused(act):
    with pytest.raises(Refused) as refused:
        act()
    [problem] = refused.value.problems
    assert (problem.code, problem.table) == ("unreadable-value", "item")


@pytest.mark.parametrize("column", UNREADABLE)
def test_the_table_is_named(stored, column):
    edit = stored(column, UNREADABLE[column])

    check_refused(lambda: edit.page("item"))
    check_refused(lambda: edit.below("item", [edit.root]))
    check_refused(lambda: edit.apply(Set("item", 1, note="x")))
    assert edit.touched() == {"shelf": 0, "item": 0}


@pytest.mark.parametrize("column", UNREADABLE)
def test_the_other_rows_are_edited_and_saved(stored, dbsession, column):
    edit = stored(column, UNREADABLE[column])

    edit.apply(Set("item", 2, note="x"))
    edit.save()

    found = dbsession.execute(sa.text(f"SELECT note, {column} FROM item ORDER BY id"))
    [(_, left), (note, _)] = found.all()
    assert (left, note) == (UNREADABLE[column], "x")
