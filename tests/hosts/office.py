"""A host whose rows have no order and change parents, some under keys of two columns.

A desk's key begins with its office, as its room's key does: it can be put into another
room of the office and keeps its key. A drawer has a key of its own.
"""

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, mapped_column, relationship

from draftedit import Drafts

OWNED = {"cascade": "all, delete-orphan"}
NAME = sa.String(20)


class Base(DeclarativeBase):
    """The office's own metadata."""


class Drawer(Base):
    """Below a desk; no two of one desk have the same label."""

    __tablename__ = "drawer"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["office_id", "desk_number"], ["desk.office_id", "desk.number"]
        ),
        sa.UniqueConstraint("office_id", "desk_number", "label"),
    )

    id = mapped_column(sa.Integer, primary_key=True)
    office_id = mapped_column(sa.Integer, nullable=False)
    desk_number = mapped_column(sa.Integer, nullable=False)
    label = mapped_column(NAME, nullable=False)


class Desk(Base):
    """Below a room."""

    __tablename__ = "desk"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["office_id", "room_number"], ["room.office_id", "room.number"]
        ),
        sa.Index("ix_desk_room", "office_id", "room_number"),
    )

    office_id = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    number = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    room_number = mapped_column(sa.Integer, nullable=False)
    name = mapped_column(NAME)
    drawers = relationship(Drawer, **OWNED)


class Room(Base):
    """Below an office."""

    __tablename__ = "room"

    office_id = mapped_column(sa.ForeignKey("office.id"), primary_key=True)
    number = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    title = mapped_column(NAME)
    desks = relationship(Desk, **OWNED)


class Office(Base):
    """The root."""

    __tablename__ = "office"

    id = mapped_column(sa.Integer, primary_key=True)
    name = mapped_column(NAME, nullable=False)
    rooms = relationship(Room, **OWNED)


drafts = Drafts(Base.metadata)
drafts.target(Office, label=Office.name)
