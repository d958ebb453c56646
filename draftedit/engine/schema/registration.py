"""Register a target: find its parts through relationships, refuse by name.

What a relationship cannot be is refused in `aggregate`, a table in `model_checks`, a
column in `build_field`, a host's criterion in `visibility`, and the rest here.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapper

from draftedit.engine.base.errors import BadModel
from draftedit.engine.schema import shadow_tables
from draftedit.engine.schema.aggregate import (
    References,
    TableNode,
    insert_order,
    name_of,
    references,
    walk,
)
from draftedit.engine.schema.build_field import build_field
from draftedit.engine.schema.model import Field, Park, Part, Target
from draftedit.engine.schema.model_checks import (
    check_collections,
    check_conflict_clauses,
    check_key,
    check_mapped_key,
    check_names,
    check_order,
    check_updates,
    warn_of_keys_given_again,
    warn_of_missing_index,
)
from draftedit.engine.schema.unique_keys import plain_keys


@contextmanager
def nothing_left_if_refused(metadata: sa.MetaData) -> Iterator[None]:
    """Remove the tables of a refused target from `metadata` again.

    A migration would create them, and the corrected target could not be registered.
    """
    before = set(metadata.tables)
    try:
        yield
    except Exception:
        for name in set(metadata.tables) - before:
            metadata.remove(metadata.tables[name])
        raise


def build_target(
    root: Mapper[Any],
    label: str,
    order: Mapping[str, str],
    drafts: sa.Table,
    park: Park | None,
    review: bool,
    owned: Mapping[str, str],
) -> Target:
    """Describe the target whose root is mapped by `root`.

    `order` maps table names to their order columns; the draft and history tables are
    added to the metadata of `drafts`, the table of drafts; `owned` maps the tables of
    other targets to these. Raises BadModel, naming what cannot be drafted.
    """
    found = {f.table.name: f for f in walk(root)}
    for name in found.keys() & owned.keys():
        raise BadModel(f"{name} is part of {owned[name]} and of {name_of(root)}")
    for name in order.keys() - found.keys():
        raise BadModel(f"order= names {name}, which is no part of {name_of(root)}")
    links = references(found)
    in_order = insert_order(found, links)
    parts = {
        name: _part(one, found, order.get(name), links, drafts)
        for name, one in found.items()
    }
    name = name_of(root)
    if label not in parts[name].fields:
        raise BadModel(f"label= names {label}, which is no column of {name}")
    parts[name] = replace(parts[name], label_field=label)
    return Target(name, label, parts, in_order, park, review=review)


def _part(
    one: TableNode,
    found: Mapping[str, TableNode],
    order: str | None,
    links: References,
    drafts: sa.Table,
) -> Part:
    table = one.table
    key = tuple(column.name for column in table.primary_key)
    if not key and one.mapper is None:
        key = tuple(column.name for column in table.columns)
    if not key:
        raise BadModel(f"{table.name} has no primary key")
    if order is not None:
        check_order(table, order)
    check_names(table)
    if one.mapper is not None:
        check_collections(one.mapper)
        check_mapped_key(one.mapper)
    check_conflict_clauses(table)
    check_updates(found.keys(), table)
    fields = {
        column.name: build_field(column, one, key, order, links, found)
        for column in table.columns
        if not column.system  # every table of the database has it: xmin of PostgreSQL
    }
    check_key(table, fields, is_root=one.parent is None)
    fixed = [field.name for field in fields.values() if field.is_fixed]
    warn_of_missing_index(table, one.parent_fields, fixed)
    warn_of_keys_given_again(table)
    draft, history = shadow_tables.build(
        drafts, table, fields, key, one.parent_fields, order
    )
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
        uniques=tuple(plain_keys(table)),
    )


def label_field(fields: Mapping[str, Field]) -> str | None:
    """Choose the label of a table's rows, if the host has named none."""
    texts = [f for f in fields.values() if f.codec.names_rows]
    own = [f.name for f in texts if f.role != "parent" and f.references is None]
    values = [name for name in own if fields[name].role == "value"]
    return best_label(values, own, [f.name for f in texts])


def best_label(
    values: Sequence[str], own: Sequence[str], texts: Sequence[str]
) -> str | None:
    """Choose a label among the names of a table's text columns; None if there is none.

    A name or a title comes first, then a text that is neither key nor reference
    (`values`), one that is no reference (`own`), any.
    """
    named = [name for name in ("name", "title", "label", "comment") if name in own]
    return next(iter((*named, *values, *own, *texts)), None)
