"""Parse the join condition of a relationship into pairs of columns and constants.

https://docs.sqlalchemy.org/en/21/orm/join_conditions.html lists what it may contain. A
part is read, written and deleted without the relationship: everything that its join
demands of a row must be reproduced, or refused by name, or rows of other objects would
be included.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import RelationshipProperty
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import (
    BinaryExpression,
    BindParameter,
    BooleanClauseList,
    False_,
    Grouping,
    Null,
    True_,
    UnaryExpression,
)

from draftedit.engine.base.errors import BadModel

Pairs = Sequence[tuple[Any, Any]]
Constants = dict[str, tuple[Any, ...]]


def constants(
    relation: RelationshipProperty[Any], table: sa.Table, pairs: Pairs
) -> Constants:
    """Return the values that a relationship allows in columns of the part `table`.

    As the host gave them, None for NULL. Raises BadModel for every clause of the join
    that is neither one of `pairs` nor a comparison of such a column with constants.
    """
    known = {frozenset(pair) for pair in pairs}
    found: Constants = {}
    for clause in _clauses(relation):
        if _pair(clause) in known:
            continue
        column, values = _constant(clause)
        if not values or not table.columns.contains_column(column):
            raise BadModel(
                f"{relation}: its condition ({clause}) compares no column of"
                f" {table.name} with a constant"
            )
        if column.name in found:
            raise BadModel(
                f"{relation}: it has two conditions on {table.name}.{column.name}"
            )
        found[column.name] = values
    return found


def _clauses(relation: RelationshipProperty[Any]) -> Iterator[Any]:
    yield from _flat(relation.primaryjoin)
    if relation.secondaryjoin is not None:
        yield from _flat(relation.secondaryjoin)


def _flat(clause: Any) -> Iterator[Any]:
    if isinstance(clause, Grouping):
        yield from _flat(clause.element)
    elif isinstance(clause, BooleanClauseList) and clause.operator is operators.and_:
        for one in clause.clauses:
            yield from _flat(one)
    else:
        yield clause


def _pair(clause: Any) -> frozenset[Any] | None:
    """Return the two columns that a clause compares for equality."""
    if isinstance(clause, BinaryExpression) and clause.operator is operators.eq:
        return frozenset((clause.left, clause.right))
    return None


def _constant(clause: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return a column and the values it may have; none for any other clause."""
    if isinstance(clause, UnaryExpression):
        # A boolean column standing alone, or negated.
        allowed: dict[Any, tuple[bool, ...]] = {
            operators.is_true: (True,),
            operators.is_false: (False,),
        }
        return clause.element, allowed.get(clause.operator, ())
    if not isinstance(clause, BinaryExpression):
        return clause, ()
    column, other = clause.left, clause.right
    if isinstance(column, BindParameter):
        column, other = other, column
    if clause.operator in (operators.eq, operators.is_):
        return column, _one(other)
    if clause.operator is operators.in_op and isinstance(other, BindParameter):
        values = other.value if isinstance(other.value, Sequence) else ()
        return column, tuple(one for one in values if one is not None)
    return column, ()


def _one(other: Any) -> tuple[Any, ...]:
    for kind, value in ((Null, None), (True_, True), (False_, False)):
        if isinstance(other, kind):
            return (value,)
    if not isinstance(other, BindParameter) or other.callable is not None:
        return ()
    # NULL equals nothing; and the value of a parameter bound later is unknown.
    return () if other.value is None else (other.value,)
