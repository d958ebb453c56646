"""Build the statements that read rows of live objects and drafts.

A page merges up to three branches (see `union_branches`), each with parent, keyset,
ORDER BY and LIMIT inside, and limits again: it costs the page, never the object.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from draftedit.engine.reading.union_branches import (
    PageSpec,
    branches,
    draft_columns,
    history_columns,
    live_columns,
    number_bind,
    root_bind,
    sort_columns,
    until,
)
from draftedit.engine.schema.model import Part

SCANNED = 2000  # most rows that one search call scans

# Our own columns in a result; a host's column may be called "number" or "found".
NUMBER, FOUND, ABSENT = "draftedit_number", "draftedit_found", "draftedit_absent"
_RANK = "draftedit_rank"


@cache
def page_statement(part: Part, shape: PageSpec) -> sa.Select[Any]:
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
    order = _order(rows.c, sort_columns(part), shape)
    return sa.select(rows).order_by(*order).limit(_limit("limit"))


@cache
def row_statement(
    part: Part, drafted: bool, as_of: bool, ended: bool = False
) -> sa.Select[Any]:
    """Build the statement of one row by its key: the draft's, as it was, or live."""
    ranked = []
    if not ended:
        live = [*_has_key(part, part.live.c), *part.demands(part.live.c)]
        ranked.append(_ranked(live_columns(part), 0, sa.false(), live))
    if as_of:
        ranked.append(_as_it_was(part, ended))
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


def _as_it_was(part: Part, ended: bool) -> sa.Select[Any]:
    """Select the oldest state replaced since, or that there was none (absent)."""
    then = part.history.c
    newer = [then.root == root_bind(), then.revision > number_bind("as_of")]
    newer += until(then, ended)
    columns = history_columns(part, then)
    absent = absent_then(part, then)
    oldest = _ranked(columns, 1, absent, [*newer, *_has_key(part, then)])
    return sa.select(oldest.order_by(then.revision).limit(1).subquery("then"))


def absent_then(part: Part, then: Any) -> Any:
    """Return the flag that the object had no row at the time of a history row."""
    demands = part.demands(then)
    if not demands:
        return then.absent
    was_there = sa.and_(then.absent == sa.false(), *demands)
    return sa.case((was_there, sa.false()), else_=sa.true())


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


def _limited(statement: sa.Select[Any], part: Part, shape: PageSpec) -> sa.Subquery:
    limit = _limit("scan" if shape.search else "limit")
    names = sort_columns(part)
    if shape.parent and part.is_order_unique and _reads_live(statement, part):
        # MariaDB's unique index does not end in the key: if ordered by that, too, it
        # would sort all of the parent's rows.
        names = names[:1]
    order = _order(statement.selected_columns, names, shape)
    return statement.order_by(*order).limit(limit).subquery()


def _limit(name: str) -> sa.BindParameter[Any]:
    """Return a limit that is rendered into the statement itself.

    For a bound limit, PostgreSQL expects a tenth of the table, so that with a large one
    it never caches a plan, and planning takes longer than reading:
    https://www.postgresql.org/docs/current/sql-prepare.html#SQL-PREPARE-NOTES
    """
    return sa.bindparam(name, type_=sa.BigInteger(), literal_execute=True)


def _reads_live(statement: sa.Select[Any], part: Part) -> bool:
    return part.live in statement.get_final_froms()


def _order(columns: Any, names: Sequence[str], shape: PageSpec) -> list[Any]:
    return [
        columns[name].desc() if shape.descending else columns[name] for name in names
    ]


def _searched(rows: sa.Subquery, part: Part, shape: PageSpec) -> sa.Select[Any]:
    """Keep the matches among the rows scanned, and the last row as a mark."""
    order = _order(rows.c, sort_columns(part), shape)
    number = sa.func.row_number().over(order_by=order).label(NUMBER)
    numbered = sa.select(rows, number).order_by(*order).limit(_limit("scan"))
    scanned = numbered.subquery("scanned")
    found = sa.or_(sa.false(), *_matches(scanned, part))
    return (
        sa.select(scanned, sa.case((found, 1), else_=0).label(FOUND))
        .where(sa.or_(found, scanned.c[NUMBER] == _limit("scan")))
        .order_by(*_order(scanned.c, sort_columns(part), shape))
        .limit(_limit("limit"))
    )


def _matches(rows: sa.Subquery, part: Part) -> list[sa.ColumnElement[bool]]:
    wanted = sa.bindparam("search", type_=sa.String())
    found = (f.codec.search(rows.c[name], wanted) for name, f in part.fields.items())
    return [condition for condition in found if condition is not None]


def search_pattern(text: str) -> str:
    """Return the LIKE pattern that finds `text` anywhere, in any case."""
    for character in ("\\", "%", "_"):
        text = text.replace(character, f"\\{character}")
    return f"%{text.lower()}%"
