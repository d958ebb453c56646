"""MariaDB, and MySQL as far as the two are alike."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

from draftedit.engine.dialects.backend import Backend, headline
from draftedit.engine.dialects.connections import CONNECT_SECONDS
from draftedit.engine.dialects.facts import (
    Code,
    ErrorCodes,
    RealKey,
    TableFacts,
)
from draftedit.engine.dialects.mariadb_values import MariaDBValues
from draftedit.engine.dialects.shared import NoRowSecurity, Server

_NOT_TRANSACTIONAL = 1196  # a warning: some changes could not be rolled back

_TEXTS = (mysql.TINYTEXT(), sa.Text(), mysql.MEDIUMTEXT(), mysql.LONGTEXT())
_BLOBS = (mysql.TINYBLOB(), sa.LargeBinary(), mysql.MEDIUMBLOB(), mysql.LONGBLOB())

_COLLATIONS = sa.text(
    "SELECT column_name, collation_name FROM information_schema.columns"
    " WHERE table_schema = coalesce(:schema, database()) AND table_name = :name"
)
_ENGINE = sa.text(
    "SELECT t.engine, e.transactions FROM information_schema.tables t"
    " JOIN information_schema.engines e ON e.engine = t.engine"
    " WHERE t.table_schema = coalesce(:schema, database()) AND t.table_name = :name"
)


class MariaDBBackend(MariaDBValues, Server, NoRowSecurity, Backend):
    """MariaDB; codes are its numbers.

    https://mariadb.com/kb/en/mariadb-error-code-reference/
    """

    title = "MariaDB"
    dialects = ("mysql", "mariadb")  # a URL may have either
    drivers: ClassVar[tuple[str, ...]] = ("pymysql", "MySQLdb")
    driver = "pymysql"
    extra = "mariadb"
    errors = ErrorCodes(
        # Deadlock, lock wait timeout, record has changed since last read.
        retryable=frozenset({1213, 1205, 1020}),
        # A deadlock takes savepoints along: the way back to one then hides it.
        savepoint_lost=frozenset({1305}),
        # Too many connections, shutting down, cannot connect, gone away, lost.
        away=frozenset({1040, 1053, 1927, 2002, 2003, 2006, 2013}),
        not_migrated=frozenset({1146, 1054}),
        unique=frozenset({1062, 1169}),
        foreign_key=frozenset({1451, 1452, 1216, 1217}),
        not_null=frozenset({1048, 1263, 1364}),
        check=frozenset({4025}),
        does_not_fit=frozenset({1264, 1366, 1406, 1441, 1690}),
        # PyMySQL raises OperationalError for a column that is left out and has no
        # default, for a failed CHECK, for numbers, and for a trigger's SIGNAL.
        refused=frozenset({1364, 4025, 1690, 1644}),
        # 0000-00-00, stored while sql_mode was not strict, or a TIMESTAMP of 1960.
        wrong_value=frozenset({1292}),
    )

    utc_day = "DATE({0})"
    whole_seconds = "TIMESTAMPDIFF(SECOND, {0}, {1})"
    merges_types = True
    analyze = "ANALYZE TABLE"
    index_hint = "FORCE INDEX (`{0}`)"
    # It reads a comparison of row values as a filter, not as an index range.
    seeks_tuples = False
    begin = None
    begin_to_write = None
    check_deferred = None
    ddl_commits = True
    drop_temporary = "DROP TEMPORARY TABLE"
    temporary_outlives_rollback = True

    partial_indexes = False
    defers_unique = False
    excludes = False
    identity_override = ""
    zero_is_next = True
    keeps_foreign_keys = True

    def codes_in(self, error: DBAPIError) -> frozenset[Code]:
        """Return the number."""
        code = error.orig.args[0] if error.orig and error.orig.args else None
        return frozenset((code,)) if isinstance(code, int) else frozenset()

    def named_in(self, error: DBAPIError) -> str:
        """Return what follows the value that is there twice, which comes first."""
        return headline(error).rpartition("for key ")[2]

    def upsert(self, table: sa.Table, changes: Mapping[str, Any]) -> Any:
        """Insert ON DUPLICATE KEY UPDATE."""
        return mysql.insert(table).on_duplicate_key_update(dict(changes))

    def wrote_past_rollback(self, cursor: Any) -> bool:
        """Look at its warnings: not each storage engine has transactions."""
        cursor.execute("SHOW WARNINGS")
        return any(code == _NOT_TRANSACTIONAL for _, code, _ in cursor.fetchall())

    def nulls_equal(self, rule: sa.UniqueConstraint | sa.Index) -> bool:
        """Return false: NULL is unlike any other."""
        return False

    def unique_keys(self, connection: sa.Connection, table: sa.Table) -> list[RealKey]:
        """Return what SQLAlchemy reflects."""
        indexes = sa.inspect(connection).get_indexes(table.name, table.schema)
        terms = {
            one["name"]: one.get("expressions", one["column_names"])
            for one in indexes
            if one["unique"]
        }
        return [RealKey(name, tuple(map(str, every))) for name, every in terms.items()]

    def facts(self, connection: sa.Connection, table: sa.Table) -> TableFacts:
        """Ask for collations as they are, the defaults of the table among them."""
        place = {"schema": table.schema, "name": table.name}
        found = connection.execute(_COLLATIONS, place).all()
        texts = {c.name for c in table.columns if isinstance(c.type, sa.String)}
        collations = {name: collation for name, collation in found if name in texts}
        _, transactions = connection.execute(_ENGINE, place).one()
        return TableFacts(collations, transactions == "YES", counts_on=True)

    def is_byte_wise(self, connection: sa.Connection, collation: str | None) -> bool:
        """Tell by the name."""
        return str(collation).endswith(("_bin", "binary"))

    def stored_type(self, kind: TypeEngine[Any]) -> TypeEngine[Any]:
        """Return DOUBLE for REAL, and the text or blob that has room for a length."""
        if isinstance(kind, sa.REAL):
            return mysql.DOUBLE()
        length = getattr(kind, "length", None)
        if isinstance(kind, sa.Text) and length is not None:
            return _fitting(_TEXTS, 4 * length)  # of utf8mb4, in bytes
        if isinstance(kind, sa.LargeBinary) and length is not None:
            return _fitting(_BLOBS, length)
        return kind

    def schemas(self, inspector: sa.Inspector) -> Collection[str]:
        """Return none: what is a schema elsewhere is a database of its own."""
        return ()

    def engine_options(self, url: sa.URL, pgbouncer: bool) -> dict[str, Any]:
        """Choose the level of isolation, the strict mode and the character set."""
        arguments: dict[str, Any] = {
            "connect_timeout": CONNECT_SECONDS,
            # Values that do not fit are errors, independent of the server's default;
            # otherwise it cuts them off in silence.
            "init_command": "SET SESSION sql_mode = 'TRADITIONAL'",
        }
        if "charset" not in url.query:
            arguments["charset"] = "utf8mb4"  # its `utf8` has three bytes only
        # As for PostgreSQL; the server's default, REPEATABLE READ, shows a statement
        # after a lock the snapshot from before the wait.
        return {"isolation_level": "READ COMMITTED", "connect_args": arguments}

    def charset_advice(self, connection: sa.Connection) -> str | None:
        """Look at the default of new tables: it was latin1 before 11.6."""
        asked = "SELECT @@character_set_database"
        charset = connection.exec_driver_sql(asked).scalar()
        if charset == "utf8mb4":
            return None
        name = connection.engine.url.database
        return (
            f"the database {name} is {charset}: first"
            f" ALTER DATABASE {name} CHARACTER SET utf8mb4"
        )


def _fitting(kinds: Sequence[TypeEngine[Any]], length: int) -> TypeEngine[Any]:
    sizes = (2**8, 2**16, 2**24)
    return kinds[sum(length >= size for size in sizes)]
