"""A host with a generic relation: notes, tags and pictures of things of any kind.

A discriminator beside the key says whose they are, without a foreign key, as Django's
GenericRelation has it; slots are deleted by a mark, and stay in their table.
"""

import enum

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, foreign, mapped_column, relationship

from draftedit import Drafts, OrderKey

OWNED = "all, delete-orphan"


class Kind(enum.Enum):
    """What a picture shows."""

    FRONT = "front"
    BACK = "back"
    PERSON = "person"


class Base(DeclarativeBase):
    """Metadata of its own."""


class Tag(Base):
    """Belongs to nobody."""

    __tablename__ = "sticker"

    id = mapped_column(sa.Integer, primary_key=True)
    name = mapped_column(sa.String(20), nullable=False)


tagged = sa.Table(
    "marked",
    Base.metadata,
    sa.Column("about_id", sa.Integer, primary_key=True),
    sa.Column("about_kind", sa.String(10), primary_key=True),
    sa.Column("tag_id", sa.ForeignKey("sticker.id"), primary_key=True),
)


class Note(Base):
    """A note about a rack, a customer, or whatever else there is, in an order."""

    __tablename__ = "memo"
    __table_args__ = (
        sa.Index("ix_memo_about", "about_kind", "about_id", "place", "id"),
    )

    id = mapped_column(sa.Integer, primary_key=True)
    about_kind = mapped_column(sa.String(10), nullable=False)
    about_id = mapped_column(sa.Integer, nullable=False)
    place = mapped_column(OrderKey(), nullable=False)
    text = mapped_column(sa.String(40))
    remarks = relationship("Remark", cascade="all, delete")  # without delete-orphan


class Remark(Base):
    """What somebody says to a note."""

    __tablename__ = "remark"

    id = mapped_column(sa.Integer, primary_key=True)
    note_id = mapped_column(sa.ForeignKey("memo.id"), nullable=False, index=True)
    text = mapped_column(sa.String(40))


class Slot(Base):
    """A place in a rack; one that is given up is marked, not deleted."""

    __tablename__ = "slot"

    id = mapped_column(sa.Integer, primary_key=True)
    rack_id = mapped_column(sa.ForeignKey("rack.id"), nullable=False, index=True)
    name = mapped_column(sa.String(20))
    deleted = mapped_column(sa.Boolean, nullable=False, default=False)


class Picture(Base):
    """A picture of a rack's front or back, or of a person."""

    __tablename__ = "picture"

    id = mapped_column(sa.Integer, primary_key=True)
    about_id = mapped_column(sa.Integer, nullable=False, index=True)
    kind = mapped_column(sa.Enum(Kind, name="picture_kind"), nullable=False)
    archived_at = mapped_column(sa.DateTime)
    title = mapped_column(sa.String(20))


class Rack(Base):
    """The root."""

    __tablename__ = "rack"

    id = mapped_column(sa.Integer, primary_key=True)
    name = mapped_column(sa.String(20), nullable=False, unique=True)
    notes = relationship(
        Note,
        primaryjoin=lambda: sa.and_(
            Rack.id == foreign(Note.about_id), Note.about_kind == "rack"
        ),
        order_by=Note.place,
        cascade=OWNED,
    )
    tags = relationship(
        Tag,
        secondary=tagged,
        primaryjoin=lambda: sa.and_(
            Rack.id == foreign(tagged.c.about_id), tagged.c.about_kind == "rack"
        ),
        secondaryjoin=lambda: foreign(tagged.c.tag_id) == Tag.id,
    )
    slots = relationship(
        Slot,
        primaryjoin=lambda: sa.and_(Rack.id == Slot.rack_id, ~Slot.deleted),
        cascade=OWNED,
    )
    pictures = relationship(
        Picture,
        primaryjoin=lambda: sa.and_(
            Rack.id == foreign(Picture.about_id),
            Picture.kind.in_([Kind.FRONT, Kind.BACK]),
            Picture.archived_at.is_(None),
        ),
        cascade=OWNED,
    )


drafts = Drafts(Base.metadata)
drafts.target(Rack, label=Rack.name, order={Note: Note.place})
