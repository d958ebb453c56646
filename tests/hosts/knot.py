"""A host made of what makes saving hard: uniques of every kind, and cycles.

A plan has boxes, which point to each other and to a chief among the items; items point
to friends, and have several unique values, marks under a composite key and badges.
"""

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, mapped_column, relationship

from draftedit import Drafts, OrderKey

OWNED = {"cascade": "all, delete-orphan"}
NAME = sa.String(20)


class Base(DeclarativeBase):
    """The knot's own metadata; its constraints have no names of ours."""


class Badge(Base):
    """What items are linked to; no part of a plan."""

    __tablename__ = "badge"

    code = mapped_column(NAME, primary_key=True)


item_badge = sa.Table(
    "item_badge",
    Base.metadata,
    sa.Column("item_id", sa.ForeignKey("item.id"), primary_key=True),
    sa.Column("badge_code", sa.ForeignKey(Badge.code), primary_key=True),
)


class Mark(Base):
    """A word on an item: its key is the item's and its own."""

    __tablename__ = "mark"

    item_id = mapped_column(sa.ForeignKey("item.id"), primary_key=True)
    word = mapped_column(NAME, primary_key=True)
    weight = mapped_column(sa.Integer)


class Item(Base):
    """What lies in a box; `code`, `serial` and `nick` are unique among all."""

    __tablename__ = "item"
    __table_args__ = (
        sa.UniqueConstraint("box_id", "name"),
        sa.Index("ix_item", "box_id", "place", "id"),
    )

    id = mapped_column(sa.Integer, primary_key=True)
    box_id = mapped_column(sa.ForeignKey("box.id"), nullable=False)
    place = mapped_column(OrderKey(), nullable=False)
    name = mapped_column(NAME, nullable=False)
    code = mapped_column(sa.Integer, unique=True, nullable=False)
    serial = mapped_column(sa.Uuid, unique=True, nullable=False)
    nick = mapped_column(NAME, unique=True)
    note = mapped_column(NAME)
    friend_id = mapped_column(sa.ForeignKey("item.id"), index=True)
    marks = relationship(Mark, **OWNED)
    badges = relationship(Badge, secondary=item_badge)


class Box(Base):
    """A box; its name is unique in the plan."""

    __tablename__ = "box"
    __table_args__ = (
        sa.UniqueConstraint("plan_id", "name"),
        sa.Index("ix_box", "plan_id", "place", "id"),
    )

    id = mapped_column(sa.Integer, primary_key=True)
    plan_id = mapped_column(sa.ForeignKey("plan.id"), nullable=False)
    place = mapped_column(OrderKey(), nullable=False)
    name = mapped_column(NAME, nullable=False)
    next_id = mapped_column(sa.ForeignKey("box.id"), index=True)
    chief_id = mapped_column(
        sa.ForeignKey("item.id", name="fk_box_chief", use_alter=True), index=True
    )
    items = relationship(Item, foreign_keys=Item.box_id, **OWNED)


class Plan(Base):
    """The root."""

    __tablename__ = "plan"

    id = mapped_column(sa.Integer, primary_key=True)
    name = mapped_column(NAME, unique=True, nullable=False)
    boxes = relationship(Box, **OWNED)


drafts = Drafts(Base.metadata)
drafts.target(Plan, label=Plan.name, order={Box: Box.place, Item: Item.place})
