"""Build a Field from a mapped column: its role, its references, its generator."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.orm import Mapper
from sqlalchemy.types import TypeEngine

from draftedit.engine.base.errors import BadModel
from draftedit.engine.dialects import ANY
from draftedit.engine.schema.aggregate import References, TableNode
from draftedit.engine.schema.model import Field
from draftedit.engine.values.codec import Codec
from draftedit.engine.values.codecs import codec
from draftedit.engine.values.dialect_types import DIALECTS, in_table


def build_field(
    column: sa.Column[Any],
    one: TableNode,
    key: tuple[str, ...],
    order: str | None,
    links: References,
    found: Mapping[str, TableNode],
) -> Field:
    """Describe one column; raise BadModel if its type cannot be drafted."""
    reference = links[column.table.name].get(column.name)
    attribute = _attribute(one.mapper, column)
    made_by = _maker(column, found)
    role = _role(column.name, one.parent_fields, key, order)
    spelling = _codec(column, role, made_by is not None)
    return Field(
        name=column.name,
        column=column,
        codec=spelling,
        role=role,
        attribute=attribute,
        nullable=bool(column.nullable),
        read_only=any(spelling.on(name).is_computed for name in DIALECTS)
        or _is_computed(column, one.mapper)
        or (one.mapper is not None and attribute is None),
        label=column.info.get("label", column.name.replace("_", " ").capitalize()),
        help=column.info.get("help"),
        references=reference.column.table.name if reference else None,
        referred=reference.column.name if reference else None,
        made_by_draft=made_by,
        # A reference to another row of the same table may hold its draft-made keys,
        # too.
        generated=made_by == column.table.name and column.name in key,
        allowed=_allowed(column, one, spelling, order),
    )


def _changes_in_sql(kind: TypeEngine[Any]) -> bool:
    kinds = [kind, *kind._variant_mapping.values()]
    for one in kinds:
        base = sa.TypeDecorator if isinstance(one, sa.TypeDecorator) else TypeEngine
        if type(one).bind_expression is not base.bind_expression:
            return True
        if isinstance(one, sa.TypeDecorator) and _changes_in_sql(one.impl_instance):
            return True
    return False


def _codec(column: sa.Column[Any], role: str, counted: bool) -> Codec:
    try:
        spelling = codec(column.type, counted)
    except BadModel as error:
        raise BadModel(f"{column.table.name}.{column.name}: {error}") from error
    if _changes_in_sql(column.type):
        raise BadModel(
            f"{column.table.name}.{column.name}: {column.type!r} changes values by SQL"
            " when they are written (bind_expression), and would change a restored one"
            " once more"
        )
    if role != "value" and spelling.is_spelled_by_a_database:
        raise BadModel(
            f"{column.table.name}.{column.name}: a {role} column of this type cannot be"
            f" drafted: {column.type!r}"
        )
    if role != "value" and _has_order_of_its_own(spelling):
        raise BadModel(
            f"{column.table.name}.{column.name}: a {role} column cannot be drafted as"
            f" {column.type!r}: the database orders its values as they are declared,"
            " and the draft's copy as texts. Use Enum(native_enum=False), a VARCHAR"
        )
    return replace(spelling, plain=in_table(spelling.plain, column.table))


def _has_order_of_its_own(spelling: Codec) -> bool:
    """Return whether a database has a type of its own for a column of a few words.

    Pages of live and draft rows would be sorted differently, and rows left out;
    PostgreSQL does not even compare such a column with a text.
    """
    return any(spelling.on(name).sorts_as_declared for name in DIALECTS)


def _allowed(
    column: sa.Column[Any], one: TableNode, spelling: Codec, order: str | None
) -> tuple[Any, ...] | None:
    """Encode the values that the parent's relationship allows; None: any."""
    values = one.constants.get(column.name)
    if values is None:
        return None
    if column.name == order or column.name in one.parent_fields:
        raise BadModel(
            f"{column.table.name}.{column.name}: a relationship may not demand a value"
            " of a column that is a parent's key or an order"
        )
    try:
        plain = [_plain(column.type, value) for value in values]
        spelled = (v if v is None else spelling.parse(v, ANY) for v in plain)
        return tuple(dict.fromkeys(spelled))
    except (TypeError, ValueError) as error:
        raise BadModel(
            f"{column.table.name}.{column.name}: the relationship's condition has a"
            f" value that the column does not take: {error}"
        ) from error


def _plain(kind: Any, value: Any) -> Any:
    """Return the database value that a decorated type makes of `value`."""
    if not isinstance(kind, sa.TypeDecorator):
        return value
    bind = type(kind).process_bind_param
    if bind is not sa.TypeDecorator.process_bind_param:
        value = kind.process_bind_param(value, DefaultDialect())
    return _plain(kind.impl_instance, value)


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


def _maker(column: sa.Column[Any], found: Mapping[str, TableNode]) -> str | None:
    """Return the table that generates this column's values, following foreign keys."""
    seen = set()
    while column not in seen:
        seen.add(column)
        if column.table.name not in found:
            return None
        counted = column.default is None or isinstance(column.default, sa.Sequence)
        if column.table.autoincrement_column is column and counted:
            return str(column.table.name)
        column = next((key.column for key in column.foreign_keys), column)
    return None


def _is_computed(column: sa.Column[Any], mapper: Mapper[Any] | None) -> bool:
    """Return whether the host or the database computes the column."""
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
