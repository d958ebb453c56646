"""A host with one part, whose further columns and rules a test chooses."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, relationship

from draftedit import Drafts
from tests.databases import create_tables


class Host:
    """The root `top` and its part `bottom`; `rules` are the part's table arguments."""

    def __init__(
        self, *rules: sa.schema.SchemaItem, park: Any = None, **columns: Any
    ) -> None:
        class Base(DeclarativeBase):
            pass

        class Top(Base):
            __tablename__ = "top"
            id = mapped_column(sa.Integer, primary_key=True)
            name = mapped_column(sa.String(20))
            parts = relationship("Bottom", cascade="all, delete-orphan")

        class Bottom(Base):
            __tablename__ = "bottom"
            __table_args__ = rules
            id = mapped_column(sa.Integer, primary_key=True)
            top_id = mapped_column(sa.ForeignKey("top.id"), index=True, nullable=False)
            locals().update(columns)

        self.metadata, self.top, self.bottom = Base.metadata, Top, Bottom
        self.drafts = Drafts(Base.metadata)
        self.drafts.target(Top, label=Top.name, park=park)

    def fill(self, dbsession: Session, *values: Any) -> Any:
        """Make the tables, and an object with a part for each value of `value`."""
        create_tables(dbsession.get_bind(), self.metadata, self.drafts.metadata)
        top = self.top(name="top", parts=[self.bottom(value=v) for v in values])
        dbsession.add(top)
        dbsession.flush()
        return top
