"""Registering a target: find its parts by the relationships, refuse by name."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapper

from draftedit.engine import twins
from draftedit.engine.columns import build_field
from draftedit.engine.demands import (
    check_key,
    check_order,
    uniques,
    warn_of_missing_index,
)
from draftedit.engine.errors import BadModel
from draftedit.engine.ownership import (
    Found,
    References,
    insert_order,
    name_of,
    references,
    walk,
)
from draftedit.engine.schema import Field, Park, Part, Target


def build_target(
    root: Mapper[Any],
    label: str,
    order: Mapping[str, str],
    metadata: sa.MetaData,
    park: Park | None,
    review: bool,
    owned: Mapping[str, str],
) -> Target:
    """Describe the target whose root is mapped by `root`.

    `order` maps table names to their order columns; the draft and history tables
    are added to `metadata`; `owned` maps the tables of other targets to these. Raises
    BadModel, naming what cannot be drafted.
    """
    found = {f.table.name: f for f in walk(root)}
    for name in found.keys() & owned.keys():
        raise BadModel(f"{name} is part of {owned[name]} and of {name_of(root)}")
    for name in order.keys() - found.keys():
        raise BadModel(f"order= names {name}, which is no part of {name_of(root)}")
    links = references(found)
    in_order = insert_order(found, links)
    parts = {
        name: _part(one, found, order.get(name), links, metadata)
        for name, one in found.items()
    }
    name = name_of(root)
    if label not in parts[name].fields:
        raise BadModel(f"label= names {label}, which is no column of {name}")
    parts[name] = replace(parts[name], label_field=label)
    return Target(name, label, parts, in_order, park, review=review)


def _part(
    one: Found,
    found: Mapping[str, Found],
    order: str | None,
    links: References,
    metadata: sa.MetaData,
) -> Part:
    table = one.table
    key = tuple(column.name for column in table.primary_key)
    if not key and one.mapper is None:
        key = tuple(column.name for column in table.columns)
    if not key:
        raise BadModel(f"{table.name} has no primary key")
    if order is not None:
        check_order(table, order)
    fields = {
        column.name: build_field(column, one, key, order, links, found)
        for column in table.columns
    }
    check_key(table, fields)
    warn_of_missing_index(table, one.parent_fields)
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
        label_field=label_field(fields),
        uniques=tuple(uniques(table)),
    )


def label_field(fields: Mapping[str, Field]) -> str | None:
    """Choose what a row is called by: a name, a title, else its first text."""
    texts = [f for f in fields.values() if f.type in ("string", "text")]
    own = [f.name for f in texts if f.role != "parent" and f.references is None]
    named = [name for name in ("name", "title", "label", "comment") if name in own]
    values = [name for name in own if fields[name].role == "value"]
    return next(iter((*named, *values, *own, *(f.name for f in texts))), None)
