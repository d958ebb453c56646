"""What a reference may point to: rows of the draft's object, or rows outside it."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from draftedit.engine.errors import Key, Unknown
from draftedit.engine.listing import Query
from draftedit.engine.reading import search_pattern
from draftedit.engine.schema import Field, Part
from draftedit.engine.view import View


@dataclass(frozen=True)
class Choice:
    """A row that may be chosen, and what it is called."""

    key: Key
    label: str


def choices(
    view: View, part: Part, name: str, text: str | None, limit: int
) -> list[Choice]:
    """Return what the field `name` may refer to, found by `text`, in order."""
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
    label = _label_column(column.table)
    wanted = sa.select(column, label).order_by(label, column).limit(limit)
    if text:
        pattern = search_pattern(text)
        wanted = wanted.where(
            sa.func.lower(sa.cast(label, sa.String(255))).like(pattern, escape="\\")
        )
    return [
        Choice((field.codec.encode(key),), str(called))
        for key, called in view.dbsession.execute(wanted)
    ]


def _referred_column(field: Field) -> sa.Column[Any]:
    return next(
        key.column
        for key in field.column.foreign_keys
        if key.column.name == field.referred
    )


def _label_column(table: sa.FromClause) -> sa.ColumnElement[Any]:
    """Return the column that names a row: a name or title, else its first text."""
    texts = [c for c in table.columns if isinstance(c.type, sa.String)]
    named = [c for c in texts if c.name in ("name", "title", "label")]
    first_of_key = next(iter(table.primary_key.columns))  # type: ignore[attr-defined]  # because it is typed as an Iterable
    return next(iter((*named, *texts)), first_of_key)


def row_label(part: Part, values: dict[str, Any]) -> str:
    """Return what a row is called: its label field, else its key."""
    label = values.get(part.label_field) if part.label_field else None
    return str(label or ", ".join(str(values[name]) for name in part.key))
