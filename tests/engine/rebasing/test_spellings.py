"""Keys that differ by case only are one key in some databases: also as a parent's."""

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import DeclarativeBase, mapped_column, relationship

from draftedit import Delete, Drafts, Insert, Move
from draftedit.engine.base.errors import Refused

OWNED = {"cascade": "all, delete-orphan"}


def name():
    ignoring_case = mysql.VARCHAR(20, collation="utf8mb4_general_ci")
    return (
        sa.String(20)
        .with_variant(sa.String(20, collation="NOCASE"), "sqlite")
        .with_variant(ignoring_case, "mysql", "mariadb")
    )


class Base(DeclarativeBase):
    pass


class Device(Base):
    __tablename__ = "spelled_device"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id = mapped_column(sa.Integer, primary_key=True)
    rack = mapped_column(name(), sa.ForeignKey("spelled_rack.name"), index=True)
    title = mapped_column(sa.String(20))


class Rack(Base):
    __tablename__ = "spelled_rack"
    name = mapped_column(name(), primary_key=True)
    site = mapped_column(sa.ForeignKey("spelled_site.id"), index=True)
    devices = relationship(Device, **OWNED)


class Site(Base):
    __tablename__ = "spelled_site"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id = mapped_column(sa.Integer, primary_key=True)
    name = mapped_column(sa.String(20))
    racks = relationship(Rack, **OWNED)


drafts = Drafts(Base.metadata, prefix="spelled_")
drafts.target(Site, label=Site.name)


@pytest.fixture(scope="session")
def database(fresh_database):
    return fresh_database(Base.metadata, drafts.metadata)


@pytest.fixture
def site(dbsession):
    racks = [Rack(name="A", devices=[Device(title="one")]), Rack(name="B")]
    made = Site(name="here", racks=racks)
    dbsession.add(made)
    dbsession.commit()
    return made


@pytest.fixture
def device(site):
    return site.racks[0].devices[0].id


def opened(dbsession, site, owner="ada"):
    return drafts.open(dbsession, Site, site.id, owner=owner)


STEPS = {
    "moved": lambda device: Move("spelled_device", device, "b"),
    "inserted": lambda device: Insert("spelled_device", {"title": "two"}, "b"),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_parent_in_another_spelling_is_kept_as_it_is_spelled(
    dbsession, site, device, backend, step
):
    edit = opened(dbsession, site)
    if backend == "postgresql":  # there it is another rack
        with pytest.raises(Refused, match="There is no spelled_rack"):
            edit.apply(STEPS[step](device))
        return

    [row] = edit.apply(STEPS[step](device)).rows

    assert row.values["rack"] == "B"
    edit.save()
    dbsession.expire_all()
    assert len(dbsession.get(Rack, "B").devices) == 1


@pytest.mark.parametrize("spelled", ["b", "B"])
def test_what_plain_sql_puts_into_a_deleted_rack_is_a_conflict(
    dbsession, site, device, backend, spelled
):
    if backend == "postgresql" and spelled == "b":
        return  # its foreign key refuses it
    mine = opened(dbsession, site)
    mine.apply(Delete("spelled_rack", "B"))
    theirs = opened(dbsession, site, "bob")
    theirs.apply(Move("spelled_device", device, "B"))
    theirs.save()
    other = sa.update(Device).where(Device.id == device).values(rack=spelled)
    dbsession.execute(other)
    dbsession.flush()

    mine = drafts.resume(dbsession, mine.key, owner=None)

    assert [(c.table, c.key) for c in mine.conflicts()] == [
        ("spelled_device", (device,))
    ]
