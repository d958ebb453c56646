"""Find the values of a reference: rows of the draft's object, or rows outside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from draftedit.engine.base.errors import Key, Unknown
from draftedit.engine.base.keys import to_path
from draftedit.engine.reading.listing import Query
from draftedit.engine.reading.statements import search_pattern
from draftedit.engine.reading.view import View
from draftedit.engine.schema.model import Field, Part, Target
from draftedit.engine.schema.registration import best_label


@dataclass(frozen=True)
class Choice:
    """A row that may be chosen, and its label."""

    key: Key
    label: str


def choices(
    view: View, part: Part, name: str, text: str | None, limit: int
) -> list[Choice]:
    """Return the values for the field `name` that match `text`, in order."""
    field = part.fields.get(name)
    if field is None or field.references is None:
        raise Unknown("reference", name)
    if field.references in view.target.tables:
        return _inside(view, view.target.tables[field.references], text, limit)
    return _outside(view, field, text, limit)


def _inside(view: View, part: Part, text: str | None, limit: int) -> list[Choice]:
    found: list[Choice] = []
    query = Query(part.name, search=text or None, limit=limit)
    while True:
        page = view.page(query)
        found += [Choice(r.key, row_label(part, r.values)) for r in page.rows]
        if page.next is None or len(found) >= limit:
            return found[:limit]
        query = Query(part.name, search=text or None, limit=limit, after=page.next)


def _outside(view: View, field: Field, text: str | None, limit: int) -> list[Choice]:
    column = _referred_column(field)
    label = _label_column(view.target, column.table)
    wanted = sa.select(column, label).order_by(label, column).limit(limit)
    wanted = wanted.where(*choosable(view.target, column.table))
    if text:
        pattern = search_pattern(text)
        wanted = wanted.where(
            sa.func.lower(sa.cast(label, sa.String(255))).like(pattern, escape="\\")
        )
    found = view.dbsession.execute(wanted).all()
    keys = [(field.codec.encode(key),) for key, _ in found]
    return [
        Choice(key, to_path(key) if called in (None, "") else str(called))
        for key, (_, called) in zip(keys, found, strict=True)
    ]


def choosable(target: Target, table: Any) -> Iterator[sa.ColumnElement[bool]]:
    """Yield the host's criteria for the visible rows of a table outside.

    They are those of `visible=` of this target, and of the target whose root it is.
    """
    if table in target.choosable:
        yield target.choosable[table]
    sibling = target.siblings.get(table.name)
    if sibling is not None and sibling.root.live is table:
        yield from sibling.root.demands(table.c)


def _referred_column(field: Field) -> sa.Column[Any]:
    return next(
        key.column
        for key in field.column.foreign_keys
        if key.column.name == field.referred
    )


def _label_column(target: Target, table: Any) -> sa.ColumnElement[Any]:
    """Return the column that labels a row: the label of its target, else a text."""
    name = _label_of_target(target, table) or _text_column(table)
    column: sa.ColumnElement[Any] = (
        next(iter(table.primary_key)) if name is None else table.c[name]
    )
    return column


def _label_of_target(target: Target, table: Any) -> str | None:
    """Return the label column of a target of the same host."""
    for sibling in target.siblings.values():
        part = sibling.tables.get(table.name)
        if part is not None and part.live is table:
            return part.label_field
    return None


def _text_column(table: Any) -> str | None:
    texts = [
        column
        for column in table.columns
        if isinstance(column.type, sa.String) and not isinstance(column.type, sa.Enum)
    ]
    own = [one for one in texts if not one.foreign_keys]
    values = [one.name for one in own if not one.primary_key]
    return best_label(values, [c.name for c in own], [c.name for c in texts])


def row_label(part: Part, values: dict[str, Any]) -> str:
    """Return the label of a row: its label field, else its key."""
    label = values.get(part.label_field) if part.label_field else None
    return str(label or ", ".join(str(values[name]) for name in part.key))
