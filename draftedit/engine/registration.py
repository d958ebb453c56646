"""Registering a target: find its parts by the relationships, refuse by name.

https://docs.sqlalchemy.org/en/21/orm/cascades.html#delete-orphan tells what a
parent owns; association rows are owned by the side that declares `secondary`.
"""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapper, RelationshipProperty

from draftedit.engine import twins
from draftedit.engine.errors import BadModel
from draftedit.engine.order import OrderKey
from draftedit.engine.schema import Field, Park, Part, Target
from draftedit.engine.values import codec


class MissingIndex(UserWarning):
    """A part's table has no index that starts with its parent's key."""


@dataclass(frozen=True)
class _Found:
    """A table on the way to becoming a Part."""

    table: sa.Table
    mapper: Mapper[Any] | None
    parent: str | None
    parent_fields: tuple[str, ...]


def build_target(
    root: Mapper[Any],
    label: str,
    order: Mapping[str, str],
    metadata: sa.MetaData,
    park: Park | None,
) -> Target:
    """Describe the target whose root is mapped by `root`.

    `order` maps table names to their order columns; the draft and history tables
    are added to `metadata`. Raises BadModel, naming what cannot be drafted.
    """
    found = {f.table.name: f for f in _walk(root)}
    for name in order.keys() - found.keys():
        raise BadModel(f"order= names {name}, which is no part of {_name(root)}")
    links = _references(found)
    insert_order = _insert_order(found, links)
    parts = {
        name: _part(one, found, order.get(name), links, metadata)
        for name, one in found.items()
    }
    name = _name(root)
    if label not in parts[name].fields:
        raise BadModel(f"label= names {label}, which is no column of {name}")
    parts[name] = replace(parts[name], label_field=label)
    return Target(name, label, parts, insert_order, park)


def _name(mapper: Mapper[Any]) -> str:
    return _table(mapper).name


def _table(mapper: Mapper[Any]) -> sa.Table:
    table = mapper.local_table
    if not isinstance(table, sa.Table) or mapper.inherits is not None:
        raise BadModel(f"{mapper.class_.__name__}: inheritance cannot be drafted")
    if len(mapper.tables) != 1 or len(set(mapper.self_and_descendants)) != 1:
        raise BadModel(f"{mapper.class_.__name__}: inheritance cannot be drafted")
    return table


def _walk(root: Mapper[Any]) -> Iterator[_Found]:
    """Yield the root and its parts, parents first."""
    seen = {_name(root)}
    queue = [_Found(_table(root), root, None, ())]
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


def _parts_of(owner: _Found) -> Iterator[_Found]:
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
            child = _table(relation.mapper)
            parent_fields = _parent_fields(owner, relation.local_remote_pairs or ())
            yield _Found(child, relation.mapper, owner.table.name, parent_fields)


def _link(owner: _Found, relation: RelationshipProperty[Any]) -> _Found:
    table = relation.secondary
    if not isinstance(table, sa.Table):
        raise BadModel(f"{relation}: its secondary is no table")
    pairs = relation.synchronize_pairs
    return _Found(table, None, owner.table.name, _parent_fields(owner, pairs))


def _parent_fields(owner: _Found, pairs: Sequence[Any]) -> tuple[str, ...]:
    """Return the child's columns in the order of the parent's key."""
    by_key = {local.name: remote.name for local, remote in pairs}
    key = [column.name for column in owner.table.primary_key]
    if set(by_key) != set(key):
        raise BadModel(f"{owner.table.name}: a part must point to its primary key")
    return tuple(by_key[name] for name in key)


_References = dict[str, dict[str, sa.ForeignKey]]


def _references(found: Mapping[str, _Found]) -> _References:
    """Return the foreign keys by table and column, those to the parent aside."""
    return {
        name: {
            key.parent.name: key
            for key in sorted(one.table.foreign_keys, key=lambda key: key.parent.name)
            if key.parent.name not in one.parent_fields
        }
        for name, one in found.items()
    }


def _insert_order(found: Mapping[str, _Found], links: _References) -> tuple[str, ...]:
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


def _part(
    one: _Found,
    found: Mapping[str, _Found],
    order: str | None,
    links: _References,
    metadata: sa.MetaData,
) -> Part:
    table = one.table
    key = tuple(column.name for column in table.primary_key)
    if not key and one.mapper is None:
        key = tuple(column.name for column in table.columns)
    if not key:
        raise BadModel(f"{table.name} has no primary key")
    if order is not None:
        _check_order(table, order)
    fields = {
        column.name: _field(column, one, key, order, links, found)
        for column in table.columns
    }
    _check_key(table, fields)
    _warn_of_missing_index(table, one.parent_fields)
    draft, history = twins.build(metadata, table, fields, key, one.parent_fields, order)
    title = table.info.get("label", table.name.replace("_", " "))
    return Part(
        name=table.name,
        title=title,
        title_plural=table.info.get("plural", f"{title}s"),
        live=table,
        draft=draft,
        history=history,
        mapper=one.mapper,
        parent=one.parent,
        parent_fields=one.parent_fields,
        order=order,
        key=key,
        fields=fields,
        children=tuple(n for n, f in found.items() if f.parent == table.name),
        label_field=_label_field(fields),
        uniques=tuple(_uniques(table)),
    )


def _field(
    column: sa.Column[Any],
    one: _Found,
    key: tuple[str, ...],
    order: str | None,
    links: _References,
    found: Mapping[str, _Found],
) -> Field:
    reference = links[column.table.name].get(column.name)
    attribute = _attribute(one.mapper, column)
    made_by = _maker(column, found)
    try:
        spelling = codec(column.type)
    except BadModel as error:
        raise BadModel(f"{column.table.name}.{column.name}: {error}") from error
    return Field(
        name=column.name,
        column=column,
        codec=spelling,
        role=_role(column.name, one.parent_fields, key, order),
        attribute=attribute,
        nullable=bool(column.nullable),
        read_only=_is_computed(column, one.mapper)
        or (one.mapper is not None and attribute is None),
        label=column.info.get("label", column.name.replace("_", " ").capitalize()),
        help=column.info.get("help"),
        references=reference.column.table.name if reference else None,
        referred=reference.column.name if reference else None,
        made_by_draft=made_by,
        # A reference to another row of the same table is made by the table, too.
        generated=made_by == column.table.name and column.name in key,
    )


def _role(
    name: str, parent_fields: tuple[str, ...], key: tuple[str, ...], order: str | None
) -> str:
    if name in parent_fields:
        return "parent"
    if name in key:
        return "key"
    return "order" if name == order else "value"


def _attribute(mapper: Mapper[Any] | None, column: sa.Column[Any]) -> str | None:
    if mapper is None or column not in mapper.columns.values():
        return None
    return mapper.get_property_by_column(column).key


def _maker(column: sa.Column[Any], found: Mapping[str, _Found]) -> str | None:
    """Follow foreign keys to the table that counts this column's values."""
    seen = set()
    while column not in seen:
        seen.add(column)
        if column.table.name not in found:
            return None
        if column.table.autoincrement_column is column and not column.default:
            return str(column.table.name)
        column = next((key.column for key in column.foreign_keys), column)
    return None


def _is_computed(column: sa.Column[Any], mapper: Mapper[Any] | None) -> bool:
    """Tell whether the host or the database computes the column."""
    by_mapper = mapper is not None and (
        column is mapper.version_id_col or column is mapper.polymorphic_on
    )
    return bool(
        by_mapper
        or column.computed is not None
        or column.identity is not None
        or column.onupdate is not None
        or column.server_onupdate is not None
        or column.info.get("read_only")
    )


def _check_order(table: sa.Table, order: str) -> None:
    column = table.columns[order]
    if not isinstance(column.type, OrderKey) or column.nullable:
        raise BadModel(f"{table.name}.{order} must be an OrderKey that is not NULL")


def _check_key(table: sa.Table, fields: Mapping[str, Field]) -> None:
    for one in fields.values():
        if one.name in twins.OWN_COLUMNS:
            raise BadModel(
                f"{table.name}.{one.name}: the draft tables have a column of that name"
            )
        if one.role == "key" and not one.generated and one.has_server_default:
            raise BadModel(
                f"{table.name}.{one.name}: a key that the database makes"
                " must be an integer that it counts"
            )


def _warn_of_missing_index(table: sa.Table, parent_fields: tuple[str, ...]) -> None:
    if not parent_fields:
        return
    wanted = set(parent_fields)
    prefixes = [
        {column.name for column in list(columns)[: len(wanted)]}
        for columns in (
            table.primary_key.columns,
            *(index.columns for index in table.indexes),
            *(c.columns for c in _unique_constraints(table)),
        )
    ]
    if wanted not in prefixes:
        listed = ", ".join(parent_fields)
        warnings.warn(
            f"{table.name} has no index that starts with ({listed}):"
            " every page of it reads the whole table",
            MissingIndex,
            stacklevel=2,
        )


def _unique_constraints(table: sa.Table) -> list[sa.UniqueConstraint]:
    return [c for c in table.constraints if isinstance(c, sa.UniqueConstraint)]


def _uniques(table: sa.Table) -> Iterator[tuple[str, ...]]:
    """Yield the columns of each unique key, the primary key aside."""
    for constraint in _unique_constraints(table):
        yield tuple(column.name for column in constraint.columns)
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        if index.unique and len(index.columns):
            yield tuple(column.name for column in index.columns)


def _label_field(fields: Mapping[str, Field]) -> str | None:
    """Choose what a row is called by: a name, a title, else its first text."""
    texts = [f for f in fields.values() if f.type in ("string", "text")]
    own = [f.name for f in texts if f.role != "parent" and f.references is None]
    named = [name for name in ("name", "title", "label", "comment") if name in own]
    values = [name for name in own if fields[name].role == "value"]
    return next(iter((*named, *values, *own, *(f.name for f in texts))), None)
