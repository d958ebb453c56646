"""PostgreSQL."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError

from draftedit.engine.dialects.backend import Backend, headline
from draftedit.engine.dialects.connections import CONNECT_SECONDS
from draftedit.engine.dialects.facts import (
    Code,
    ErrorCodes,
    RealKey,
    RowChanges,
    TableFacts,
)
from draftedit.engine.dialects.shared import KeepsDeclarations, Server, on_conflict
from draftedit.engine.dialects.value_rules import AnyDatabase

_CANNOT_CONNECT = "08"  # the class of SQLSTATEs about connections
_CONNECTING = frozenset({"OperationalError", "ConnectionTimeout"})


_UNIQUE_KEYS = sa.text("""
SELECT i.relname, c.condeferrable, c.contype, pg_get_indexdef(x.indexrelid),
       pg_get_expr(x.indpred, x.indrelid),
       ARRAY(SELECT pg_get_indexdef(x.indexrelid, n, false)
             FROM generate_series(1, x.indnkeyatts) AS n)
FROM pg_index AS x JOIN pg_class AS i ON i.oid = x.indexrelid
LEFT JOIN pg_constraint AS c
       ON c.conindid = x.indexrelid AND c.contype IN ('u', 'x')
WHERE x.indrelid = to_regclass(:name) AND NOT x.indisprimary
  AND (x.indisunique OR x.indisexclusion)
ORDER BY i.relname
""")

_SECURED = sa.text("""
SELECT n.nspname, c.relname, c.oid
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relrowsecurity
""")

# A partitioned table has no counts of its own: its partitions have them.
_COUNTS = sa.text("""
SELECT c.oid,
       (SELECT sum(pg_stat_get_xact_tuples_deleted(leaf)
                   + pg_stat_get_xact_tuples_updated(leaf))
          FROM (SELECT c.oid AS leaf UNION SELECT relid FROM pg_partition_tree(c.oid))
            AS leaves),
       current_setting('track_counts')
FROM pg_class AS c WHERE c.oid = ANY(:oids) AND row_security_active(c.oid)
""")


class PostgreSQLBackend(AnyDatabase, Server, KeepsDeclarations, Backend):
    """PostgreSQL; codes are SQLSTATEs, or the two letters of a class of them.

    https://www.postgresql.org/docs/current/errcodes-appendix.html
    """

    title = "PostgreSQL"
    dialects = ("postgresql",)
    drivers: ClassVar[tuple[str, ...]] = ("psycopg", "psycopg2")
    driver = "psycopg"
    extra = "postgresql"
    errors = ErrorCodes(
        # Serialization failure, deadlock, lock not available.
        retryable=frozenset({"40001", "40P01", "55P03"}),
        savepoint_lost=frozenset(),
        # Shutting down, crashed, starting up, too many connections.
        away=frozenset({_CANNOT_CONNECT, "57P01", "57P02", "57P03", "53300"}),
        not_migrated=frozenset({"42P01", "42703"}),
        unique=frozenset({"23505", "23P01"}),
        foreign_key=frozenset({"23503", "23001"}),  # 23001: RESTRICT, from version 18
        not_null=frozenset({"23502"}),
        check=frozenset({"23514"}),
        # Too long, a number, a time and a span out of range.
        does_not_fit=frozenset({"22001", "22003", "22008", "22015"}),
        refused=frozenset({"P0001"}),  # a trigger's RAISE
        wrong_value=frozenset(),
    )

    utc_day = "CAST(timezone('UTC', {0}) AS DATE)"
    whole_seconds = "CAST(floor(extract(epoch FROM {1} - {0})) AS BIGINT)"
    merges_types = False
    analyze = "ANALYZE"
    index_hint = None
    seeks_tuples = True
    begin = None
    begin_to_write = None
    check_deferred = "SET CONSTRAINTS ALL IMMEDIATE"
    ddl_commits = False
    drop_temporary = "DROP TABLE"
    temporary_outlives_rollback = False

    keeps_odd_times = True
    has_spans = True
    bytes_collation = "C"

    partial_indexes = True
    defers_unique = True
    excludes = True
    identity_override = "OVERRIDING SYSTEM VALUE"
    zero_is_next = False
    keeps_foreign_keys = False

    def codes_in(self, error: DBAPIError) -> frozenset[Code]:
        """Return the SQLSTATE and its class."""
        # psycopg2 has another name for it.
        state = getattr(error.orig, "sqlstate", getattr(error.orig, "pgcode", None))
        if state is not None:
            return frozenset((state, state[:2]))
        # There is none if the connection failed.
        if type(error.orig).__name__ in _CONNECTING:
            return frozenset((_CANNOT_CONNECT,))
        return frozenset()

    def named_in(self, error: DBAPIError) -> str:
        """Return the first line; a DETAIL below it quotes the row."""
        return headline(error)

    def upsert(self, table: sa.Table, changes: Mapping[str, Any]) -> Any:
        """Insert ON CONFLICT DO UPDATE."""
        return on_conflict(postgresql.insert(table), table, changes)

    def nulls_equal(self, rule: sa.UniqueConstraint | sa.Index) -> bool:
        """Return whether it has NULLS NOT DISTINCT."""
        return bool(rule.dialect_options["postgresql"].get("nulls_not_distinct"))

    def unique_keys(self, connection: sa.Connection, table: sa.Table) -> list[RealKey]:
        """Ask the catalogue for indexes, unique and of EXCLUDE."""
        name = connection.dialect.identifier_preparer.format_table(table)
        return [
            RealKey(
                name,
                # What EXCLUDE compares by an operator of its own is no plain value.
                tuple(f"({term})" if kind == "x" else term for term in terms),
                predicate,
                deferrable=bool(deferrable),
                excludes=kind == "x",
                nulls_differ="NULLS NOT DISTINCT" not in whole,
            )
            for name, deferrable, kind, whole, predicate, terms in connection.execute(
                _UNIQUE_KEYS, {"name": name}
            )
        ]

    def facts(self, connection: sa.Connection, table: sa.Table) -> TableFacts:
        """Return what SQLAlchemy has reflected."""
        texts = ((one.name, one.type) for one in table.columns)
        collations = {n: t.collation for n, t in texts if isinstance(t, sa.String)}
        return TableFacts(collations, rolls_back=True, counts_on=True)

    def schemas(self, inspector: sa.Inspector) -> Collection[str]:
        """Return all but the one that describes the others."""
        return {*inspector.get_schema_names()} - {"information_schema"}

    def secured_tables(
        self, connection: sa.Connection
    ) -> list[tuple[str | None, str, int]]:
        """Ask the catalogue; the number is the oid."""
        found = connection.execute(_SECURED)
        return [(schema, table, oid) for schema, table, oid in found]

    def hides_rows(self, connection: sa.Connection, number: int) -> bool:
        """Ask it: it depends on the role, and on who owns the table."""
        oid = sa.cast(number, postgresql.OID)
        return bool(connection.scalar(sa.select(sa.func.row_security_active(oid))))

    def row_changes(
        self, connection: sa.Connection, numbers: Collection[int]
    ) -> Iterator[RowChanges]:
        """Ask for the counts of this transaction.

        https://www.postgresql.org/docs/current/monitoring-stats.html
        """
        for oid, changed, counted in connection.execute(_COUNTS, {"oids": [*numbers]}):
            yield RowChanges(oid, int(changed), counted == "on")

    def engine_options(self, url: sa.URL, pgbouncer: bool) -> dict[str, Any]:
        """Choose the level of isolation, and how long to wait for the server."""
        arguments: dict[str, Any] = {"connect_timeout": CONNECT_SECONDS}
        if pgbouncer:
            # The next transaction may meet another server process, which does not
            # know the statements prepared on this one.
            arguments["prepare_threshold"] = None
        # Locks are followed by reads in statements of their own, which must see what
        # was committed while we waited: not so at any stricter level.
        return {"isolation_level": "READ COMMITTED", "connect_args": arguments}

    def charset_advice(self, connection: sa.Connection) -> str | None:
        """Return None: the ready application leaves the encoding to its owner."""
        return None
