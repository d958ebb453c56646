"""The rows that refer to one: through the live index, with the draft's rows over it."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import sqlalchemy as sa

from draftedit.engine.branches import Shape, branches
from draftedit.engine.errors import Unknown
from draftedit.engine.rows import Row, row_from
from draftedit.engine.schema import Part
from draftedit.engine.view import View


def referring(view: View, part: Part, name: str, value: Any) -> Iterator[Row]:
    """Yield the rows of a part whose reference `name` is `value`, gone ones left out.

    Of whatever object, and in sight or not: see `View.in_sight`. They come in no
    order and without a limit, which would tempt a planner to read a table in the order
    of its keys. Raises Unknown for a field that is no reference.
    """
    field = part.fields.get(name)
    if field is None or field.references is None:
        raise Unknown("reference", name)
    shape = Shape(
        dialect=view.dialect,
        drafted=view.draft is not None,
        as_of=view.as_of is not None,
        parent=False,
        field=name,
    )
    try:
        encoded = field.codec.parse(value, view.dialect)
    except ValueError:
        return  # nothing refers to what the column cannot hold
    binds = view.binds() | {"referred": field.codec.decode(encoded)}
    found = view.dbsession.execute(_statement(part, shape), binds).mappings().all()
    for record in found:
        yield row_from(part, dict(record))


@cache
def _statement(part: Part, shape: Shape) -> sa.Select[Any] | sa.CompoundSelect[Any]:
    return sa.union_all(*branches(part, shape))
