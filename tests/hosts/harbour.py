"""A host whose objects are referred to from outside by every kind of foreign key.

A voyage has legs, and legs have stops, with a key of two columns, which calls refer to.
`manifest` and `tag` are known to the database alone.
"""

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from draftedit import Drafts

OWNED = {"cascade": "all, delete-orphan"}


class Base(DeclarativeBase):
    """Metadata of its own."""


class Voyage(Base):
    """The root; the ORM empties the reference of its guests."""

    __tablename__ = "voyage"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(sa.String(20))
    legs = relationship("Leg", **OWNED)
    calls = relationship("Call", **OWNED)
    guests = relationship("Guest")


class Leg(Base):
    """A part."""

    __tablename__ = "leg"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    voyage_id: Mapped[int] = mapped_column(sa.ForeignKey("voyage.id"), index=True)
    previous_id: Mapped[int | None] = mapped_column(sa.ForeignKey("leg.id"))
    stops = relationship("Stop", **OWNED)
    following = relationship("Leg")


class Stop(Base):
    """A part of a part."""

    __tablename__ = "stop"
    leg_id: Mapped[int] = mapped_column(sa.ForeignKey("leg.id"), primary_key=True)
    place: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    parcel_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("parcel.id", ondelete="CASCADE")
    )


class Call(Base):
    """A part that the database would delete with a stop."""

    __tablename__ = "call_at"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["leg_id", "place"], ["stop.leg_id", "stop.place"], ondelete="CASCADE"
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    voyage_id: Mapped[int] = mapped_column(sa.ForeignKey("voyage.id"), index=True)
    leg_id: Mapped[int | None] = mapped_column()
    place: Mapped[str | None] = mapped_column(sa.String(20))


class Claim(Base):
    """Another object."""

    __tablename__ = "claim"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(sa.String(20))
    items = relationship("Item", **OWNED)


class Item(Base):
    """A part of another object, which would be deleted with a leg."""

    __tablename__ = "item"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    claim_id: Mapped[int] = mapped_column(sa.ForeignKey("claim.id"), index=True)
    leg_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("leg.id", ondelete="CASCADE"), index=True
    )


class Guest(Base):
    """Its reference is emptied by the ORM."""

    __tablename__ = "guest"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(sa.String(20))
    voyage_id: Mapped[int | None] = mapped_column(sa.ForeignKey("voyage.id"))


class Parcel(Base):
    """It goes with its leg, and with the parcel that it is in."""

    __tablename__ = "parcel"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(sa.String(20))
    weight: Mapped[float | None] = mapped_column(sa.Numeric(10, 2))
    leg_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("leg.id", ondelete="CASCADE")
    )
    inside_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("parcel.id", ondelete="CASCADE")
    )


class Ticket(Base):
    """It goes with its stop."""

    __tablename__ = "ticket"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["leg_id", "place"], ["stop.leg_id", "stop.place"], ondelete="CASCADE"
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    leg_id: Mapped[int] = mapped_column()
    place: Mapped[str] = mapped_column(sa.String(20))


class Flag(Base):
    """It loses its stop."""

    __tablename__ = "flag"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["leg_id", "place"], ["stop.leg_id", "stop.place"], ondelete="SET NULL"
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    leg_id: Mapped[int | None] = mapped_column()
    place: Mapped[str | None] = mapped_column(sa.String(20))


class Mail(Base):
    """It loses its voyage."""

    __tablename__ = "mail"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    voyage_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("voyage.id", ondelete="SET NULL")
    )


class Watch(Base):
    """It holds its voyage."""

    __tablename__ = "watch"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    voyage_id: Mapped[int] = mapped_column(
        sa.ForeignKey("voyage.id", ondelete="RESTRICT")
    )


# Rows without a key go with their voyage.
stamp = sa.Table(
    "stamp",
    Base.metadata,
    sa.Column("voyage_id", sa.ForeignKey("voyage.id", ondelete="CASCADE")),
    sa.Column("word", sa.String(20)),
    sa.UniqueConstraint("voyage_id", "word"),
)
# What identifies these is no primary key.
badge = sa.Table(
    "badge",
    Base.metadata,
    sa.Column("number", sa.Integer, nullable=False, unique=True),
    sa.Column("voyage_id", sa.ForeignKey("voyage.id", ondelete="CASCADE")),
)
# Nobody can read what is in a crate but Python.
crate = sa.Table(
    "crate",
    Base.metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("voyage_id", sa.ForeignKey("voyage.id", ondelete="CASCADE")),
    sa.Column("content", sa.PickleType),
)
# PostgreSQL alone gives a seal its number.
seal = sa.Table(
    "seal",
    Base.metadata,
    sa.Column("number", sa.Integer, sa.Identity(always=True), primary_key=True),
    sa.Column("voyage_id", sa.ForeignKey("voyage.id", ondelete="CASCADE")),
)
# Each goes with the other.
hen = sa.Table(
    "hen",
    Base.metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("voyage_id", sa.ForeignKey("voyage.id", ondelete="CASCADE")),
    sa.Column("egg_id", sa.ForeignKey("egg.id", ondelete="CASCADE", name="fk_hen_egg")),
)
egg = sa.Table(
    "egg",
    Base.metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("hen_id", sa.ForeignKey("hen.id", ondelete="CASCADE", name="fk_egg_hen")),
)

drafts = Drafts(Base.metadata)
drafts.target(Voyage, label=Voyage.name)
drafts.target(Claim, label=Claim.name)

# What the models do not know; a manifest has sheets, which go with it.
more = sa.MetaData()
sa.Table("voyage", more, sa.Column("id", sa.Integer, primary_key=True))
sa.Table("leg", more, sa.Column("id", sa.Integer, primary_key=True))
manifest = sa.Table(
    "manifest",
    more,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("leg_id", sa.ForeignKey("leg.id", ondelete="CASCADE"), nullable=False),
)
sheet = sa.Table(
    "sheet",
    more,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("on_id", sa.ForeignKey("manifest.id", ondelete="CASCADE")),
    sa.Column("text", sa.String(20)),
)
# MariaDB has neither SET DEFAULT nor references that it looks at at the commit.
duty = sa.Table(
    "duty",
    more,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column(
        "voyage_id",
        sa.ForeignKey("voyage.id", deferrable=True, initially="DEFERRED"),
        nullable=False,
    ),
)
tag = sa.Table(
    "tag",
    more,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column(
        "voyage_id",
        sa.ForeignKey("voyage.id", ondelete="SET DEFAULT"),
        server_default="9",
    ),
)
