"""Law 3 for keys that PostgreSQL alone gives: GENERATED ALWAYS AS IDENTITY."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, mapped_column, relationship

from draftedit import Delete, Drafts, Insert, Set

pytestmark = pytest.mark.only_on("postgresql")


class Base(DeclarativeBase):
    pass


class Ledger(Base):
    __tablename__ = "ledger"
    id = mapped_column(sa.Integer, sa.Identity(always=True), primary_key=True)
    name = mapped_column(sa.String(20))
    entries = relationship("Entry", cascade="all, delete-orphan")


class Entry(Base):
    """A name that is quoted, and a column whose name has a bracket in it."""

    __tablename__ = "Entry"
    id = mapped_column(sa.Integer, sa.Identity(always=True), primary_key=True)
    ledger_id = mapped_column(sa.ForeignKey("ledger.id"), nullable=False, index=True)
    amount = mapped_column("amount (EUR)", sa.Integer)


drafts = Drafts(Base.metadata)
drafts.target(Ledger, label=Ledger.name)


@pytest.fixture(scope="session")
def database(fresh_database):
    return fresh_database(Base.metadata, drafts.metadata)


@pytest.fixture
def ledger(dbsession):
    """Return the key of a ledger with three entries."""
    entries = [Entry(amount=number) for number in (1, 2, 3)]
    ledger = Ledger(name="L", entries=entries)
    dbsession.add(ledger)
    dbsession.flush()
    return ledger.id


def rows(dbsession):
    dbsession.expire_all()
    return [
        tuple(map(tuple, dbsession.execute(sa.select(*one.c).order_by(one.c.id))))
        for one in (Ledger.__table__, Entry.__table__)
    ]


@pytest.mark.parametrize("table", ["ledger", "Entry"])
def test_law_3_rows_come_back_under_keys_that_the_database_alone_gives(
    dbsession, ledger, table
):
    before = rows(dbsession)
    keys = {"ledger": ledger, "Entry": before[1][1][0]}
    edit = drafts.open(dbsession, Ledger, ledger, owner="ada")
    edit.apply(Delete(table, keys[table]))
    edit.save()

    back = drafts.open(dbsession, Ledger, ledger, owner="ada", revert_to=0)
    assert back.check().is_clear
    back.save()

    assert rows(dbsession) == before


def test_rows_that_come_back_beside_new_ones_leave_these_to_the_database(
    dbsession, ledger
):
    before = rows(dbsession)
    first, second, third = (row[0] for row in before[1])
    edit = drafts.open(dbsession, Ledger, ledger, owner="ada")
    edit.apply(Delete("Entry", first))
    edit.apply(Delete("Entry", second))
    edit.save()

    back = drafts.open(dbsession, Ledger, ledger, owner="ada", revert_to=0)
    back.apply(Insert("Entry", {"amount (EUR)": 4}))
    back.apply(Set("Entry", third, **{"amount (EUR)": 5}))
    back.save()

    assert [row[2] for row in rows(dbsession)[1]] == [1, 2, 5, 4]
    assert rows(dbsession)[1][:2] == before[1][:2]


def test_statements_of_the_host_while_rows_come_back_stay_as_they_are(
    dbsession, ledger
):
    def listen(_mapper, connection, _entry):
        connection.execute(sa.text("SELECT 1"))

    before = rows(dbsession)
    edit = drafts.open(dbsession, Ledger, ledger, owner="ada")
    edit.apply(Delete("Entry", before[1][0][0]))
    edit.save()
    sa.event.listen(Entry, "before_insert", listen)
    try:
        drafts.open(dbsession, Ledger, ledger, owner="ada", revert_to=0).save()
    finally:
        sa.event.remove(Entry, "before_insert", listen)

    assert rows(dbsession) == before
