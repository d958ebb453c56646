"""A host whose database demands more than its models say."""

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from draftedit import Drafts


class Base(DeclarativeBase):
    pass


class Shelf(Base):
    __tablename__ = "shelf"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(20))
    boxes = relationship("Box", cascade="all, delete-orphan")


class Box(Base):
    """Whatever is here may be anything, or nothing, as far as the model knows."""

    __tablename__ = "box"
    __table_args__ = (
        sa.UniqueConstraint("shelf_id", "number", name="one_number_each"),
        sa.Index("ix_box_left_right", "left", "right", unique=True),
        {"info": {"label": "box", "plural": "boxes"}},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    shelf_id: Mapped[int] = mapped_column(sa.ForeignKey("shelf.id"), index=True)
    code: Mapped[str | None] = mapped_column(sa.String(20), unique=True)
    number: Mapped[int | None] = mapped_column()
    left: Mapped[str | None] = mapped_column(sa.String(20))
    right: Mapped[str | None] = mapped_column(sa.String(20))
    must: Mapped[str | None] = mapped_column(sa.String(20))
    word: Mapped[str | None] = mapped_column(sa.String(20))
    weight: Mapped[int | None] = mapped_column(sa.Integer)
    price: Mapped[float | None] = mapped_column(sa.Numeric(10, 2))
    size: Mapped[float | None] = mapped_column(sa.Float)
    fresh: Mapped[bool | None] = mapped_column(sa.Boolean)
    level: Mapped[int | None] = mapped_column(sa.Integer)
    made: Mapped[int | None] = mapped_column(sa.Integer)
    opened: Mapped[int | None] = mapped_column(sa.Integer)
    paint: Mapped[int | None] = mapped_column(sa.Integer)
    wood: Mapped[int | None] = mapped_column(sa.Integer)


drafts = Drafts(Base.metadata)
drafts.target(Shelf, label=Shelf.name)

# The tables as they really are.
real = sa.MetaData()
sa.Table("wood", real, sa.Column("id", sa.Integer, primary_key=True))
sa.Table(
    "shelf",
    real,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(20), nullable=False),
)
sa.Table(
    "box",
    real,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("shelf_id", sa.ForeignKey("shelf.id"), nullable=False, index=True),
    sa.Column("code", sa.String(20), unique=True),
    sa.Column("number", sa.Integer),
    sa.Column("left", sa.String(20)),
    sa.Column("right", sa.String(20)),
    sa.Column("must", sa.String(20), nullable=False),
    # SQLite takes texts of any length.
    sa.Column("word", sa.String(5), sa.CheckConstraint("length(word) <= 5")),
    sa.Column("weight", sa.SmallInteger, sa.CheckConstraint("weight < 30000")),
    sa.Column("size", sa.Float),
    sa.Column("fresh", sa.Boolean),
    sa.Column("price", sa.Numeric(4, 2), sa.CheckConstraint("price < 100")),
    sa.Column("level", sa.Integer, sa.CheckConstraint("level > 0")),
    sa.Column("made", sa.Integer),
    sa.Column("opened", sa.Integer),
    sa.Column("paint", sa.ForeignKey("wood.id")),
    sa.Column("wood", sa.ForeignKey("wood.id")),
    sa.UniqueConstraint("shelf_id", "number", name="one_number_each"),
    sa.Index("ix_box_left_right", "left", "right", unique=True),
    sa.CheckConstraint("opened >= made", name="made_before_opened"),
)
sa.Table(
    "label",
    real,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("box_id", sa.ForeignKey("box.id"), nullable=False),
)
