"""SQLite."""

import math
import re
import sqlite3
from collections.abc import Collection, Mapping
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.operators import custom_op

from draftedit.engine.dialects.backend import Backend, headline
from draftedit.engine.dialects.connections import WRITES
from draftedit.engine.dialects.facts import (
    Code,
    ErrorCodes,
    RealKey,
    TableFacts,
)
from draftedit.engine.dialects.shared import (
    KeepsDeclarations,
    NoRowSecurity,
    on_conflict,
)
from draftedit.engine.dialects.sqlite_values import SQLiteValues

# Waiting for another writer is normal, waiting longer than this is not; then the
# request is repeated (see draftedit.web.retry) and in the end answered with 503.
BUSY_MILLISECONDS = 5_000

# A session that waits for the one writer is not woken, but sleeps and polls. As long as
# it has waited for less than so many seconds, it sleeps for so many at most:
# `sqliteDefaultBusyCallback` in https://www.sqlite.org/src/file?name=src/main.c
SLEEPS = ((0.128, 0.025), (0.228, 0.05), (math.inf, 0.1))

# What has no number of its own, by how its text begins.
_TEXTS = ("no such table", "no such column", "FOREIGN KEY constraint failed")


class SQLiteBackend(SQLiteValues, NoRowSecurity, KeepsDeclarations, Backend):
    """SQLite: one file, one writer at a time."""

    title = "SQLite"
    dialects = ("sqlite",)
    drivers: ClassVar[tuple[str, ...]] = ("sqlite3",)
    driver = "pysqlite"
    extra = None
    errors = ErrorCodes(
        retryable=frozenset({sqlite3.SQLITE_BUSY}),
        savepoint_lost=frozenset(),
        away=frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOTADB}),
        not_migrated=frozenset({"no such table", "no such column"}),
        unique=frozenset(
            {
                sqlite3.SQLITE_CONSTRAINT_UNIQUE,
                sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY,
                sqlite3.SQLITE_CONSTRAINT_ROWID,
            }
        ),
        # ON DELETE RESTRICT has the number of a trigger.
        foreign_key=frozenset({"FOREIGN KEY constraint failed"}),
        not_null=frozenset({sqlite3.SQLITE_CONSTRAINT_NOTNULL}),
        check=frozenset({sqlite3.SQLITE_CONSTRAINT_CHECK}),
        does_not_fit=frozenset(),  # a column takes any length and any size
        refused=frozenset(),
        wrong_value=frozenset(),
    )

    utc_day = "date({0})"
    # By whole seconds on both sides: a difference of julian days is not exact.
    whole_seconds = "(strftime('%s', {1}) - strftime('%s', {0}))"
    merges_types = True
    analyze = "ANALYZE"
    index_hint = None
    seeks_tuples = True
    begin = "BEGIN"
    begin_to_write = "BEGIN IMMEDIATE"
    check_deferred = None
    ddl_commits = False
    drop_temporary = "DROP TABLE"
    temporary_outlives_rollback = False

    partial_indexes = True
    defers_unique = False
    excludes = False
    identity_override = ""
    zero_is_next = False
    keeps_foreign_keys = False
    remakes_tables = True
    # Those that it makes for unique columns are not all found as constraints.
    index_options: ClassVar[Mapping[str, bool]] = {"include_auto_indexes": True}

    def codes_in(self, error: DBAPIError) -> frozenset[Code]:
        """Return the code, the one without the low byte's details, and known texts."""
        code = getattr(error.orig, "sqlite_errorcode", None)
        # The low byte is the kind of error, the rest its detail.
        numbers = () if code is None else (code, code & 0xFF)
        text = headline(error)
        return frozenset((*numbers, *(one for one in _TEXTS if text.startswith(one))))

    def named_in(self, error: DBAPIError) -> str:
        """Return the text: "UNIQUE constraint failed: line.order_id, line.number"."""
        return headline(error)

    def upsert(self, table: sa.Table, changes: Mapping[str, Any]) -> Any:
        """Insert ON CONFLICT DO UPDATE."""
        return on_conflict(sqlite.insert(table), table, changes)

    def unindexed(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        """Put a plus before it: then no index has its order."""
        return sa.UnaryExpression(column, operator=custom_op[Any]("+"))

    def looks_again_after(self, seconds: float) -> float:
        """Return what its busy handler sleeps."""
        return next(sleep for waited, sleep in SLEEPS if seconds < waited)

    def nulls_equal(self, rule: sa.UniqueConstraint | sa.Index) -> bool:
        """Return false: NULL is unlike any other."""
        return False

    def unique_keys(self, connection: sa.Connection, table: sa.Table) -> list[RealKey]:
        """Ask the pragmas, and read predicates and expressions from CREATE INDEX."""
        quote = connection.dialect.identifier_preparer.quote_identifier
        schema = quote(table.schema or "main")
        master = sa.text(f"SELECT name, sql FROM {schema}.sqlite_master")  # noqa: S608 — quoted
        written = {row.name: row.sql for row in connection.execute(master)}
        listed = f"PRAGMA {schema}.index_list({quote(table.name)})"
        found = []
        for _, name, unique, origin, _ in connection.exec_driver_sql(listed).all():
            if not unique or origin == "pk":
                continue
            asked = f"PRAGMA {schema}.index_info({quote(name)})"
            columns = [column for *_, column in connection.exec_driver_sql(asked)]
            body, predicate = _parted(written[name] or "")
            terms = [one for one in columns if one is not None]
            terms += [body] if None in columns else []
            own = None if origin == "u" else name
            found.append(RealKey(own, tuple(terms), predicate or None))
        return found

    def facts(self, connection: sa.Connection, table: sa.Table) -> TableFacts:
        """Read AUTOINCREMENT from CREATE TABLE; no pragma returns it."""
        texts = [one for one in table.columns if isinstance(one.type, sa.String)]
        collations = {one.name: _collation(connection, one) for one in texts}
        counts_on = "AUTOINCREMENT" in _source(connection, table.name)
        return TableFacts(collations, rolls_back=True, counts_on=counts_on)

    def default_of(
        self, connection: sa.Connection, column: sa.Column[Any]
    ) -> sa.ColumnElement[Any]:
        """Look it up: an UPDATE has no word for it."""
        asked = "SELECT dflt_value FROM pragma_table_info(:table) WHERE name = :name"
        name = {"table": column.table.name, "name": column.name}
        found = connection.scalar(sa.text(asked), name)
        return sa.literal_column(f"({found})") if found else sa.null()

    def reuses_keys(self, table: sa.Table, kind: str) -> bool:
        """Return whether it counts the key, and without AUTOINCREMENT."""
        goes_on = table.dialect_options["sqlite"]["autoincrement"]
        return kind == "INTEGER" and not goes_on

    def loses_rows(self, rule: sa.Constraint | sa.Column[Any]) -> bool:
        """Return whether it says so: https://www.sqlite.org/lang_conflict.html."""
        options = rule.dialect_options["sqlite"].items()
        clauses = (value for name, value in options if name.startswith("on_conflict"))
        return any(str(clause).upper() in ("REPLACE", "IGNORE") for clause in clauses)

    def schemas(self, inspector: sa.Inspector) -> Collection[str]:
        """Return none: a key of another file cannot refer to ours."""
        return ()

    def remaking_options(
        self, connection: sa.Connection, table: str
    ) -> Mapping[str, bool]:
        """Return AUTOINCREMENT, which Alembic does not read."""
        return {"sqlite_autoincrement": "AUTOINCREMENT" in _source(connection, table)}

    def engine_options(self, url: sa.URL, pgbouncer: bool) -> dict[str, Any]:
        """Return nothing: each connection is set up by `prepare`."""
        return {}

    def prepare(self, engine: sa.Engine) -> None:
        """Set pragmas, and begin transactions in place of the driver."""
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "begin", _begin)
        self.guard_pool(engine)

    def guard_pool(self, engine: sa.Engine) -> None:
        """Roll back what is open: see `engine.base.failed_commits`."""
        # A pool that replaces another has its listeners already; `event.contains` does
        # not know of them.
        if _roll_back not in engine.pool.dispatch.checkin:
            event.listen(engine.pool, "checkin", _roll_back)

    def file_of(self, url: sa.URL) -> str | None:
        """Return the path, `:memory:` among them."""
        return url.database or None

    def charset_advice(self, connection: sa.Connection) -> str | None:
        """Return None: it is always UTF-8."""
        return None


def _parted(sql: str) -> tuple[str, str]:
    """Part CREATE INDEX into what is compared, and the condition."""
    compared = sql.partition("(")[2]
    parts = re.split(r"\)\s*WHERE\b", compared, maxsplit=1, flags=re.IGNORECASE)
    return f"({parts[0]})", "".join(parts[1:])


def _source(connection: sa.Connection, table: str) -> str:
    """Return the CREATE TABLE of a table, in capitals."""
    asked = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name"
    return str(connection.scalar(sa.text(asked), {"name": table})).upper()


def _collation(connection: sa.Connection, column: sa.Column[Any]) -> str:
    """Probe how a column compares: no pragma returns its collation."""
    compared = sa.select(column == sa.literal_column("'x'"))
    sql = compared.compile(connection)
    plan = connection.exec_driver_sql(f"EXPLAIN {sql}").mappings()
    used = (one["p4"] for one in plan if one["opcode"] in ("Eq", "Ne"))
    return str(next(used, "BINARY")).rpartition("-")[0]


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    # The driver begins transactions late and not before every statement, so that
    # rows leak out of savepoints. It is told to keep out; we begin them ourselves.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    # Readers and the one writer do not wait for each other.
    connection.execute("PRAGMA journal_mode = WAL")
    # A save that says done survives a loss of power: at NORMAL, or whatever the
    # library was compiled with, the last commits in the log may be lost with it.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    # The built-in one knows A to Z only; a search folds umlauts elsewhere, too.
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(value: object) -> str | None:
    return None if value is None else str(value).lower()


def _begin(connection: sa.Connection) -> None:
    # A transaction that reads first and writes later fails at once, without any
    # waiting, when another wrote in between: who is going to write says so first.
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _roll_back(connection: Any, _record: object) -> None:
    # An asynchronous driver's connection is inside SQLAlchemy's adapter, which has no
    # `in_transaction`, and rolls back in the adapter's own way.
    driver = getattr(connection, "driver_connection", connection)
    if driver is not None and driver.in_transaction:
        connection.rollback()
