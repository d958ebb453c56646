"""A shop that shows each tenant its own orders, and no line that is marked as deleted.

The session's hook says so for the ORM, `visible` for drafts.
"""

from contextvars import ContextVar

import sqlalchemy as sa
from sqlalchemy.orm import (
    DeclarativeBase,
    mapped_column,
    relationship,
    with_loader_criteria,
)

from draftedit import Drafts

current_tenant = ContextVar("current_tenant", default=1)


class Base(DeclarativeBase):
    """Metadata of its own."""


class Bill(Base):
    """What a tenant sells."""

    __tablename__ = "bill"

    id = mapped_column(sa.Integer, primary_key=True)
    tenant_id = mapped_column(
        sa.Integer, nullable=False, default=lambda: current_tenant.get()
    )
    number = mapped_column(sa.String(20), nullable=False)
    items = relationship("Item", cascade="all, delete-orphan")


class Item(Base):
    """A line of a bill; one that is taken off is marked."""

    __tablename__ = "bill_item"

    id = mapped_column(sa.Integer, primary_key=True)
    bill_id = mapped_column(sa.ForeignKey("bill.id"), nullable=False, index=True)
    product = mapped_column(sa.String(20))
    deleted_at = mapped_column(sa.String(20))


def visible(table):
    """Return what may be seen of a table."""
    if table is Item:
        return Item.deleted_at.is_(None)
    tenant = sa.bindparam("tenant", callable_=current_tenant.get, type_=sa.Integer)
    return Bill.tenant_id == tenant


def show_what_is_visible(state):
    """Filter what the ORM reads, as SQLAlchemy's own recipe does."""
    if state.is_select and not state.is_column_load:
        criteria = (with_loader_criteria(one, visible(one)) for one in (Bill, Item))
        state.statement = state.statement.options(*criteria)


drafts = Drafts(Base.metadata)
drafts.target(Bill, label=Bill.number, visible=visible)
