"""Find the rows that refer to one: through the live index, overlaid with a draft's."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import sqlalchemy as sa

from draftedit.engine.base.errors import Unknown
from draftedit.engine.reading.rows import Readable, Row, row_from
from draftedit.engine.reading.union_branches import PageSpec, branches
from draftedit.engine.reading.view import View
from draftedit.engine.schema.model import Part


def referring(view: View, part: Part, name: str, value: Any) -> Iterator[Row]:
    """Yield the rows of a part whose reference `name` is `value`, without deleted ones.

    Of any object, visible or not: see `View.in_sight`. They come in no order and
    without a limit, which would tempt a planner to read a table in the order of its
    keys. Raises Unknown for a field that is no reference.
    """
    field = part.fields.get(name)
    if field is None or field.references is None:
        raise Unknown("reference", name)
    shape = replace(view.spec, parent=False, field=name)
    try:
        encoded = field.codec.parse(value, view.dialect)
    except ValueError:
        return  # no row refers to a value that the column cannot hold
    binds = view.binds() | {"referred": field.codec.decode(encoded)}
    found = view.dbsession.execute(_statement(part, shape), binds).mappings()
    with Readable(part):
        rows = [row_from(part, dict(record)) for record in found]
    yield from rows


@cache
def _statement(part: Part, shape: PageSpec) -> sa.Select[Any] | sa.CompoundSelect[Any]:
    return sa.union_all(*branches(part, shape))
