"""What a root owns: parts, association rows, and the references between them.

https://docs.sqlalchemy.org/en/21/orm/cascades.html#delete-orphan tells what a
parent owns; association rows are owned by the side that declares `secondary`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapper, RelationshipProperty

from draftedit.engine.errors import BadModel


@dataclass(frozen=True)
class Found:
    """A table on the way to becoming a Part."""

    table: sa.Table
    mapper: Mapper[Any] | None
    parent: str | None
    parent_fields: tuple[str, ...]


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


def walk(root: Mapper[Any]) -> Iterator[Found]:
    """Yield the root and its parts, parents first."""
    seen = {name_of(root)}
    queue = [Found(table_of(root), root, None, ())]
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


def _parts_of(owner: Found) -> Iterator[Found]:
    if owner.mapper is None:
        return
    secondaries = set()
    for relation in owner.mapper.relationships:
        if relation.viewonly:
            continue
        if relation.secondary is not None:
            # Two relationships over one association table are one part.
            if relation.secondary not in secondaries:
                yield _link(owner, relation)
            secondaries.add(relation.secondary)
        elif relation.cascade.delete_orphan:
            child = table_of(relation.mapper)
            parent_fields = _parent_fields(owner, relation.local_remote_pairs or ())
            yield Found(child, relation.mapper, owner.table.name, parent_fields)


def _link(owner: Found, relation: RelationshipProperty[Any]) -> Found:
    table = relation.secondary
    if not isinstance(table, sa.Table):
        raise BadModel(f"{relation}: its secondary is no table")
    if table.autoincrement_column is not None:
        raise BadModel(f"{table.name} has a key of its own: map it as a class")
    pairs = relation.synchronize_pairs
    return Found(table, None, owner.table.name, _parent_fields(owner, pairs))


def _parent_fields(owner: Found, pairs: Sequence[Any]) -> tuple[str, ...]:
    """Return the child's columns in the order of the parent's key."""
    by_key = {local.name: remote.name for local, remote in pairs}
    key = [column.name for column in owner.table.primary_key]
    if set(by_key) != set(key):
        raise BadModel(f"{owner.table.name}: a part must point to its primary key")
    return tuple(by_key[name] for name in key)


References = dict[str, dict[str, sa.ForeignKey]]


def references(found: Mapping[str, Found]) -> References:
    """Return the foreign keys by table and column, those to the parent aside."""
    return {
        name: {
            key.parent.name: key
            for key in sorted(one.table.foreign_keys, key=lambda key: key.parent.name)
            if key.parent.name not in one.parent_fields
        }
        for name, one in found.items()
    }


def insert_order(found: Mapping[str, Found], links: References) -> tuple[str, ...]:
    """Order the tables so that what a row needs is inserted before it."""
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
