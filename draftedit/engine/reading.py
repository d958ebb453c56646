"""Reading rows: one builder of one statement for live objects and drafts.

A page merges up to three branches (see `draftedit.engine.branches`), each with parent,
keyset, ORDER BY and LIMIT inside, and limits again: it costs the page, never the
object.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from draftedit.engine.branches import (
    Shape,
    branches,
    draft_columns,
    history_columns,
    live_columns,
    number_bind,
    root_bind,
    sort_columns,
)
from draftedit.engine.schema import Part

SCANNED = 2000  # rows that one search call looks at, at most

# Columns of ours in a result; a host's column may be called "number" or "found".
NUMBER, FOUND, ABSENT = "draftedit_number", "draftedit_found", "draftedit_absent"
_RANK = "draftedit_rank"


@cache
def page_statement(part: Part, shape: Shape) -> sa.Select[Any]:
    """Build the statement of a page; binds: draft, as_of, parent_*, after_*, limit."""
    limited = [_limited(one, part, shape) for one in branches(part, shape)]
    merged = (
        sa.union_all(*(sa.select(branch) for branch in limited))
        if len(limited) > 1
        else sa.select(limited[0])
    )
    rows = merged.subquery("rows")
    if shape.search:
        return _searched(rows, part, shape)
    order = _order(rows.c, part, shape)
    return sa.select(rows).order_by(*order).limit(_limit("limit"))


@cache
def row_statement(part: Part, drafted: bool, as_of: bool) -> sa.Select[Any]:
    """Build the statement of one row by its key: the draft's, as it was, or live."""
    ranked = [_ranked(live_columns(part), 0, sa.false(), _has_key(part, part.live.c))]
    if as_of:
        ranked.append(_as_it_was(part))
    if drafted:
        mine = part.draft.c.draft == number_bind("draft")
        own = [mine, *_has_key(part, part.draft.c)]
        ranked.append(_ranked(draft_columns(part), 2, sa.false(), own))
    if len(ranked) == 1:
        return ranked[0]
    rows = sa.union_all(*ranked).subquery("rows")
    return sa.select(rows).order_by(rows.c[_RANK].desc()).limit(1)


def _ranked(
    columns: list[Any], rank: int, absent: Any, conditions: list[Any]
) -> sa.Select[Any]:
    own: tuple[Any, ...] = (
        sa.literal_column(str(rank)).label(_RANK),
        absent.label(ABSENT),
    )
    return sa.select(*columns, *own).where(*conditions)


def _as_it_was(part: Part) -> sa.Select[Any]:
    """Select the oldest state replaced since, or that there was none (absent)."""
    then = part.history.c
    newer = [then.root == root_bind(), then.revision > number_bind("as_of")]
    columns = history_columns(part, then)
    oldest = _ranked(columns, 1, then.absent, [*newer, *_has_key(part, then)])
    return sa.select(oldest.order_by(then.revision).limit(1).subquery("then"))


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


def _limited(statement: sa.Select[Any], part: Part, shape: Shape) -> sa.Subquery:
    limit = _limit("scan" if shape.search else "limit")
    order = _order(statement.selected_columns, part, shape)
    return statement.order_by(*order).limit(limit).subquery()


def _limit(name: str) -> sa.BindParameter[Any]:
    """Return a limit that stands in the statement itself.

    For one that it does not know yet, PostgreSQL expects a tenth of the table, so that
    with a large one it never keeps a plan, and planning takes longer than reading:
    https://www.postgresql.org/docs/current/sql-prepare.html#SQL-PREPARE-NOTES
    """
    return sa.bindparam(name, type_=sa.BigInteger(), literal_execute=True)


def _order(columns: Any, part: Part, shape: Shape) -> list[Any]:
    return [
        columns[name].desc() if shape.descending else columns[name]
        for name in sort_columns(part)
    ]


def _searched(rows: sa.Subquery, part: Part, shape: Shape) -> sa.Select[Any]:
    """Keep what matches among the rows scanned, and the last one as a mark."""
    order = _order(rows.c, part, shape)
    number = sa.func.row_number().over(order_by=order).label(NUMBER)
    numbered = sa.select(rows, number).order_by(*order).limit(_limit("scan"))
    scanned = numbered.subquery("scanned")
    found = sa.or_(sa.false(), *_matches(scanned, part))
    return (
        sa.select(scanned, sa.case((found, 1), else_=0).label(FOUND))
        .where(sa.or_(found, scanned.c[NUMBER] == _limit("scan")))
        .order_by(*_order(scanned.c, part, shape))
        .limit(_limit("limit"))
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
