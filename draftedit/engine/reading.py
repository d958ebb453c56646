"""Reading rows: one builder of one statement for live objects and drafts.

A page is two branches, live without what the draft has touched and the draft's own
rows, with parent, keyset, ORDER BY and LIMIT inside each branch, merged and limited
again: it costs the page, never the object.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from draftedit.engine.schema import Part

SCANNED = 2000  # rows that one search call looks at, at most

# Columns of ours in a result; a host's column may be called "number" or "found".
TOUCHED, NUMBER, FOUND = "draftedit_touched", "draftedit_number", "draftedit_found"


@dataclass(frozen=True)
class Shape:
    """What a page statement looks like; each shape of each part is built once.

    `drafted`: over a draft. `live`: with the untouched rows. `parent`: the rows of
    one parent. `gone`: "hidden", "shown" (those that exist in base) or "all".
    """

    dialect: str
    drafted: bool
    live: bool = True
    parent: bool = True
    after: bool = False
    descending: bool = False
    gone: str = "hidden"
    search: bool = False


def sort_columns(part: Part) -> tuple[str, ...]:
    """Return the columns that order the rows of one parent, ending in the key."""
    return (*((part.order,) if part.order else ()), *part.key)


@cache
def page_statement(part: Part, shape: Shape) -> sa.Select[Any]:
    """Build the statement of a page; binds: draft, parent_*, after_*, limit, …."""
    branches = []
    if shape.live:
        branches.append(_branch(_live(part, shape), part, shape))
    if shape.drafted:
        branches.append(_branch(_drafted(part, shape), part, shape))
    merged = (
        sa.union_all(*(sa.select(branch) for branch in branches))
        if len(branches) > 1
        else sa.select(branches[0])
    )
    rows = merged.subquery("rows")
    if shape.search:
        return _searched(rows, part, shape)
    return sa.select(rows).order_by(*_order(rows, part, shape)).limit(_bind("limit"))


@cache
def row_statement(part: Part, drafted: bool) -> sa.Select[Any]:
    """Build the statement of one row by its key: the draft's, or live."""
    live = sa.select(*_live_columns(part)).where(*_has_key(part, part.live.c))
    if not drafted:
        return live
    own = sa.select(*_draft_columns(part)).where(
        part.draft.c.draft == _bind("draft"), *_has_key(part, part.draft.c)
    )
    rows = sa.union_all(own, live).subquery("rows")
    return sa.select(rows).order_by(rows.c[TOUCHED].desc()).limit(1)


def _bind(name: str) -> sa.BindParameter[Any]:
    return sa.bindparam(name, type_=sa.BigInteger())


def key_binds(part: Part, key: Sequence[Any], prefix: str = "key") -> dict[str, Any]:
    """Return the parameters that `row_statement` takes for an encoded key."""
    decoded = part.decode(dict(zip(part.key, key, strict=True)))
    return {f"{prefix}_{name}": value for name, value in decoded.items()}


def _has_key(part: Part, columns: Any) -> list[sa.ColumnElement[bool]]:
    return [
        columns[name]
        == sa.bindparam(f"key_{name}", type_=part.fields[name].codec.plain)
        for name in part.key
    ]


def _live_columns(part: Part) -> list[Any]:
    own: tuple[Any, ...] = (
        sa.literal_column("0").label(TOUCHED),
        sa.false().label("gone"),
        sa.null().label("origin"),
        sa.null().label("omitted"),
    )
    return [*(f.read() for f in part.fields.values()), *own]


def _draft_columns(part: Part) -> list[Any]:
    draft = part.draft.c
    return [
        *(draft[name] for name in part.fields),
        sa.literal_column("1").label(TOUCHED),
        draft.gone,
        draft.origin,
        draft.omitted,
    ]


def _live(part: Part, shape: Shape) -> sa.Select[Any]:
    """Select the live rows that the draft has not touched."""
    statement = sa.select(*_live_columns(part))
    if shape.drafted:
        live, draft = part.live, part.draft
        touched = sa.and_(
            draft.c.draft == _bind("draft"),
            *(draft.c[name] == live.c[name] for name in part.key),
        )
        # LEFT JOIN … IS NULL: MariaDB materialises NOT EXISTS.
        statement = statement.select_from(live.outerjoin(draft, touched)).where(
            draft.c.draft.is_(None)
        )
    return statement.where(*_place(part, shape, part.live.c))


def _drafted(part: Part, shape: Shape) -> sa.Select[Any]:
    """Select the draft's own rows."""
    draft = part.draft.c
    statement = sa.select(*_draft_columns(part)).where(draft.draft == _bind("draft"))
    if shape.gone == "hidden":
        statement = statement.where(draft.gone == sa.false())
    elif shape.gone == "shown":
        statement = statement.where(
            sa.or_(draft.gone == sa.false(), draft.origin.is_not(None))
        )
    return statement.where(*_place(part, shape, draft))


def _place(part: Part, shape: Shape, columns: Any) -> list[sa.ColumnElement[bool]]:
    """Restrict to the rows of the parent, and to those after the cursor."""
    conditions: list[sa.ColumnElement[bool]] = []
    if shape.parent:
        conditions += [
            columns[name]
            == sa.bindparam(f"parent_{name}", type_=part.fields[name].codec.plain)
            for name in part.parent_fields
        ]
    if shape.after:
        conditions.append(_beyond(part, shape, columns))
    return conditions


def _beyond(part: Part, shape: Shape, columns: Any) -> sa.ColumnElement[bool]:
    names = sort_columns(part)
    here = [columns[name] for name in names]
    cursor = [
        sa.bindparam(f"after_{name}", type_=part.fields[name].codec.plain)
        for name in names
    ]
    if shape.dialect in ("mariadb", "mysql"):
        # MariaDB reads a row value comparison as a filter, not as an index range.
        return _range(here, cursor, shape.descending)
    left, right = sa.tuple_(*here), sa.tuple_(*cursor)
    return left < right if shape.descending else left > right


def _range(here: list[Any], cursor: list[Any], down: bool) -> sa.ColumnElement[bool]:
    """Spell (a, b) > (:a, :b) as a >= :a AND (a > :a OR b > :b)."""
    first, bound = here[0], cursor[0]
    beyond: sa.ColumnElement[bool] = first < bound if down else first > bound
    if len(here) == 1:
        return beyond
    reached = first <= bound if down else first >= bound
    return sa.and_(reached, sa.or_(beyond, _range(here[1:], cursor[1:], down)))


def _branch(statement: sa.Select[Any], part: Part, shape: Shape) -> sa.Subquery:
    limit = _bind("scan" if shape.search else "limit")
    order = _order_of(statement.selected_columns, part, shape)
    return statement.order_by(*order).limit(limit).subquery()


def _order(rows: sa.Subquery, part: Part, shape: Shape) -> list[Any]:
    return _order_of(rows.c, part, shape)


def _order_of(columns: Any, part: Part, shape: Shape) -> list[Any]:
    return [
        columns[name].desc() if shape.descending else columns[name]
        for name in sort_columns(part)
    ]


def _searched(rows: sa.Subquery, part: Part, shape: Shape) -> sa.Select[Any]:
    """Keep what matches among the rows scanned, and the last one as a mark."""
    order = _order(rows, part, shape)
    number = sa.func.row_number().over(order_by=order).label(NUMBER)
    numbered = sa.select(rows, number).order_by(*order).limit(_bind("scan"))
    scanned = numbered.subquery("scanned")
    found = sa.or_(sa.false(), *_matches(scanned, part))
    return (
        sa.select(scanned, sa.case((found, 1), else_=0).label(FOUND))
        .where(sa.or_(found, scanned.c[NUMBER] == _bind("scan")))
        .order_by(*_order(scanned, part, shape))
        .limit(_bind("limit"))
    )


def _matches(rows: sa.Subquery, part: Part) -> list[sa.ColumnElement[bool]]:
    wanted = sa.bindparam("search", type_=sa.String())
    return [
        sa.func.lower(rows.c[name]).like(wanted, escape="\\")
        for name, f in part.fields.items()
        if f.type in ("string", "text", "enum")
    ]


def search_pattern(text: str) -> str:
    """Return the LIKE pattern that finds `text` anywhere, whatever the case."""
    for character in ("\\", "%", "_"):
        text = text.replace(character, f"\\{character}")
    return f"%{text.lower()}%"
