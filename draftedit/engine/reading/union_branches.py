"""The branches of a page: live rows, rows as they were at a revision, a draft's rows.

A live row is left out if the draft has touched it, or if a revision newer than the one
that is read has replaced it; then history has the row as it was.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from draftedit.engine.base.sql import force_index
from draftedit.engine.dialects import backend_named
from draftedit.engine.schema.model import Part
from draftedit.engine.schema.tables import ROOT
from draftedit.engine.values.column_types import name_type

# Our own column in a result; a host's column may be called "touched".
TOUCHED = "draftedit_touched"

# Columns of each row in a page after its own.
OF_DRAFT = (TOUCHED, "gone", "origin", "omitted", "restores")

# The parameters with the keys of several parents, one for each branch: SQLAlchemy up to
# 2.0.54 expands tuples only once for a name.
PARENTS = "live_parents", "then_parents", "draft_parents"


@dataclass(frozen=True)
class PageSpec:
    """The shape of a page statement; each shape of each part is built once.

    `drafted`: over a draft. `as_of`: as it was at a revision, not as live is now.
    `ended`: of an object that a later revision deleted, so that none of it is live.
    `live`: with the rows that the draft has not touched. `parent`: the rows of one
    parent; `parents`: of several; `field`: the rows whose reference of that name has
    one value. `gone`: "hidden", "shown" (those that exist in base) or "all".
    """

    dialect: str
    drafted: bool
    as_of: bool = False
    ended: bool = False
    live: bool = True
    parent: bool = True
    parents: bool = False
    field: str | None = None
    after: bool = False
    descending: bool = False
    gone: str = "hidden"
    search: bool = False


def sort_columns(part: Part) -> tuple[str, ...]:
    """Return the columns that order the rows of one parent, ending in the key."""
    return (*((part.order,) if part.order else ()), *part.key)


def number_bind(name: str) -> sa.BindParameter[Any]:
    """Return an integer parameter."""
    return sa.bindparam(name, type_=sa.BigInteger())


def root_bind() -> sa.BindParameter[Any]:
    """Return the parameter of the object whose history is read."""
    return sa.bindparam("history_root", type_=name_type(ROOT))


def branches(part: Part, shape: PageSpec) -> list[sa.Select[Any]]:
    """Return the branches that a page of this shape merges."""
    selects = []
    if shape.live and not shape.ended:
        selects.append(_live(part, shape))
    if shape.live and shape.as_of:
        selects.append(_history(part, shape))
    if shape.drafted:
        selects.append(_drafted(part, shape))
    return selects


def live_columns(part: Part) -> list[Any]:
    """Return the columns of a live row in a page."""
    return [*(f.read() for f in part.fields.values()), *_no_draft()]


def history_columns(part: Part, history: Any) -> list[Any]:
    """Return the columns of a history row in a page."""
    return [*(f.read_copy(history) for f in part.fields.values()), *_no_draft()]


def draft_columns(part: Part) -> list[Any]:
    """Return the columns of a draft's row in a page."""
    draft = part.draft.c
    return [
        *(field.read_copy(draft) for field in part.fields.values()),
        sa.literal_column("1").label(TOUCHED),
        draft.gone,
        draft.origin,
        draft.omitted,
        draft.restores,
    ]


def _no_draft() -> tuple[Any, ...]:
    return (
        sa.literal_column("0").label(TOUCHED),
        sa.false().label("gone"),
        sa.null().label("origin"),
        sa.null().label("omitted"),
        # With a type: PostgreSQL would take it for a text in a UNION.
        sa.cast(sa.null(), sa.Integer).label("restores"),
    )


def _live(part: Part, shape: PageSpec) -> sa.Select[Any]:
    """Select the live rows that are neither touched nor newer."""
    statement = sa.select(*live_columns(part)).where(
        *_untouched(part, shape, part.live.c),
        *_place(part, shape, part.live.c, PARENTS[0]),
        *part.demands(part.live.c),
    )
    if shape.as_of:
        newer = part.history.alias("newer")
        replaced = _is_newer(newer.c)
        statement = statement.where(_without(part, part.live.c, newer, replaced))
    if shape.parent and part.listing_index is not None:
        # So MariaDB reads one parent's rows in order, and does not sort all of them.
        statement = force_index(statement, part.live, part.listing_index)
    return statement


def _history(part: Part, shape: PageSpec) -> sa.Select[Any]:
    """Select the rows that were replaced since, in the oldest such state."""
    then = part.history.c
    older = part.history.alias("older")
    is_older = sa.and_(_is_newer(older.c), older.c.revision < then.revision)
    return sa.select(*history_columns(part, then)).where(
        _is_newer(then),
        *until(then, shape.ended),
        then.absent == sa.false(),
        _without(part, then, older, is_older),
        *_untouched(part, shape, then),
        *_place(part, shape, then, PARENTS[1]),
        *part.demands(then),
    )


def _drafted(part: Part, shape: PageSpec) -> sa.Select[Any]:
    """Select the draft's own rows."""
    draft = part.draft.c
    statement = sa.select(*draft_columns(part)).where(
        draft.draft == number_bind("draft")
    )
    if shape.gone == "hidden":
        statement = statement.where(draft.gone == sa.false())
    elif shape.gone == "shown":
        statement = statement.where(
            sa.or_(draft.gone == sa.false(), draft.origin.is_not(None))
        )
    return statement.where(*_place(part, shape, draft, PARENTS[2]))


def _untouched(
    part: Part, shape: PageSpec, columns: Any
) -> Iterator[sa.ColumnElement[bool]]:
    if shape.drafted:
        touching = part.draft.alias("touching")
        mine = touching.c.draft == number_bind("draft")
        yield _without(part, columns, touching, mine)


def _without(
    part: Part, columns: Any, other: sa.FromClause, condition: sa.ColumnElement[bool]
) -> sa.ColumnElement[bool]:
    """Exclude the rows that have one in the other table: one lookup by key for each.

    OFFSET keeps PostgreSQL from turning this into a join, which, before it has
    statistics of the draft, compares each row with each that was touched; the hint and
    LIMIT keep MariaDB from reading all of these first.
    """
    found = force_index(
        sa.select(sa.literal_column("1")).select_from(other), other, "PRIMARY"
    )
    return (
        ~found.where(_same_key(part, other.c, columns), condition)
        .limit(sa.literal_column("1"))
        .offset(sa.literal_column("0"))
        .exists()
    )


def _is_newer(history: Any) -> sa.ColumnElement[bool]:
    """Select the history of this object since the revision that is read."""
    return sa.and_(history.root == root_bind(), history.revision > number_bind("as_of"))


def until(history: Any, ended: bool) -> list[sa.ColumnElement[bool]]:
    """Exclude history newer than the revision that deleted the object, if one did."""
    return [history.revision <= number_bind("until")] if ended else []


def _same_key(part: Part, one: Any, other: Any) -> sa.ColumnElement[bool]:
    return sa.and_(*(one[name] == other[name] for name in part.key))


def _place(
    part: Part, shape: PageSpec, columns: Any, parents: str
) -> list[sa.ColumnElement[bool]]:
    """Restrict to the rows of the parent, and to those after the cursor.

    `parents`: the parameter with the keys of several parents.
    """
    conditions: list[sa.ColumnElement[bool]] = []
    if shape.parent:
        conditions += [
            columns[name]
            == sa.bindparam(f"parent_{name}", type_=part.fields[name].codec.plain)
            for name in part.parent_fields
        ]
    if shape.parents:
        own = [columns[name] for name in part.parent_fields]
        one = sa.tuple_(*own) if len(own) > 1 else own[0]
        conditions.append(one.in_(sa.bindparam(parents, expanding=True)))
    if shape.field is not None:
        kind = part.fields[shape.field].codec.plain
        conditions.append(columns[shape.field] == sa.bindparam("referred", type_=kind))
    if shape.after:
        conditions.append(_beyond(part, shape, columns))
    return conditions


def _beyond(part: Part, shape: PageSpec, columns: Any) -> sa.ColumnElement[bool]:
    names = sort_columns(part)
    here = [columns[name] for name in names]
    cursor = [
        sa.bindparam(f"after_{name}", type_=part.fields[name].codec.plain)
        for name in names
    ]
    if not backend_named(shape.dialect).seeks_tuples:
        return _range(here, cursor, shape.descending)
    left, right = sa.tuple_(*here), sa.tuple_(*cursor)
    return left < right if shape.descending else left > right


def _range(here: list[Any], cursor: list[Any], down: bool) -> sa.ColumnElement[bool]:
    """Write (a, b) > (:a, :b) as a >= :a AND (a > :a OR b > :b)."""
    first, bound = here[0], cursor[0]
    beyond: sa.ColumnElement[bool] = first < bound if down else first > bound
    if len(here) == 1:
        return beyond
    reached = first <= bound if down else first >= bound
    return sa.and_(reached, sa.or_(beyond, _range(here[1:], cursor[1:], down)))
