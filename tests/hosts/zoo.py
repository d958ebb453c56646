"""A host with one column of every type that can be drafted."""

import enum

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from draftedit import Drafts, OrderKey


class Base(DeclarativeBase):
    pass


class Colour(enum.Enum):
    RED = 1
    GREEN = 2


class Shouted(sa.types.TypeDecorator):
    impl = sa.String(20)
    cache_ok = True


PRECISE = mysql.DATETIME(fsp=3)
JSONB = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(), "postgresql")


class Zoo(Base):
    __tablename__ = "zoo"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(sa.String(40))
    animals = relationship("Animal", cascade="all, delete-orphan")


class Animal(Base):
    __tablename__ = "animal"
    id: Mapped[int] = mapped_column(primary_key=True)
    zoo_id = mapped_column(sa.ForeignKey("zoo.id"), index=True, nullable=False)
    small = mapped_column(sa.SmallInteger)
    whole = mapped_column(sa.Integer)
    big = mapped_column(sa.BigInteger)
    flag = mapped_column(sa.Boolean)
    word = mapped_column(sa.String(10))
    endless = mapped_column(sa.String().with_variant(sa.String(9000), "mariadb"))
    char = mapped_column(sa.CHAR(5))
    prose = mapped_column(sa.Text)
    decorated = mapped_column(Shouted)
    colour = mapped_column(sa.Enum(Colour))
    size = mapped_column(sa.Enum("small", "large", name="size", native_enum=False))
    price = mapped_column(sa.Numeric(10, 2))
    exact = mapped_column(sa.Numeric)
    tenths = mapped_column(sa.Numeric(6, 1, asdecimal=False))
    single = mapped_column(sa.REAL)
    floating = mapped_column(sa.Float)
    double = mapped_column(sa.Double)
    day = mapped_column(sa.Date)
    clock = mapped_column(sa.Time)
    at = mapped_column(sa.DateTime)
    zoned = mapped_column(sa.DateTime(timezone=True))
    precise = mapped_column(sa.DateTime().with_variant(PRECISE, "mysql", "mariadb"))
    span = mapped_column(sa.Interval)
    blob = mapped_column(sa.LargeBinary)
    short_blob = mapped_column(sa.LargeBinary(4))
    uuid = mapped_column(sa.Uuid)
    uuid_text = mapped_column(sa.Uuid(as_uuid=False))
    data = mapped_column(sa.JSON)
    binary_data = mapped_column(JSONB)
    place = mapped_column(OrderKey(), nullable=False)


drafts = Drafts(Base.metadata)
drafts.target(Zoo, label=Zoo.name, order={Animal: Animal.place})
