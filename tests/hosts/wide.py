"""A host whose models do much on their own: defaults, checks, validators, versions.

`Outside` is no part of anything and may refer to pieces; `Deferred` constraints are
those of databases that have them (not MariaDB).
"""

import enum
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, mapped_column, relationship, validates

from draftedit import Drafts

OWNED = {"cascade": "all, delete-orphan"}
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class Base(DeclarativeBase):
    """The wide host's own metadata."""


class Mood(enum.Enum):
    """An enum whose members are not called like their values."""

    GLAD = "g"
    SAD = "s"


class Tag:
    """What a decorated column gives."""

    def __init__(self, text):
        self.text = text

    def __eq__(self, other):
        return isinstance(other, Tag) and other.text == self.text

    def __hash__(self):
        return hash(self.text)


class Tagged(sa.types.TypeDecorator):
    """Gives a Tag, and takes nothing else."""

    impl = sa.String(20)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else value.text

    def process_result_value(self, value, dialect):
        return None if value is None else Tag(value)


class Thing(Base):
    """The root, under a key that the database counts."""

    __tablename__ = "thing"

    id = mapped_column(BIG, primary_key=True)
    name = mapped_column(sa.String(20), unique=True, nullable=False)
    total = mapped_column(sa.Integer, info={"read_only": True})
    pieces = relationship("Piece", **OWNED)
    addresses = relationship("Address", **OWNED)


class Address(Base):
    """One for each thing: what is unique is the reference to it."""

    __tablename__ = "address"

    id = mapped_column(BIG, primary_key=True)
    thing_id = mapped_column(sa.ForeignKey(Thing.id), unique=True, nullable=False)
    street = mapped_column(sa.String(40))


class Piece(Base):
    """A part with a column of every manner of being filled."""

    __tablename__ = "piece"
    __table_args__ = (
        sa.UniqueConstraint("thing_id", "label", name="uq_piece_label"),
        sa.CheckConstraint("amount >= 0", name="ck_piece_amount"),
    )

    id = mapped_column(BIG, primary_key=True)
    thing_id = mapped_column(sa.ForeignKey(Thing.id), nullable=False)
    label = mapped_column(sa.String(20), nullable=False)
    amount = mapped_column(sa.Integer, default=1)
    colour = mapped_column(sa.String(10), server_default="red")
    size = mapped_column(sa.Integer, default=5)
    writes = mapped_column(sa.Integer, default=0, onupdate=sa.text("writes + 1"))
    version = mapped_column(sa.Integer, nullable=False)
    mood = mapped_column(sa.Enum(Mood))
    tag = mapped_column(Tagged)
    token = mapped_column(sa.Uuid(as_uuid=False), default=lambda: str(uuid.uuid4()))
    price = mapped_column(sa.Numeric(8, 3))
    document = mapped_column(sa.JSON)
    other_id = mapped_column(sa.ForeignKey("outside.id"))
    flags = relationship("Flag", **OWNED)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 — because SQLAlchemy names it so

    @validates("label", "document")
    def check_label(self, _name, value):
        """Refuse one value, and show what the validator is given."""
        if value == "bad":
            raise ValueError("A label must not be bad.")
        assert not isinstance(value, sa.sql.elements.Null)
        return value


class Flag(Base):
    """Its key is decorated, and the mood is a part of it."""

    __tablename__ = "flag"

    piece_id = mapped_column(sa.ForeignKey(Piece.id), primary_key=True)
    tag = mapped_column(Tagged, primary_key=True)
    note = mapped_column(sa.String(20))


class Outside(Base):
    """Refers to pieces, and is referred to; no part of a thing."""

    __tablename__ = "outside"

    id = mapped_column(BIG, primary_key=True)
    piece_id = mapped_column(sa.ForeignKey(Piece.id, name="fk_outside", use_alter=True))


drafts = Drafts(Base.metadata)
drafts.target(Thing, label=Thing.name)
