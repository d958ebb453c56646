"""A host as MySQL schemas often are: UNSIGNED, ZEROFILL, SET, ENUM, YEAR, collations.

On SQLite and PostgreSQL the same columns are what is nearest to them. A depot's crates
have their places by a unique constraint alone; a crate's tags have a key of text whose
collation is neither the table's nor the database's.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import DeclarativeBase, mapped_column, relationship

from draftedit import Drafts, OrderKey

OWNED = {"cascade": "all, delete-orphan"}
COLLATED = {
    "mysql_collate": "utf8mb4_unicode_ci",
    "mariadb_collate": "utf8mb4_unicode_ci",
}


def on_mariadb(plain: Any, own: Any) -> Any:
    """Return a type that MariaDB has as `own`."""
    return plain.with_variant(own, "mysql", "mariadb")


KEY = on_mariadb(
    sa.BigInteger().with_variant(sa.Integer(), "sqlite"), mysql.BIGINT(unsigned=True)
)
SERIAL = on_mariadb(sa.Integer(), mysql.INTEGER(8, zerofill=True))
EXACT = on_mariadb(
    sa.String(20), mysql.VARCHAR(20, charset="utf8mb4", collation="utf8mb4_bin")
)
LOOSE = on_mariadb(
    sa.String(20), mysql.VARCHAR(20, charset="utf8mb4", collation="utf8mb4_general_ci")
)


class Base(DeclarativeBase):
    """The depot's own metadata."""


class Depot(Base):
    """The root."""

    __tablename__ = "depot"
    __table_args__ = (COLLATED,)

    id = mapped_column(KEY, primary_key=True)
    name = mapped_column(sa.String(20), unique=True, nullable=False)
    crates = relationship("Crate", **OWNED)


class Crate(Base):
    """A part in the order of a unique constraint, with a number of every width."""

    __tablename__ = "crate"
    __table_args__ = (
        sa.UniqueConstraint("depot_id", "place", name="uq_crate_place"),
        COLLATED,
    )

    id = mapped_column(SERIAL, primary_key=True)
    depot_id = mapped_column(KEY, sa.ForeignKey(Depot.id), nullable=False)
    place = mapped_column(OrderKey(), nullable=False)
    label = mapped_column(EXACT, unique=True)
    tiny = mapped_column(on_mariadb(sa.SmallInteger(), mysql.TINYINT(unsigned=True)))
    short = mapped_column(on_mariadb(sa.Integer(), mysql.SMALLINT(unsigned=True)))
    medium = mapped_column(on_mariadb(sa.Integer(), mysql.MEDIUMINT(unsigned=True)))
    whole = mapped_column(on_mariadb(sa.BigInteger(), mysql.INTEGER(unsigned=True)))
    big = mapped_column(on_mariadb(sa.BigInteger(), mysql.BIGINT(unsigned=True)))
    filled = mapped_column(on_mariadb(sa.Integer(), mysql.INTEGER(zerofill=True)))
    price = mapped_column(
        on_mariadb(sa.Numeric(8, 2), mysql.DECIMAL(8, 2, unsigned=True))
    )
    year = mapped_column(on_mariadb(sa.SmallInteger(), mysql.YEAR()))
    kind = mapped_column(sa.Enum("box", "bag", name="kind"))
    marks = mapped_column(on_mariadb(sa.String(40), mysql.SET("dry", "cold", "up")))
    text = mapped_column(sa.Text)
    behind_id = mapped_column(SERIAL, sa.ForeignKey("crate.id"), index=True)
    tags = relationship("Tag", **OWNED)


class Tag(Base):
    """A part whose key is a text of a collation of its own."""

    __tablename__ = "crate_tag"
    __table_args__ = (COLLATED,)

    crate_id = mapped_column(SERIAL, sa.ForeignKey(Crate.id), primary_key=True)
    word = mapped_column(LOOSE, primary_key=True)
    note = mapped_column(sa.String(20))


drafts = Drafts(Base.metadata)
drafts.target(Depot, label=Depot.name, order={Crate: Crate.place})
