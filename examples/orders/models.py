"""The models of the README: orders, and the lines that belong to them."""

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from draftedit import Drafts, OrderKey


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "purchase"
    __table_args__ = ({"sqlite_autoincrement": True},)  # a key is never given again

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(20), unique=True)
    lines: Mapped[list["Line"]] = relationship(cascade="all, delete-orphan")


class Line(Base):
    __tablename__ = "line"
    __table_args__ = (
        sa.Index("ix_line", "order_id", "place", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("purchase.id"))
    place: Mapped[str] = mapped_column(OrderKey())
    product: Mapped[str] = mapped_column(sa.String(100), info={"label": "Product"})
    amount: Mapped[int] = mapped_column(default=1)


drafts = Drafts(Base.metadata)
drafts.target(Order, label=Order.number, order={Line: Line.place})
