"""Law 3 for keys below 0, which look as if a draft had made them."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, mapped_column, relationship

from draftedit import Delete, Drafts, Insert, Set


class Base(DeclarativeBase):
    pass


class Ledger(Base):
    """The host keeps "unknown" under -1, as many do."""

    __tablename__ = "ledger"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id = mapped_column(sa.Integer, primary_key=True)
    name = mapped_column(sa.String(20))
    entries = relationship("Entry", cascade="all, delete-orphan")


class Entry(Base):
    __tablename__ = "entry"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id = mapped_column(sa.Integer, primary_key=True)
    ledger_id = mapped_column(sa.ForeignKey("ledger.id"), nullable=False, index=True)
    text = mapped_column(sa.String(20))


drafts = Drafts(Base.metadata)
drafts.target(Ledger, label=Ledger.name)


@pytest.fixture(scope="session")
def database(fresh_database):
    return fresh_database(Base.metadata, drafts.metadata)


@pytest.fixture
def everything(dbsession):
    """Make the ledger -1 with its entries -1 and -2; return a reader of all rows."""
    dbsession.add(Ledger(id=-1, name="unknown"))
    dbsession.flush()
    for key in (-1, -2):
        dbsession.add(Entry(id=key, ledger_id=-1, text=f"old {key}"))
    dbsession.flush()

    def read():
        ledgers = dbsession.execute(sa.select(Ledger.__table__)).all()
        entries = sa.select(Entry.__table__).order_by(Entry.id)
        return ledgers, dbsession.execute(entries).all()

    return read


def test_law_3_rows_with_negative_keys_come_back(dbsession, everything):
    before = everything()
    edit = drafts.open(dbsession, Ledger, -1, owner="ada")
    edit.apply(Delete("ledger", -1))
    edit.save()
    assert everything() == ([], [])

    drafts.open(dbsession, Ledger, -1, owner="ada", revert_to=0).save()

    assert everything() == before


def test_no_new_row_gets_the_negative_key_of_one_that_comes_back(dbsession, everything):
    edit = drafts.open(dbsession, Ledger, -1, owner="ada")
    edit.apply(Delete("entry", -2))
    edit.save()

    edit = drafts.open(dbsession, Ledger, -1, owner="ada", revert_to=0)
    edit.apply(Insert("entry", {"text": "new"}))
    edit.undo()
    edit.redo()
    saved = edit.save()

    assert list(saved.ids["entry"]) == ["-3"]
    _, entries = everything()
    assert [(one.text, one.id < 0) for one in entries] == [
        ("old -2", True),
        ("old -1", True),
        ("new", False),
    ]


def test_a_root_with_a_negative_key_need_not_change_itself(dbsession, everything):
    edit = drafts.open(dbsession, Ledger, -1, owner="ada")
    edit.apply(Set("entry", -1, text="changed"))

    edit.save()

    assert [one.text for one in everything()[1]] == ["old -2", "changed"]


def test_law_5_a_negative_key_that_is_taken_again_is_a_conflict(dbsession, everything):
    edit = drafts.open(dbsession, Ledger, -1, owner="ada")
    edit.apply(Delete("entry", -1))
    edit.save()
    back = drafts.open(dbsession, Ledger, -1, owner="ada", revert_to=0)
    dbsession.add(Entry(id=-1, ledger_id=-1, text="another"))
    dbsession.flush()

    [conflict] = back.check().conflicts

    assert (conflict.table, conflict.key, conflict.kind) == ("entry", (-1,), "row")


@pytest.mark.only_on("sqlite", "postgresql")
def test_the_key_0_comes_back_too(dbsession, everything):
    dbsession.add(Entry(id=0, ledger_id=-1, text="zero"))
    dbsession.flush()
    before = everything()
    edit = drafts.open(dbsession, Ledger, -1, owner="ada")
    edit.apply(Delete("ledger", -1))
    edit.save()

    drafts.open(dbsession, Ledger, -1, owner="ada", revert_to=0).save()

    assert everything() == before
