"""A host: UUID, composite and text keys, parts with and without order, links."""
# fmt: off — a whole host on one page

from uuid import uuid4

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Uuid
from sqlalchemy.orm import DeclarativeBase, mapped_column, relationship

from draftedit import Drafts, OrderKey

TEXT, KEY, OWNED = String(40), {"primary_key": True}, {"cascade": "all, delete-orphan"}
class Base(DeclarativeBase): ...
class Order(Base):
    __tablename__, id = "purchase", mapped_column(Uuid, default=uuid4, **KEY)
    number = mapped_column(TEXT, unique=True, nullable=False)
    lines, notes = relationship("Line", **OWNED), relationship("Note", **OWNED)
class Line(Base):
    __tablename__, id = "line", mapped_column(Integer, **KEY)
    order_id, place = mapped_column(ForeignKey(Order.id)), mapped_column(OrderKey(), nullable=False)
    product, amount = mapped_column(TEXT), mapped_column(Integer, nullable=False, default=1)
    __table_args__, labels = (Index("ix_line", order_id, place, id),), relationship("Label", "line_label")
class Note(Base):
    __tablename__, text = "note", mapped_column(String(200))
    order_id, topic = mapped_column(ForeignKey(Order.id), **KEY), mapped_column(TEXT, **KEY)
class Label(Base):
    __tablename__, code = "label", mapped_column(TEXT, **KEY)
Table("line_label", Base.metadata, Column("line_id", ForeignKey(Line.id), **KEY), Column("label_code", ForeignKey(Label.code), **KEY))
drafts = Drafts(Base.metadata)
drafts.target(Order, label=Order.number, order={Line: Line.place})
