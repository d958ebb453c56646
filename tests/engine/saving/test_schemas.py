"""Law 3 in a database of several schemas: a table is known by both of its names."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, relationship

from draftedit import Delete, Drafts
from draftedit.app.models import make_engine
from draftedit.engine.outside import incoming_references

pytestmark = pytest.mark.only_on("postgresql")


class Base(DeclarativeBase):
    pass


class Deed(Base):
    __tablename__ = "deed"
    id = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    title = mapped_column(sa.String(20))
    pages = relationship("Leaf", cascade="all, delete-orphan")


class Leaf(Base):
    __tablename__ = "leaf"
    id = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    deed_id = mapped_column(sa.ForeignKey("deed.id"), nullable=False, index=True)


class OtherLeaf(Base):
    """No part, though a part has its name."""

    __tablename__ = "leaf"
    __table_args__ = ({"schema": "attic"},)
    id = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    deed_id = mapped_column(sa.ForeignKey("deed.id", ondelete="CASCADE"), index=True)


drafts = Drafts(Base.metadata)
drafts.target(Deed, label=Deed.title)


@pytest.fixture(params=[{}, {None: "tenant"}], ids=["own names", "translated"])
def dbsession(empty_database, request):
    """Open a session whose tables lie where its schema_translate_map says."""
    options = {"schema_translate_map": request.param} if request.param else {}
    engine = make_engine(empty_database.url).execution_options(**options)
    where = request.param.get(None, "public")
    with engine.begin() as connection:
        for schema in ("attic", "tenant"):
            connection.execute(sa.schema.CreateSchema(schema))
        Base.metadata.create_all(connection)
        drafts.metadata.create_all(connection)
        connection.exec_driver_sql(
            "CREATE TABLE attic.seal (id INTEGER PRIMARY KEY, leaf_id INTEGER"
            f" REFERENCES {where}.leaf ON DELETE CASCADE)"
        )
    with Session(engine) as session:
        yield session
    incoming_references.forget()
    engine.dispose()


@pytest.fixture
def deed(dbsession):
    dbsession.add(Deed(id=1, title="D", pages=[Leaf(id=2)]))
    dbsession.flush()
    dbsession.add(OtherLeaf(id=3, deed_id=1))
    dbsession.flush()
    dbsession.execute(sa.text("INSERT INTO attic.seal VALUES (4, 2)"))
    return 1


def test_law_3_rows_of_a_table_with_the_name_of_a_part_are_told_and_kept(
    dbsession, deed
):
    edit = drafts.open(dbsession, Deed, deed, owner="ada")
    edit.apply(Delete("deed", deed))

    saved = edit.save()

    told = {(one.table, one.effect, one.kept) for one in saved.consequences}
    assert told == {("attic.leaf", "deleted", True), ("attic.seal", "deleted", True)}
    assert dbsession.scalars(sa.select(OtherLeaf.id)).all() == []

    drafts.open(dbsession, Deed, deed, owner="ada", revert_to=0).save()

    assert dbsession.scalars(sa.select(Leaf.id)).all() == [2]
    assert dbsession.scalars(sa.select(OtherLeaf.id)).all() == [3]
    seals = dbsession.execute(sa.text("SELECT id, leaf_id FROM attic.seal")).all()
    assert seals == [(4, 2)]


def test_each_tenant_of_one_engine_has_foreign_keys_of_its_own(dbsession, deed):
    graph = incoming_references.graph_of(dbsession, drafts.targets["deed"])
    connection = dbsession.connection()
    elsewhere = connection.execution_options(schema_translate_map={None: "nobody"})
    with Session(elsewhere) as other:
        assert incoming_references.graph_of(other, drafts.targets["deed"]) is not graph
    assert len(graph.to(dbsession.connection(), Leaf.__table__)) == 1
