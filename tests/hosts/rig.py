"""A host whose rows depend on each other in ways that no relationship tells.

An anchor keeps the load of its ropes, by a listener that asks its collection; ties
refer to hooks by a raw foreign key; a peg is the left or the right one, which nothing
can stand in for.
"""

import sqlalchemy as sa
from sqlalchemy.orm import (
    DeclarativeBase,
    Session,
    mapped_column,
    relationship,
    validates,
)

from draftedit import Drafts, OrderKey

OWNED = {"cascade": "all, delete-orphan"}


class Base(DeclarativeBase):
    """Metadata of its own."""


class Rig(Base):
    """The root."""

    __tablename__ = "rig"

    id = mapped_column(sa.Integer, primary_key=True)
    colour = mapped_column(sa.String(20), nullable=False, default="white")
    anchors = relationship("Anchor", **OWNED, back_populates="rig")
    hooks = relationship("Hook", **OWNED)
    ties = relationship("Tie", **OWNED)
    pegs = relationship("Peg", **OWNED)

    @validates("colour")
    def paint(self, _key: str, colour: str) -> str:
        """Paint the anchors, too."""
        for anchor in self.anchors:
            anchor.colour = colour
        return colour


class Anchor(Base):
    """What ropes hang on; read with its rig, as many models have it."""

    __tablename__ = "anchor"

    id = mapped_column(sa.Integer, primary_key=True)
    rig_id = mapped_column(sa.ForeignKey("rig.id"), nullable=False, index=True)
    next_id = mapped_column(sa.ForeignKey("anchor.id"), index=True)
    name = mapped_column(sa.String(20))
    colour = mapped_column(sa.String(20))
    load = mapped_column(sa.Integer, nullable=False, default=0)
    rig = relationship(Rig, lazy="joined", back_populates="anchors")
    ropes = relationship("Rope", **OWNED)


class Rope(Base):
    """A weight on an anchor."""

    __tablename__ = "rope"
    __table_args__ = (sa.Index("ix_rope", "anchor_id", "place", "id"),)

    id = mapped_column(sa.Integer, primary_key=True)
    anchor_id = mapped_column(sa.ForeignKey("anchor.id"), nullable=False)
    place = mapped_column(OrderKey(), nullable=False)
    weight = mapped_column(sa.Integer, nullable=False)


class Hook(Base):
    """What ties hang on."""

    __tablename__ = "hook"

    id = mapped_column(sa.Integer, primary_key=True)
    rig_id = mapped_column(sa.ForeignKey("rig.id"), nullable=False, index=True)


class Tie(Base):
    """It needs a hook, and says so in SQL only."""

    __tablename__ = "tie"

    id = mapped_column(sa.Integer, primary_key=True)
    rig_id = mapped_column(sa.ForeignKey("rig.id"), nullable=False, index=True)
    hook_id = mapped_column(sa.ForeignKey("hook.id"), nullable=False, index=True)


class Peg(Base):
    """The left or the right one."""

    __tablename__ = "peg"

    id = mapped_column(sa.Integer, primary_key=True)
    rig_id = mapped_column(sa.ForeignKey("rig.id"), nullable=False, index=True)
    is_left = mapped_column(sa.Boolean, unique=True, nullable=False)


def keep_loads(dbsession: Session, *_: object) -> None:
    """Let each anchor know what hangs on it."""
    for anchor in dbsession.scalars(sa.select(Anchor)).all():
        load = sum(rope.weight for rope in anchor.ropes)
        if anchor.load != load:
            anchor.load = load


drafts = Drafts(Base.metadata)
drafts.target(Rig, label=Rig.colour, order={Rope: Rope.place})
