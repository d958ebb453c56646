"""Law 4 for columns that PostgreSQL itself has in every table, as version counters."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, mapped_column, relationship

from draftedit import Delete, Drafts, Insert, Set

pytestmark = pytest.mark.only_on("postgresql")


class Base(DeclarativeBase):
    pass


class Xid(sa.types.UserDefinedType):
    cache_ok = True

    def get_col_spec(self):
        return "xid"


class Versioned:
    """As SQLAlchemy's documentation shows it for `xmin`."""

    xmin = mapped_column("xmin", Xid, system=True, server_default=sa.FetchedValue())

    @sa.orm.declared_attr.directive
    @classmethod
    def __mapper_args__(cls):
        return {"version_id_col": cls.xmin, "version_id_generator": False}


class Album(Versioned, Base):
    __tablename__ = "album"
    id = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    name = mapped_column(sa.String(20))
    prints = relationship("Print", cascade="all, delete-orphan")


class Print(Versioned, Base):
    __tablename__ = "print"
    id = mapped_column(sa.Integer, primary_key=True)
    album_id = mapped_column(sa.ForeignKey("album.id"), nullable=False, index=True)
    name = mapped_column(sa.String(20))


class Copy(Versioned, Base):
    """Outside of the object; it goes with a print."""

    __tablename__ = "copy"
    id = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    print_id = mapped_column(sa.ForeignKey("print.id", ondelete="CASCADE"))


drafts = Drafts(Base.metadata)
drafts.target(Album, label=Album.name)


@pytest.fixture(scope="session")
def database(fresh_database):
    return fresh_database(Base.metadata, drafts.metadata)


def rows(dbsession):
    found = [
        dbsession.execute(sa.select(*columns).order_by(columns[0])).all()
        for columns in (
            (Album.id, Album.name),
            (Print.id, Print.name),
            (Copy.id, Copy.print_id),
        )
    ]
    return [tuple(map(tuple, some)) for some in found]


def test_a_system_column_is_none_of_ours(dbsession):
    dbsession.add(Album(id=1, name="A", prints=[Print(name="a"), Print(name="b")]))
    dbsession.flush()
    key = dbsession.scalar(sa.select(sa.func.min(Print.id)))
    dbsession.add(Copy(id=1, print_id=key))
    dbsession.flush()
    before = rows(dbsession)
    edit = drafts.open(dbsession, Album, 1, owner="ada")
    edit.apply(Set("album", 1, name="B"))
    edit.apply(Delete("print", key))
    edit.apply(Insert("print", {"name": "c"}))
    assert "xmin" not in edit.row("print", [key + 1]).values

    edit.save()
    assert rows(dbsession)[2] == ()
    drafts.open(dbsession, Album, 1, owner="ada", revert_to=0).save()

    assert rows(dbsession) == before
