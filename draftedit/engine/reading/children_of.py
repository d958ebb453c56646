"""Read the rows of one part below several parents, shown as a table beside rows."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import sqlalchemy as sa

from draftedit.engine.base.errors import Key
from draftedit.engine.reading.rows import Readable, Row, row_from
from draftedit.engine.reading.union_branches import (
    PARENTS,
    PageSpec,
    branches,
    sort_columns,
)
from draftedit.engine.reading.view import View
from draftedit.engine.schema.model import Part


def below(view: View, part: Part, parents: Sequence[Key]) -> Iterator[Row]:
    """Yield the rows of a part below the rows `parents`, in the order of their keys.

    Includes rows the draft has deleted. Runs one statement for any number of parents:
    for parts with a handful of rows per parent, such as links.
    """
    if not parents:
        return
    shape = replace(view.spec, parent=False, parents=True, gone="shown")
    keys = [_decoded(part, parent) for parent in parents]
    binds = view.binds() | dict.fromkeys(PARENTS, keys)
    found = view.dbsession.execute(_statement(part, shape), binds).mappings()
    with Readable(part):
        rows = [row_from(part, dict(record)) for record in found]
    yield from rows


def _decoded(part: Part, parent: Key) -> Any:
    named = dict(zip(part.parent_fields, parent, strict=True))
    values = tuple(part.decode(named).values())
    return values if len(values) > 1 else values[0]


@cache
def _statement(part: Part, shape: PageSpec) -> sa.Select[Any]:
    rows = sa.union_all(*branches(part, shape)).subquery("rows")
    order = [rows.c[name] for name in sort_columns(part)]
    return sa.select(rows).order_by(*order)
