"""From a mapped column to a Field: its role, its references, who computes it."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapper

from draftedit.engine.errors import BadModel
from draftedit.engine.ownership import Found, References
from draftedit.engine.schema import Field
from draftedit.engine.values import codec


def build_field(
    column: sa.Column[Any],
    one: Found,
    key: tuple[str, ...],
    order: str | None,
    links: References,
    found: Mapping[str, Found],
) -> Field:
    """Describe one column; raise BadModel where its type cannot be drafted."""
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


def _maker(column: sa.Column[Any], found: Mapping[str, Found]) -> str | None:
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
