"""Law 3 where row-level security hides rows that a delete takes along."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, relationship

from draftedit import Delete, Drafts, Insert, Set
from draftedit.engine.base.errors import Refused
from draftedit.engine.outside import incoming_references

pytestmark = pytest.mark.only_on("postgresql")

ROLE = "reader"


class Base(DeclarativeBase):
    pass


class Farm(Base):
    __tablename__ = "farm"
    id = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    name = mapped_column(sa.String(20), unique=True)
    fields = relationship("Acre", cascade="all, delete-orphan")


class Acre(Base):
    """A part; `above_id` makes it a tree that the database prunes."""

    __tablename__ = "acre"
    id = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    farm_id = mapped_column(
        sa.ForeignKey("farm.id", ondelete="CASCADE"), nullable=False, index=True
    )
    crop = mapped_column(sa.String(20))


class Fence(Base):
    """Outside of the object."""

    __tablename__ = "fence"
    id = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    acre_id = mapped_column(sa.ForeignKey("acre.id", ondelete="CASCADE"))
    owner = mapped_column(sa.String(20))


class Gate(Base):
    """Outside of the object, below what is outside, and beside it."""

    __tablename__ = "gate"
    id = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    fence_id = mapped_column(sa.ForeignKey("fence.id", ondelete="CASCADE"))
    acre_id = mapped_column(sa.ForeignKey("acre.id", ondelete="SET NULL"))
    farm_name = mapped_column(sa.ForeignKey("farm.name", onupdate="SET NULL"))
    owner = mapped_column(sa.String(20))


drafts = Drafts(Base.metadata)
drafts.target(Farm, label=Farm.name)


@pytest.fixture
def dbsession(empty_database):
    """Open a session whose role sees no row of another owner, and no hops."""
    incoming_references.forget()
    engine = empty_database.engine
    Base.metadata.create_all(engine)
    drafts.metadata.create_all(engine)
    with Session(engine) as session:
        # The role is made in a transaction that is rolled back.
        role = f"{ROLE}_{engine.url.database}"
        for statement in (
            f"CREATE ROLE {role}",
            f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}",
            f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role}",
            "ALTER TABLE acre ENABLE ROW LEVEL SECURITY",
            "CREATE POLICY p ON acre USING (crop <> 'hops')",
            "ALTER TABLE fence ENABLE ROW LEVEL SECURITY",
            "CREATE POLICY p ON fence USING (owner = 'ada')",
            "ALTER TABLE gate ENABLE ROW LEVEL SECURITY",
            "CREATE POLICY p ON gate USING (owner = 'ada')",
        ):
            session.execute(sa.text(statement))
        session.add(Farm(id=1, name="Hill", fields=[Acre(id=1, crop="rye")]))
        session.flush()
        yield session
        session.rollback()
    incoming_references.forget()


def add(dbsession, *rows):
    dbsession.add_all(rows)
    dbsession.flush()
    dbsession.expire_all()
    name = dbsession.get_bind().url.database
    dbsession.execute(sa.text(f"SET LOCAL ROLE {ROLE}_{name}"))


def rows(dbsession):
    """Return all rows, those that the role does not see included."""
    dbsession.execute(sa.text("RESET ROLE"))
    found = [
        tuple(map(tuple, dbsession.execute(sa.select(*one.c).order_by(one.c.id))))
        for one in (Farm.__table__, Acre.__table__, Fence.__table__, Gate.__table__)
    ]
    name = dbsession.get_bind().url.database
    dbsession.execute(sa.text(f"SET LOCAL ROLE {ROLE}_{name}"))
    return found


def delete(dbsession, table, key=1):
    edit = drafts.open(dbsession, Farm, 1, owner="ada")
    edit.apply(Delete(table, key))
    return edit


HIDDEN = {
    "a part": ("farm", "acre", lambda: [Acre(id=2, farm_id=1, crop="hops")]),
    "a table outside": ("acre", "fence", lambda: [Fence(id=1, acre_id=1, owner="bob")]),
    "a table below one outside": (
        "acre",
        "gate",
        lambda: [
            Fence(id=1, acre_id=1, owner="ada"),
            Gate(id=1, fence_id=1, owner="bob"),
        ],
    ),
    "a table that loses its reference": (
        "acre",
        "gate",
        lambda: [Gate(id=1, acre_id=1, owner="bob")],
    ),
}


@pytest.mark.parametrize("case", HIDDEN)
def test_law_3_a_delete_that_takes_hidden_rows_along_is_refused_by_table(
    dbsession, case
):
    doomed, table, hidden = HIDDEN[case]
    add(dbsession, *hidden())
    before = rows(dbsession)
    edit = delete(dbsession, doomed)

    [problem] = edit.check().problems
    with pytest.raises(Refused, match=f"{table} has row-level security"):
        edit.save()

    assert (problem.table, problem.key) == (doomed, (1,))
    assert rows(dbsession) == before


def test_rows_of_secured_tables_that_the_session_sees_go_and_come_back(dbsession):
    add(
        dbsession,
        Acre(id=2, farm_id=1, crop="oats"),
        Fence(id=1, acre_id=1, owner="ada"),
        Gate(id=1, fence_id=1, owner="ada"),
        Gate(id=2, acre_id=1, owner="ada"),
        Gate(id=3, owner="bob"),
    )
    before = rows(dbsession)

    delete(dbsession, "farm").save()
    assert [len(one) for one in rows(dbsession)] == [0, 0, 0, 2]
    drafts.open(dbsession, Farm, 1, owner="ada", revert_to=0).save()

    assert rows(dbsession) == before


def test_a_delete_is_refused_if_the_database_does_not_count(dbsession):
    dbsession.execute(sa.text("SET LOCAL track_counts = off"))
    add(dbsession)
    with pytest.raises(Refused, match="track_counts"):
        delete(dbsession, "acre").save()


def test_a_new_value_that_hidden_rows_would_lose_is_refused_by_table(dbsession):
    add(dbsession, Gate(id=1, farm_name="Hill", owner="bob"))
    before = rows(dbsession)
    edit = drafts.open(dbsession, Farm, 1, owner="ada")
    edit.apply(Set("farm", 1, name="Dale"))
    edit.apply(Insert("acre", {"id": 5, "crop": "rye"}))

    with pytest.raises(Refused, match="gate has row-level security"):
        edit.save()

    assert rows(dbsession) == before
