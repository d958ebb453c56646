"""What makes each database raise the errors that its object has codes for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from draftedit.engine.values.column_types import UtcDateTime

metadata = sa.MetaData()

owner = sa.Table("owner", metadata, sa.Column("id", sa.Integer, primary_key=True))
thing = sa.Table(
    "thing",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("code", sa.String(20), unique=True),
    sa.Column("must", sa.String(20), nullable=False),
    sa.Column("level", sa.Integer),
    sa.Column("owner_id", sa.ForeignKey("owner.id", ondelete="RESTRICT")),
    sa.Column("word", sa.String(3)),
    sa.Column("weight", sa.SmallInteger),
    sa.Column("at", sa.DateTime),
    sa.CheckConstraint("level > 0", name="positive"),
)

sa.Index("thing_must", thing.c.must)

counted = sa.Table(
    "counted",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("level", sa.Integer, server_default="7"),
    sa.Column("note", sa.String(20)),
    sqlite_autoincrement=True,
)
moments = sa.Table(
    "moments",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("early", UtcDateTime()),
    sa.Column("late", UtcDateTime()),
)

# Rows that statements collide with.
FIRST = (
    "INSERT INTO owner (id) VALUES (1)",
    "INSERT INTO thing (id, code, must, owner_id) VALUES (1, 'one', 'x', 1)",
)

# On every database: what a row is refused for, by the kind of its error.
REFUSED: Mapping[str, tuple[str, ...]] = {
    "unique": (
        "INSERT INTO thing (id, code, must) VALUES (2, 'one', 'x')",
        "INSERT INTO thing (id, must) VALUES (1, 'x')",
    ),
    "foreign_key": (
        "INSERT INTO thing (id, must, owner_id) VALUES (2, 'x', 7)",
        "DELETE FROM owner",
    ),
    "not_null": (
        "INSERT INTO thing (id, must) VALUES (2, NULL)",
        "UPDATE thing SET must = NULL",
        "INSERT INTO thing (id) VALUES (2)",
    ),
    "check": ("INSERT INTO thing (id, must, level) VALUES (2, 'x', 0)",),
    "not_migrated": ("SELECT 1 FROM nowhere", "SELECT lost FROM thing"),
}


@dataclass(frozen=True)
class How:
    """How one database is made to fail.

    `does_not_fit`: statements with a value too large. `raising` spells a statement
    that raises an error of a code, where the database lets one do so. `waits` is what
    a second transaction must not do at once when a first one has done `locks`.
    `unreachable` are addresses where no database answers. `lost`: the way back to a
    savepoint that is not there.

    `collations`: one that does not sort by bytes, and one that does. `lasting` makes a
    table that no rollback reaches. `secures` gives the table `one` row-level security.
    """

    does_not_fit: tuple[str, ...]
    raising: Callable[[str | int], str] | None
    locks: str
    waits: tuple[str, ...]
    unreachable: tuple[str, ...]
    collations: tuple[str | None, str | None]
    lost: str | None = None
    lasting: str = ""
    secures: tuple[str, ...] = ()


def _raise(code: str | int) -> str:
    state = f"{code}006" if len(str(code)) == 2 else code  # one of the class
    return f"DO $$ BEGIN RAISE 'no' USING ERRCODE = '{state}'; END $$"


def _signal(code: str | int) -> str:
    return f"SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = {code}, MESSAGE_TEXT = 'no'"


_INSERTED = "INSERT INTO owner (id) VALUES (5)"

HOW = {
    "sqlite": How(
        does_not_fit=(),
        raising=None,
        locks=_INSERTED,
        waits=("PRAGMA busy_timeout = 0", _INSERTED),
        unreachable=("sqlite:////nowhere/at/all.sqlite", f"sqlite:///{__file__}"),
        collations=("NOCASE", "BINARY"),
    ),
    "postgresql": How(
        does_not_fit=(
            "UPDATE thing SET word = 'long'",
            "UPDATE thing SET weight = 70000",
            "UPDATE thing SET at = timestamp '2000-01-01' + interval '1000000 years'",
            "SELECT interval '200000000 years' * 100",
        ),
        raising=_raise,
        locks="LOCK TABLE owner",
        waits=("LOCK TABLE owner NOWAIT",),
        unreachable=("postgresql+psycopg://nobody@127.0.0.1:1/nothing",),
        collations=("und-x-icu", "C"),
        secures=("ALTER TABLE one ENABLE ROW LEVEL SECURITY",),
    ),
    "mariadb": How(
        does_not_fit=(
            "UPDATE thing SET word = 'long'",
            "UPDATE thing SET weight = 70000",
            "SELECT 9223372036854775807 * 2",
            "UPDATE thing SET at = timestampadd(YEAR, 9000, '2000-01-01')",
        ),
        raising=_signal,
        locks=_INSERTED,
        waits=("SELECT id FROM owner WHERE id = 5 FOR UPDATE NOWAIT",),
        unreachable=("mariadb+pymysql://nobody@127.0.0.1:1/nothing",),
        collations=("utf8mb4_general_ci", "utf8mb4_bin"),
        lasting=" ENGINE = MyISAM",
        lost="ROLLBACK TO SAVEPOINT nowhere",
    ),
}
