"""Find the tables that a root owns: parts, association tables and their references.

A parent owns what it deletes with itself
(https://docs.sqlalchemy.org/en/21/orm/cascades.html); association rows are owned by the
side that declares `secondary`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapper, RelationshipDirection, RelationshipProperty

from draftedit.engine.base.errors import BadModel
from draftedit.engine.schema.joins import Constants, constants


@dataclass(frozen=True)
class TableNode:
    """A table of the aggregate, before its Part is built."""

    table: sa.Table
    mapper: Mapper[Any] | None
    parent: str | None
    parent_fields: tuple[str, ...]
    constants: Constants = field(default_factory=dict)


def name_of(mapper: Mapper[Any]) -> str:
    """Return the name of a mapper's table."""
    return table_of(mapper).name


def table_of(mapper: Mapper[Any]) -> sa.Table:
    """Return a mapper's one table; raise BadModel for inheritance."""
    table = mapper.local_table
    if not isinstance(table, sa.Table) or mapper.inherits is not None:
        raise BadModel(f"{mapper.class_.__name__}: inheritance cannot be drafted")
    if len(mapper.tables) != 1 or len(set(mapper.self_and_descendants)) != 1:
        raise BadModel(f"{mapper.class_.__name__}: inheritance cannot be drafted")
    return table


def walk(root: Mapper[Any]) -> Iterator[TableNode]:
    """Yield the root and its parts, parents first."""
    seen = {name_of(root)}
    queue = [TableNode(table_of(root), root, None, ())]
    while queue:
        one = queue.pop(0)
        yield one
        for part in _parts_of(one):
            if part.table.name in seen:
                raise BadModel(
                    f"{part.table.name} is owned twice, the second time by"
                    f" {one.table.name}: a part has one parent"
                )
            seen.add(part.table.name)
            queue.append(part)


def _parts_of(owner: TableNode) -> Iterator[TableNode]:
    if owner.mapper is None:
        return
    links: dict[str, TableNode] = {}
    for relation in owner.mapper.relationships:
        if relation.viewonly:
            continue
        _refuse_strange_deletes(relation)
        if relation.secondary is not None:
            link = _link(owner, relation)
            # Two relationships over one association table are one part.
            if links.setdefault(link.table.name, link) != link:
                raise BadModel(
                    f"{relation}: another relationship over {link.table.name} has"
                    " another condition"
                )
        elif relation.cascade.delete:
            yield _child(owner, relation)
    yield from links.values()


def _refuse_strange_deletes(relation: RelationshipProperty[Any]) -> None:
    """Refuse a relationship by which the ORM deletes rows outside the object."""
    if not relation.cascade.delete:
        return
    if relation.direction is not RelationshipDirection.ONETOMANY:
        raise BadModel(
            f"{relation}: it deletes what it refers to, which is no part of a row"
            " that refers to it: take delete out of its cascade"
        )
    if relation.entity.is_aliased_class:
        raise BadModel(f"{relation}: it leads to an alias, and must be viewonly")


def _child(owner: TableNode, relation: RelationshipProperty[Any]) -> TableNode:
    table = table_of(relation.mapper)
    pairs = relation.local_remote_pairs or ()
    parent_fields = _parent_fields(owner, relation, pairs)
    demanded = constants(relation, table, pairs)
    if not relation.uselist:
        _demand_one(relation, table, {*parent_fields, *demanded})
    return TableNode(table, relation.mapper, owner.table.name, parent_fields, demanded)


def _demand_one(
    relation: RelationshipProperty[Any], table: sa.Table, names: set[str]
) -> None:
    """Refuse uselist=False if the database would accept a second row."""
    keys = [table.primary_key.columns]
    keys += [c.columns for c in table.constraints if isinstance(c, sa.UniqueConstraint)]
    keys += [index.columns for index in table.indexes if index.unique]
    if not any(names.issuperset(one.name for one in key) for key in keys if key):
        listed = ", ".join(sorted(names))
        raise BadModel(
            f"{relation}: it has one row (uselist=False), but nothing keeps a second"
            f" out of {table.name}: make ({listed}) unique"
        )


def _link(owner: TableNode, relation: RelationshipProperty[Any]) -> TableNode:
    table = relation.secondary
    if not isinstance(table, sa.Table):
        raise BadModel(f"{relation}: its secondary is no table")
    if table.autoincrement_column is not None:
        raise BadModel(f"{table.name} has a key of its own: map it as a class")
    fields = _parent_fields(owner, relation, relation.synchronize_pairs)
    pairs = [*relation.synchronize_pairs, *(relation.secondary_synchronize_pairs or ())]
    demanded = constants(relation, table, pairs)
    return TableNode(table, None, owner.table.name, fields, demanded)


def _parent_fields(
    owner: TableNode, relation: RelationshipProperty[Any], pairs: Sequence[Any]
) -> tuple[str, ...]:
    """Return the child's columns in the order of the parent's key."""
    by_key = {local.name: remote.name for local, remote in pairs}
    key = [column.name for column in owner.table.primary_key]
    if set(by_key) != set(key):
        raise BadModel(
            f"{relation}: a part of {owner.table.name} must point to its primary key"
        )
    return tuple(by_key[name] for name in key)


References = dict[str, dict[str, sa.ForeignKey]]


def references(found: Mapping[str, TableNode]) -> References:
    """Return the foreign keys by table and column, except those to the parent."""
    return {
        name: {
            key.parent.name: key
            for key in sorted(one.table.foreign_keys, key=lambda key: key.parent.name)
            if key.parent.name not in one.parent_fields
        }
        for name, one in found.items()
    }


def insert_order(found: Mapping[str, TableNode], links: References) -> tuple[str, ...]:
    """Order the tables so that referenced rows are inserted first."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for name, one in found.items():
        needed = {
            key.column.table.name
            for key in links[name].values()
            if not key.parent.nullable and key.column.table.name in found
        }
        sorter.add(name, *needed, *([one.parent] if one.parent else []))
    try:
        return tuple(sorter.static_order())
    except CycleError as error:
        circle = " → ".join(error.args[1])
        raise BadModel(f"a cycle of references that may not be NULL: {circle}") from (
            error
        )
