"""Build the statement that counts drafts, for the roll-up and for the page alike.

A figure of closed drafts has a measure, and a value of it that drafts or steps are
counted under:

- `seconds`, `operations`, `undos`: drafts by how long they were open, and by how many
  operations and undos they had; the value is where the span of numbers begins.
- `kind`: the applied steps when the draft was closed, by the kind of operation.
- `last`: cancelled drafts by their last step, its kind and its table; an empty value if
  there was none.

Spans add up: days, targets and outcomes may be combined by adding the counts.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from draftedit.engine.base.sql import force_index
from draftedit.engine.schema.tables import VALUE, Tables
from draftedit.engine.store import draft_records
from draftedit.engine.values.sql_functions import utc_day, whole_seconds

ABANDONED = "abandoned"
GIVEN_UP = (draft_records.CANCELLED, ABANDONED)
OUTCOMES = (draft_records.SAVED, *GIVEN_UP)

SUMS = ("operations", "undos", "redos", "seconds_open")

SECONDS, OPERATIONS, UNDOS = "seconds", "operations", "undos"
KIND, LAST = "kind", "last"

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_STEPS = (0, 1, 2, 5, 10, 20, 50, 100, 500)

# Where each span begins; the last one has no end. Rolled-up counts keep their spans
# when these are changed: a span may be split in two, but never moved.
SPANS = {
    SECONDS: (
        *(0, _MINUTE, 5 * _MINUTE, 15 * _MINUTE),
        *(_HOUR, 4 * _HOUR, _DAY, 7 * _DAY, 30 * _DAY),
    ),
    OPERATIONS: _STEPS,
    UNDOS: _STEPS,
}


class Figure(NamedTuple):
    """What closed drafts are counted by: their outcome, a measure, a value of it."""

    outcome: str
    measure: str
    value: str


Which = Callable[[sa.ColumnElement[int]], sa.ColumnElement[bool]]


def _all(_key: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    return sa.true()


def counts(tables: Tables, which: Which = _all) -> sa.CompoundSelect[Any]:
    """Build the statement that counts the drafts that are not in the roll-up yet.

    `which` returns the condition that a column has the key of a draft to count. Each
    row is a figure of a day and a target with its count; or, without an outcome, the
    number of drafts opened or closed, as `measure` says, with their sums.
    """
    drafts = facts(tables, which)
    figures = (
        *(_counted(measure, drafts, drafts.c[_span_of(measure)]) for measure in SPANS),
        _counted(KIND, *_kinds(drafts, tables.operation)),
        _counted(LAST, *_last_steps(drafts, tables.operation)),
    )
    return sa.union_all(_opened(drafts), _closed(drafts), *figures)


def facts(tables: Tables, which: Which) -> sa.CTE:
    """Select the facts that are counted of each draft."""
    draft, place = tables.draft, tables.draft_object
    idle = draft.c.closed_because == draft_records.BY_IDLENESS
    span = whole_seconds(draft.c.opened_at, draft.c.closed_at)
    # After a clock was set back, a draft may seem closed before it was opened. NULL, of
    # an open draft, stays NULL.
    seconds = sa.case((span < 0, sa.literal_column("0")), else_=span)
    measured = {
        SECONDS: seconds,
        OPERATIONS: draft.c.operations,
        UNDOS: draft.c.undos,
    }
    spans = (_span(name, column) for name, column in measured.items())
    return (
        sa.select(
            draft.c.key,
            draft.c.opened_at,
            draft.c.position,
            draft.c.operations,
            draft.c.undos,
            draft.c.redos,
            place.c.target,
            sa.case((idle, ABANDONED), else_=draft.c.state).label("outcome"),
            utc_day(draft.c.opened_at).label("opened_on"),
            utc_day(draft.c.closed_at).label("closed_on"),
            seconds.label("seconds_open"),
            *spans,
        )
        .join_from(draft, place, place.c.draft == draft.c.key)
        .where(which(draft.c.key), draft.c.counted == sa.false())
        .cte("facts")
    )


def _span(measure: str, column: Any) -> Any:
    # A literal, not bound: every database must see the same expression in GROUP BY.
    first, *others = SPANS[measure]
    spans = [(column >= low, _literal(str(low))) for low in reversed(others)]
    return sa.case(*spans, else_=_literal(str(first))).label(_span_of(measure))


def _span_of(measure: str) -> str:
    return f"{measure}_span"


def _literal(text: str) -> sa.ColumnElement[str]:
    return sa.literal_column(f"'{text}'", sa.String)


_NOTHING = _literal("")
_NO_SUMS: list[Any] = [sa.literal_column("0")] * len(SUMS)


def _opened(drafts: sa.CTE) -> sa.Select[Any]:
    """Count drafts by the day they were opened."""
    place = drafts.c.opened_on, drafts.c.target
    return _row(place, (_NOTHING, _literal("opened"), _NOTHING)).group_by(*place)


def _closed(drafts: sa.CTE) -> sa.Select[Any]:
    """Count drafts by the day they were closed, with the sums of their activity."""
    place = drafts.c.closed_on, drafts.c.target
    sums = [sa.func.sum(drafts.c[name]) for name in SUMS]
    row = _row(place, (_NOTHING, drafts.c.outcome, _NOTHING), sums)
    return row.where(_is_closed(drafts)).group_by(*place, drafts.c.outcome)


def _counted(measure: str, source: Any, value: Any) -> sa.Select[Any]:
    """Count drafts, or their steps, by the values of a measure."""
    place = source.c.closed_on, source.c.target
    row = _row(place, (source.c.outcome, _literal(measure), value))
    return row.where(_is_closed(source)).group_by(*place, source.c.outcome, value)


def _row(
    place: tuple[Any, Any], figure: tuple[Any, Any, Any], sums: Sequence[Any] = _NO_SUMS
) -> sa.Select[Any]:
    """Select the columns of one row of `counts`."""
    columns = (*place, *figure, sa.func.count(), *sums)
    names = ("day", "target", "outcome", "measure", "value", "count", *SUMS)
    return sa.select(*(c.label(n) for c, n in zip(columns, names, strict=True)))


def _kinds(drafts: sa.CTE, operation: sa.Table) -> tuple[Any, Any]:
    # Steps that a fork has copied are counted where they were made. By the draft's key
    # alone: PostgreSQL might read a span for each draft again.
    own = sa.and_(
        operation.c.draft == drafts.c.key,
        operation.c.sequence <= drafts.c.position,
        operation.c.at >= drafts.c.opened_at,
    )
    found = _of_drafts(drafts, operation.c.kind).join(operation, own)
    # Otherwise MariaDB reads the whole journal if most of its drafts are counted.
    steps = force_index(found, operation, "PRIMARY").subquery()
    return steps, steps.c.kind


def _last_steps(drafts: sa.CTE, operation: sa.Table) -> tuple[Any, Any]:
    last = sa.and_(
        operation.c.draft == drafts.c.key, operation.c.sequence == drafts.c.position
    )
    kind, table = operation.c.kind, operation.c.table_name
    empty, blank = _literal(""), _literal(" ")
    step = sa.func.coalesce(kind.concat(blank).concat(table), kind, empty)
    value = sa.func.substr(step, 1, VALUE).label("step")
    steps = (
        _of_drafts(drafts, value)
        .join(operation, last, isouter=True)
        .where(drafts.c.outcome.in_(GIVEN_UP))
        .subquery()
    )
    return steps, steps.c.step


def _of_drafts(drafts: sa.CTE, value: Any) -> sa.Select[Any]:
    facts = drafts.c.closed_on, drafts.c.target, drafts.c.outcome
    return sa.select(*facts, value).select_from(drafts)


def _is_closed(source: Any) -> sa.ColumnElement[bool]:
    found: sa.ColumnElement[bool] = source.c.closed_on.is_not(None)
    return found
