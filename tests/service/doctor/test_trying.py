"""What cannot be tried with the rows that are there is a note, and no fault."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, relationship

from draftedit import Drafts, OrderKey
from draftedit.engine.values.order_key import spread
from tests.databases import create_tables, new_database
from tests.service.doctor.menu import everything


class Host:
    """A shelf whose two slots have all the values there are; tickets refer to them."""

    def __init__(self, ondelete):
        class Base(DeclarativeBase):
            pass

        class Slot(Base):
            __tablename__ = "slot"
            __table_args__ = (
                sa.UniqueConstraint("shelf_id", "kind"),
                sa.Index("ix_slot", "shelf_id", "place", "id"),
                {"sqlite_autoincrement": True},
            )
            id = mapped_column(sa.Integer, primary_key=True)
            shelf_id = mapped_column(sa.ForeignKey("shelf.id"), nullable=False)
            place = mapped_column(OrderKey(), nullable=False)
            kind = mapped_column(sa.Enum("a", "b", name="kind"), nullable=False)

        class Shelf(Base):
            __tablename__ = "shelf"
            __table_args__ = ({"sqlite_autoincrement": True},)
            id = mapped_column(sa.Integer, primary_key=True)
            name = mapped_column(sa.String(20))
            slots = relationship(Slot, cascade="all, delete-orphan")

        # Without a key of its own: history cannot keep what goes with a slot.
        self.ticket = sa.Table(
            "ticket",
            Base.metadata,
            sa.Column(
                "slot_id",
                sa.ForeignKey("slot.id", ondelete=ondelete),
                nullable=False,
                index=True,
            ),
        )
        self.metadata, self.shelf, self.slot = Base.metadata, Shelf, Slot
        self.drafts = Drafts(Base.metadata)
        self.drafts.target(Shelf, label=Shelf.name, order={Slot: Slot.place})

    def fill(self, engine):
        with Session(engine) as dbsession:
            pairs = zip("ab", spread(2), strict=True)
            slots = [self.slot(kind=kind, place=place) for kind, place in pairs]
            dbsession.add(self.shelf(name="one", slots=slots))
            dbsession.flush()
            tickets = [{"slot_id": slot.id} for slot in slots]
            dbsession.execute(sa.insert(self.ticket), tickets)
            dbsession.commit()


@pytest.fixture
def probed(servers, backend):
    """Return `probed(host)`: the report of the slots, and that no row has changed."""

    def probed(host):
        tables = host.metadata, host.drafts.metadata
        with new_database(servers, backend) as database:
            create_tables(database.engine, *tables)
            host.fill(database.engine)
            before = everything(database.engine, *tables)
            report = host.drafts.probe(database.engine)
            assert everything(database.engine, *tables) == before
        return next(one for one in report.parts if one.part == "slot")

    return probed


def test_a_part_in_which_every_value_is_taken_is_moved_and_no_more(probed):
    report = probed(Host(None))

    assert report.is_healthy
    told = {note.step: note.meaning for note in report.notes}
    assert list(told) == ["set", "insert", "delete"]
    assert told["set"].startswith("no value was set (save: ")
    assert told["insert"].startswith("no row was inserted (save: ")
    assert told["delete"].startswith("no row was deleted (save: ")
    assert {"move", "undo", "save"} <= set(report.tried)
    assert "history" not in report.tried


def test_rows_outside_that_go_with_a_deleted_one_are_consented_to(probed):
    report = probed(Host("CASCADE"))

    assert [note.step for note in report.notes] == ["set", "insert"]
    assert {"move", "delete", "save", "history", "revert"} <= set(report.tried)
