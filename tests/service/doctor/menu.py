"""A host whose tables the tests spoil."""

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, relationship

from draftedit import Drafts, OrderKey
from draftedit.engine.values.order_key import spread


class Base(DeclarativeBase):
    """Metadata of its own."""


class Menu(Base):
    """The root."""

    __tablename__ = "menu"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id = mapped_column(sa.Integer, primary_key=True)
    name = mapped_column(sa.String(20), unique=True, nullable=False)
    dishes = relationship("Dish", cascade="all, delete-orphan")


class Dish(Base):
    """A part in order."""

    __tablename__ = "dish"
    __table_args__ = (
        sa.Index("ix_dish", "menu_id", "place", "id"),
        {"sqlite_autoincrement": True},
    )

    id = mapped_column(sa.Integer, primary_key=True)
    menu_id = mapped_column(sa.ForeignKey("menu.id"), nullable=False)
    place = mapped_column(OrderKey(), nullable=False)
    name = mapped_column(sa.String(20))
    price = mapped_column(sa.Integer)


drafts = Drafts(Base.metadata)
drafts.target(Menu, label=Menu.name, order={Dish: Dish.place})


def fill(engine: sa.Engine) -> None:
    """Put a menu of two dishes there."""
    with Session(engine) as dbsession:
        dishes = [Dish(place=place, name="soup", price=3) for place in spread(2)]
        dbsession.add(Menu(name="noon", dishes=dishes))
        dbsession.commit()


def everything(engine: sa.Engine, *metadata: sa.MetaData) -> dict[str, list]:
    """Return all rows of all tables."""
    found = {}
    with engine.connect() as connection:
        for one in metadata or (Base.metadata, drafts.metadata):
            for table in one.tables.values():
                rows = connection.exec_driver_sql(f"SELECT * FROM {table.name}").all()
                found[table.name] = sorted(rows, key=repr)
    return found
