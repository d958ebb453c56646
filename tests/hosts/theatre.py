"""A host with every kind of unique key, each as far as the database knows it.

A hall has acts with a number each, of which one may be the headline, with roles and
singers, and bookings that must not overlap.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, mapped_column, relationship

from draftedit import Drafts, OrderKey

OWNED = {"cascade": "all, delete-orphan"}
NAME = sa.String(20)
HEADLINE = sa.text("headline")
VOICES = ("alto", "bass")

# MariaDB has neither partial indexes nor such of expressions.
WITH_INDEXES = ("postgresql", "sqlite")
WITHOUT_DEFERRING = ("sqlite", "mysql", "mariadb")


def by_lower_case(name: str, *columns: str) -> tuple[Any, ...]:
    """Return what makes names unique whatever their spelling, on each database."""
    lower = sa.text("lower(name)")
    index = sa.Index(f"ux_{name}", *columns, lower, unique=True)
    plain = sa.UniqueConstraint(*columns, "name", name=f"uq_{name}")
    return (
        index.ddl_if(dialect=WITH_INDEXES),
        plain.ddl_if(dialect=("mysql", "mariadb")),
    )


class Base(DeclarativeBase):
    """The theatre's own metadata."""


class Hall(Base):
    """The root: its name is unique by an expression."""

    __tablename__ = "hall"
    __table_args__ = by_lower_case("hall_name")

    id = mapped_column(sa.Integer, primary_key=True)
    name = mapped_column(NAME, nullable=False)
    acts = relationship("Act", **OWNED)
    bookings = relationship("Booking", **OWNED)


class Act(Base):
    """Its number is checked, and deferrable on PostgreSQL; one act is the headline."""

    __tablename__ = "act"
    __table_args__ = (
        sa.Index("ix_act", "hall_id", "place", "id"),
        sa.UniqueConstraint(
            "hall_id", "number", name="ux_act_number", deferrable=True
        ).ddl_if(dialect="postgresql"),
        sa.UniqueConstraint("hall_id", "number", name="uq_act_number").ddl_if(
            dialect=WITHOUT_DEFERRING
        ),
        sa.CheckConstraint("number > 0", name="ck_act_number"),
        sa.Index(
            "ux_act_headline",
            "hall_id",
            unique=True,
            postgresql_where=HEADLINE,
            sqlite_where=HEADLINE,
        ).ddl_if(dialect=WITH_INDEXES),
        sa.UniqueConstraint("hall_id", "day", name="uq_act_day"),
        sa.UniqueConstraint(
            "hall_id", "guest", name="uq_act_guest", postgresql_nulls_not_distinct=True
        ),
    )

    id = mapped_column(sa.Integer, primary_key=True)
    hall_id = mapped_column(sa.ForeignKey("hall.id"), nullable=False)
    place = mapped_column(OrderKey(), nullable=False)
    number = mapped_column(sa.Integer, nullable=False)
    headline = mapped_column(sa.Boolean, nullable=False, default=False)
    day = mapped_column(sa.Date, nullable=False)
    guest = mapped_column(NAME)
    before_id = mapped_column(sa.ForeignKey("act.id"), index=True)
    roles = relationship("Role", **OWNED)
    singers = relationship("Singer", **OWNED)


class Role(Base):
    """Its name is unique in the act whatever its spelling; it moves between acts."""

    __tablename__ = "role"
    __table_args__ = (
        *by_lower_case("role_name", "act_id"),
        sa.Index("ix_role", "act_id", "place", "id"),
    )

    id = mapped_column(sa.Integer, primary_key=True)
    act_id = mapped_column(sa.ForeignKey("act.id"), nullable=False)
    place = mapped_column(OrderKey(), nullable=False)
    name = mapped_column(NAME, nullable=False)
    text = mapped_column(NAME)


class Singer(Base):
    """An enum and a flag, of which all values may be taken: then nothing stands in."""

    __tablename__ = "singer"
    __table_args__ = (
        sa.UniqueConstraint("act_id", "voice", name="uq_singer_voice"),
        sa.UniqueConstraint("act_id", "is_second", name="uq_singer_second"),
    )

    id = mapped_column(sa.Integer, primary_key=True)
    act_id = mapped_column(sa.ForeignKey("act.id"), nullable=False)
    voice = mapped_column(sa.Enum(*VOICES, name="voice"), nullable=False)
    is_second = mapped_column(sa.Boolean, nullable=False)
    fee = mapped_column(sa.Integer, nullable=False, default=0)


class Booking(Base):
    """Hours that must not overlap, and a code of three characters."""

    __tablename__ = "booking"
    __table_args__ = (
        postgresql.ExcludeConstraint(
            (sa.text("int4range(hall_id, hall_id, '[]')"), "&&"),
            (sa.text("int4range(first, first + hours)"), "&&"),
            name="ux_booking_hours",
            using="gist",
        ).ddl_if(dialect="postgresql"),
        sa.UniqueConstraint("hall_id", "first", name="uq_booking_first"),
        sa.UniqueConstraint("hall_id", "code", name="uq_booking_code"),
        sa.CheckConstraint("hours > 0", name="ck_booking_hours"),
        sa.CheckConstraint("length(code) = 3", name="ck_booking_code"),
    )

    id = mapped_column(sa.Integer, primary_key=True)
    hall_id = mapped_column(sa.ForeignKey("hall.id"), nullable=False)
    first = mapped_column(sa.Integer, nullable=False)
    hours = mapped_column(sa.Integer, nullable=False)
    code = mapped_column(sa.String(3), nullable=False)


drafts = Drafts(Base.metadata)
drafts.target(Hall, label=Hall.name, order={Act: Act.place, Role: Role.place})
