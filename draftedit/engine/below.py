"""The rows of one part below any of several parents: what a table shows beside rows."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from draftedit.engine.branches import PARENTS, Shape, branches, sort_columns
from draftedit.engine.errors import Key
from draftedit.engine.rows import Row, row_from
from draftedit.engine.schema import Part
from draftedit.engine.view import View


def below(view: View, part: Part, parents: Sequence[Key]) -> Iterator[Row]:
    """Yield the rows of a part below the rows `parents`, in the order of their keys.

    What the draft has deleted comes, too. It is one statement, whatever their number:
    for parts of which a row has a handful, such as links.
    """
    if not parents:
        return
    shape = Shape(
        dialect=view.dialect,
        drafted=view.draft is not None,
        as_of=view.as_of is not None,
        parent=False,
        parents=True,
        gone="shown",
    )
    binds = view.binds() | {PARENTS: [_decoded(part, parent) for parent in parents]}
    found = view.dbsession.execute(_statement(part, shape), binds).mappings().all()
    for record in found:
        yield row_from(part, dict(record))


def _decoded(part: Part, parent: Key) -> Any:
    named = dict(zip(part.parent_fields, parent, strict=True))
    values = tuple(part.decode(named).values())
    return values if len(values) > 1 else values[0]


@cache
def _statement(part: Part, shape: Shape) -> sa.Select[Any]:
    rows = sa.union_all(*branches(part, shape)).subquery("rows")
    order = [rows.c[name] for name in sort_columns(part)]
    return sa.select(rows).order_by(*order)
