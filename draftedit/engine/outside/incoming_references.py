"""Foreign keys from other tables, and their effect when a row is deleted.

The host's metadata has those of its models, the database those that exist: if both have
a foreign key, the database's counts. A relationship whose rows the ORM empties takes
precedence over both.
"""

import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.dialects import backend_of
from draftedit.engine.outside.foreign_keys import (
    CASCADE,
    NO_ACTION,
    SET_DEFAULT,
    SET_NULL,
    ForeignKey,
    Name,
    Schemas,
    of_database,
    of_metadata,
    of_relationships,
)
from draftedit.engine.outside.outside_tables import OutsideTable, describe
from draftedit.engine.schema.model import Target

# A migration may add a table while a process runs: the database is inspected again
# after so many seconds.
LOOK_AGAIN = 60.0


@dataclass(frozen=True)
class Reference:
    """A foreign key of a described table.

    `action` is the effect on a row when the one it refers to is deleted; `cleared` are
    the columns that are emptied then. `is_lost`: it is emptied, or gets its default,
    when the value it refers to is changed.
    """

    table: OutsideTable
    columns: tuple[str, ...]
    referred_columns: tuple[str, ...]
    action: str
    cleared: tuple[str, ...]
    deferred: bool
    is_lost: bool

    # Compared by identity: a graph makes each once.
    __hash__ = object.__hash__


class ReferenceGraph:
    """The foreign keys of one database and one host, by the table they refer to."""

    def __init__(
        self,
        metadata: sa.MetaData,
        keys: Iterable[ForeignKey],
        schemas: Schemas,
        secured: Mapping[Name, int],
    ) -> None:
        """Store the foreign keys; their tables are described on first use.

        `secured` are the tables with row-level security, by name, with their oid.
        """
        self._metadata = metadata
        self._schemas = schemas
        self._secured = secured
        self._keys: dict[Name, list[ForeignKey]] = {}
        for key in keys:
            self._keys.setdefault(key.referred, []).append(key)
        self._references: dict[Name, list[Reference]] = {}
        self._tables: dict[Name, OutsideTable] = {}

    def name_of(self, table: sa.Table) -> Name:
        """Return the name by which the graph knows a table."""
        return self._schemas.name_of(table)

    def to(self, connection: sa.Connection, table: sa.Table) -> list[Reference]:
        """Return the references to a table, those of the host's models first."""
        name = self.name_of(table)
        if name not in self._references:
            keys = self._keys.get(name, ())
            found = [self._reference(connection, key) for key in keys]
            self._references[name] = found
        return self._references[name]

    def secured_to(self, connection: sa.Connection, table: sa.Table) -> dict[Name, int]:
        """Return the tables with row-level security that a delete may change, by oid.

        They refer to `table` by a foreign key with a rule.
        """
        if not self._secured:
            return {}
        refer = (one for one in self.to(connection, table) if one.action != NO_ACTION)
        names = (self.name_of(one.table.table) for one in refer)
        return {name: self._secured[name] for name in names if name in self._secured}

    def secured(self, table: OutsideTable) -> int | None:
        """Return the oid of a table that has row-level security, else None."""
        return self._secured.get(self.name_of(table.table))

    def named(self, connection: sa.Connection, name: str) -> OutsideTable | None:
        """Return the table of that name, with its schema, if it refers to others."""
        keys = (key for some in self._keys.values() for key in some)
        for one in {key.table for key in keys if name.endswith(key.table.table)}:
            table = self._described(connection, one)
            if table.name == name:
                return table
        return None

    def _reference(self, connection: sa.Connection, key: ForeignKey) -> Reference:
        rule = (key.rule or "").upper()
        actions = (CASCADE, SET_NULL, SET_DEFAULT)
        action = next((one for one in actions if rule.startswith(one)), NO_ACTION)
        # PostgreSQL: ON DELETE SET NULL (column, …)
        some = re.search(r"\((.*)\)", key.rule or "")
        cleared = tuple(
            name
            for name in key.columns
            if some is None or name in re.findall(r"\w+", some[1])
        )
        return Reference(
            self._described(connection, key.table),
            key.columns,
            key.referred_columns,
            action,
            cleared,
            key.deferred,
            (key.on_update or "").upper() in (SET_NULL, SET_DEFAULT),
        )

    def _described(self, connection: sa.Connection, name: Name) -> OutsideTable:
        if name not in self._tables:
            known = {self.name_of(one): one for one in self._metadata.tables.values()}
            table = known.get(name)
            if table is None:
                table = sa.Table(
                    name.table,
                    sa.MetaData(),
                    schema=self._schemas.spelled(name),
                    autoload_with=connection,
                    resolve_fks=False,
                )
            self._tables[name] = describe(table, connection.dialect.name)
        return self._tables[name]


@dataclass(frozen=True)
class _Known:
    graph: ReferenceGraph
    tables: int
    at: float


# By target, and by the connection's translation of schemas: each tenant may have its
# own.
_Place = tuple[Target, frozenset[tuple[str | None, str | None]]]
_known: WeakKeyDictionary[sa.Engine, dict[_Place, _Known]] = WeakKeyDictionary()


def graph_of(dbsession: Session, target: Target) -> ReferenceGraph:
    """Return the foreign keys that matter to a target, in the session's database.

    The database is inspected once, and again after LOOK_AGAIN or when the host's
    metadata has grown.
    """
    connection = dbsession.connection()
    metadata = target.root.live.metadata
    mine = _known.setdefault(connection.engine, {})
    translated = connection.get_execution_options().get("schema_translate_map") or {}
    place = target, frozenset(translated.items())
    known, now = mine.get(place), time.monotonic()
    if (
        known is None
        or known.tables != len(metadata.tables)
        or now - known.at >= LOOK_AGAIN
    ):
        known = _Known(_look(connection, target), len(metadata.tables), now)
        mine[place] = known
    return known.graph


def forget() -> None:
    """Discard the cache for all databases, because their tables have changed."""
    _known.clear()


def _look(connection: sa.Connection, target: Target) -> ReferenceGraph:
    metadata = target.root.live.metadata
    schemas = Schemas.of(connection)
    found: dict[Any, ForeignKey] = {}
    for keys in (
        of_metadata(metadata, schemas),
        of_database(connection, metadata, schemas),
        of_relationships(target, schemas),
    ):
        found |= {key.identity: key for key in keys}
    secured = _secured(connection, schemas)
    return ReferenceGraph(metadata, found.values(), schemas, secured)


def _secured(connection: sa.Connection, schemas: Schemas) -> dict[Name, int]:
    """Return the tables that have row-level security, with their numbers."""
    found = backend_of(connection).secured_tables(connection)
    return {schemas.name(schema, table): number for schema, table, number in found}
