"""Collect foreign keys by name: from the metadata, the database and relationships.

These are candidates: `incoming_references` decides which point into an object.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import sqlalchemy as sa
from sqlalchemy.orm import RelationshipDirection, RelationshipProperty

from draftedit.engine.dialects import backend_of
from draftedit.engine.schema.model import Part, Target

CASCADE, SET_NULL, SET_DEFAULT, NO_ACTION = (
    "CASCADE",
    "SET NULL",
    "SET DEFAULT",
    "NO ACTION",
)


class Name(NamedTuple):
    """The name of a table; the database's default schema is None."""

    schema: str | None
    table: str


def part_of(target: Target, table: sa.Table) -> Part | None:
    """Return the part of a table; a table of another schema may have the same name."""
    part = target.tables.get(table.name)
    return part if part is not None and part.live is table else None


@dataclass(frozen=True)
class ForeignKey:
    """A foreign key by its names; `rule` (of ON DELETE) and `on_update` as in SQL.

    `deferred`: the database checks it when the transaction is committed.
    """

    table: Name
    columns: tuple[str, ...]
    referred: Name
    referred_columns: tuple[str, ...]
    rule: str | None
    deferred: bool = False
    on_update: str | None = None

    @property
    def identity(self) -> tuple[Name, frozenset[tuple[str, str]], Name]:
        """Return what identifies a foreign key."""
        pairs = zip(self.columns, self.referred_columns, strict=True)
        return self.table, frozenset(pairs), self.referred


@dataclass(frozen=True)
class Schemas:
    """The schemas of a connection: its default one, and its schema_translate_map."""

    default: str | None
    translated: Mapping[str | None, str | None]

    @classmethod
    def of(cls, connection: sa.Connection) -> Self:
        """Return the schemas of a connection."""
        options = connection.get_execution_options()
        translated = options.get("schema_translate_map") or {}
        return cls(sa.inspect(connection).default_schema_name, translated)

    def real(self, schema: str | None) -> str | None:
        """Return the schema in statements for a schema of the models."""
        return self.translated.get(schema, schema)

    def name(self, schema: str | None, table: str) -> Name:
        """Return the name of a table as the database has it."""
        return Name(None if schema == self.default else schema, table)

    def name_of(self, table: sa.Table) -> Name:
        """Return the database's name of a table of the models."""
        return self.name(self.real(table.schema), table.name)

    def spelled(self, name: Name) -> str | None:
        """Return the schema of a table that no model has; it is not translated."""
        if name.schema is None and None in self.translated:
            return self.default
        return name.schema


def of_metadata(metadata: sa.MetaData, schemas: Schemas) -> Iterator[ForeignKey]:
    """Yield the foreign keys of the host's models."""
    for table in metadata.tables.values():
        for constraint in table.foreign_key_constraints:
            pairs = [one.target_fullname.rpartition(".") for one in constraint.elements]
            referred = metadata.tables.get(pairs[0][0])
            if referred is None:  # a table outside this metadata
                continue
            yield ForeignKey(
                schemas.name_of(table),
                tuple(one.parent.name for one in constraint.elements),
                schemas.name_of(referred),
                tuple(referred.c[column].name for _, _, column in pairs),
                constraint.ondelete,
                (constraint.initially or "").upper() == "DEFERRED",
                constraint.onupdate,
            )


def of_database(
    connection: sa.Connection, metadata: sa.MetaData, schemas: Schemas
) -> Iterator[ForeignKey]:
    """Yield the foreign keys of the database, in its own and the models' schemas."""
    look = sa.inspect(connection)
    named = {None, *(schemas.real(one.schema) for one in metadata.tables.values())}
    named.update(backend_of(connection).schemas(look))
    for schema in sorted({one for one in named if one != schemas.default}, key=str):
        for (own, table), keys in look.get_multi_foreign_keys(schema=schema).items():
            for key in keys:
                yield _reflected(schemas.name(own, table), key, schemas)


def _reflected(table: Name, key: Mapping[str, Any], schemas: Schemas) -> ForeignKey:
    options = key.get("options", {})
    return ForeignKey(
        table,
        tuple(key["constrained_columns"]),
        schemas.name(key["referred_schema"], key["referred_table"]),
        tuple(key["referred_columns"]),
        options.get("ondelete"),
        str(options.get("initially", "")).upper() == "DEFERRED",
        options.get("onupdate"),
    )


def of_relationships(target: Target, schemas: Schemas) -> Iterator[ForeignKey]:
    """Yield the references that the ORM empties when an instance is deleted.

    If a column may not be NULL, it cannot, and the rule of the database applies.
    """
    for part in target.tables.values():
        for relation in part.mapper.relationships if part.mapper is not None else ():
            pairs = relation.local_remote_pairs or []
            remote = [column for _, column in pairs]
            if not _empties(relation) or not all(one.nullable for one in remote):
                continue
            table = remote[0].table
            if part_of(target, table) is None:
                yield ForeignKey(
                    schemas.name_of(table),
                    tuple(column.name for column in remote),
                    schemas.name_of(part.live),
                    tuple(column.name for column, _ in pairs),
                    SET_NULL,
                )


def _empties(relation: RelationshipProperty[Any]) -> bool:
    return (
        relation.direction is RelationshipDirection.ONETOMANY
        and not relation.viewonly
        and not relation.passive_deletes
        and not relation.cascade.delete
    )
