"""Apply the host's `visible=` criteria to the tables of a target.

A criterion is built once, when the target is registered, and stands in every branch of
every statement, as the conditions of relationships do. A value that differs by request
(the tenant) is a parameter with a function (`sa.bindparam(callable_=…)`), which
SQLAlchemy calls each time a statement is run.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from draftedit.engine.base.errors import BadModel
from draftedit.engine.schema.model import Part, Target

Criterion = sa.ColumnElement[bool]
Ask = Callable[[Any], Criterion | None]
Visible = Ask | Mapping[Any, Criterion]


def with_criteria(target: Target, visible: Visible) -> Target:
    """Return the target with the criterion of `visible` for each of its tables.

    A function is called with the mapped class, or with the association table, and
    returns a criterion on its columns, or None: all rows. A mapping has criteria by
    class or table; that of a table outside the target, which the target refers to,
    restricts the choices there. Raises BadModel for a criterion on anything else.
    """
    ask: Ask = visible if callable(visible) else visible.get
    tables = {
        name: replace(part, criterion=_criterion(part, ask))
        for name, part in target.tables.items()
    }
    outside = {} if callable(visible) else _outside(target, visible)
    return replace(target, tables=tables, choosable=outside)


def _criterion(part: Part, ask: Ask) -> Criterion | None:
    criterion = ask(part.live if part.mapper is None else part.mapper.class_)
    return None if criterion is None else _checked(part.live, criterion)


def _outside(
    target: Target, visible: Mapping[Any, Criterion]
) -> dict[sa.Table, Criterion]:
    """Return the criteria of the tables that the target only refers to."""
    own = {part.live for part in target.tables.values()}
    referred = {
        key.column.table
        for part in target.tables.values()
        for field in part.fields.values()
        for key in field.column.foreign_keys
    }
    found: dict[sa.Table, Criterion] = {}
    for one, criterion in visible.items():
        table = one if isinstance(one, sa.Table) else sa.inspect(one).local_table
        if table not in own | referred:
            raise BadModel(
                f"visible= names {table}, which {target.name} has no part in and no"
                " reference to"
            )
        if table not in own:
            found[table] = _checked(table, criterion)
    return found


def _checked(table: sa.Table, criterion: Criterion) -> Criterion:
    own = set(table.columns)
    for one in visitors.iterate(criterion):
        is_other = isinstance(one, sa.Column) and one not in own
        if is_other or isinstance(one, sa.SelectBase):
            raise BadModel(
                f"visible= says of {table.name} what is no comparison of its own"
                f" columns: {criterion}"
            )
    return criterion
