"""Park, second attempt: try row by row which values make room in the database.

After a save has failed. Every placeholder is tried in a savepoint, the likeliest first;
then the final values of the row, which may be free by now; at last the row is set
aside, and put back when all others have moved.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import SessionTransaction

from draftedit.engine.base.errors import Key, Problem, Refused
from draftedit.engine.base.messages import say
from draftedit.engine.reading.live import children_locked, has_key
from draftedit.engine.saving.exchange import Exchange, delete_early, write
from draftedit.engine.saving.placeholders import candidates, is_possible, likeliest
from draftedit.engine.saving.save_run import SaveRun, Values
from draftedit.engine.saving.set_aside import is_referred_to, set_aside
from draftedit.engine.schema.db_errors import is_about_rows
from draftedit.engine.schema.model import Part


def make_room(work: SaveRun, exchange: Exchange) -> None:
    """Let every row give its value up. Raises Refused for one that cannot."""
    taken = _taken(work, exchange)
    for key in exchange.still_there(work):
        if not _has_stand_in(work, exchange, key, taken):
            _delete_below(work, exchange.part, key)
            if is_referred_to(work, exchange.part, key, inside=True):
                raise _no_room(exchange, key)
            delete_early(work, exchange.part, [key])
    aside = work.aside.get(exchange.part.name, [])
    left = [
        key
        for key in exchange.changed
        if key not in aside and not _has_stand_in(work, exchange, key, taken)
    ]
    while left:
        stuck = [key for key in left if not _has_moved(work, exchange, key)]
        if len(stuck) == len(left):
            free = [k for k in left if not is_referred_to(work, exchange.part, k)][:1]
            if not free:
                raise _no_room(exchange, left[0])
            set_aside(work, exchange.part, free[0])
            stuck.remove(free[0])
        left = stuck


def _delete_below(work: SaveRun, part: Part, key: Key) -> None:
    """Delete the descendants of a row early, the deepest first."""
    for name in part.children:
        child = work.target.tables[name]
        below = [] if child.is_link else children_locked(work.dbsession, child, [key])
        keys = [one for one in below if one in work.doomed[name]]
        for one in keys:
            _delete_below(work, child, one)
        if keys:
            delete_early(work, child, keys)


def _no_room(exchange: Exchange, key: Key) -> Refused:
    message = say("no-stand-in", unique=exchange.key.title)
    field = exchange.key.depends_on[-1]
    return Refused(Problem(message, table=exchange.part.name, key=key, field=field))


def _has_stand_in(work: SaveRun, exchange: Exchange, key: Key, taken: "Taken") -> bool:
    """Park a row with the first placeholder that the database accepts."""
    for one in _stand_ins(work, exchange, key, taken):
        if one.opposite and not _is_possible(work, exchange, key, one.opposite):
            continue
        if _is_written(work, exchange, key, one.values, one.makes_room):
            if key in exchange.changed:
                work.park(exchange.part, key, one.values)
            return True
    return False


def _has_moved(work: SaveRun, exchange: Exchange, key: Key) -> bool:
    """Give a row its final values, if they are free and known."""
    part = exchange.part
    row = next(row for row in work.plan.changed[part.name] if row.key == key)
    values = {name: after for name, (_, after) in row.changed_fields().items()}
    if any(_is_unknown(work, exchange, name, v) for name, v in values.items()):
        return False
    if not _is_written(work, exchange, key, values, True):
        return False
    work.park(part, key, values)
    return True


def _is_unknown(work: SaveRun, exchange: Exchange, name: str, value: Any) -> bool:
    """Return whether a value refers to a row that is not inserted yet."""
    field = exchange.part.fields[name]
    if field.references not in work.target.tables:
        return False
    return value in work.new_values(field.references, str(field.referred))


def _is_written(
    work: SaveRun, exchange: Exchange, key: Key, values: Values, makes_room: bool
) -> bool:
    """Try values; without `makes_room`, check that the partial index lost the row."""
    savepoint = _try(work, exchange, key, values)
    if savepoint is None:
        return False
    done = makes_room or not _takes_part(work, exchange, key)
    if done:
        savepoint.commit()
    else:
        savepoint.rollback()
    return done


def _is_possible(work: SaveRun, exchange: Exchange, key: Key, values: Values) -> bool:
    """Return whether the database accepts values; leave the row as it is."""
    savepoint = _try(work, exchange, key, values)
    if savepoint is not None:
        savepoint.rollback()
    return savepoint is not None


def _try(
    work: SaveRun, exchange: Exchange, key: Key, values: Values
) -> SessionTransaction | None:
    """Write values in a savepoint; return None if the database refuses them."""
    savepoint = work.dbsession.begin_nested()
    try:
        write(work, exchange.part, key, values)
    except DBAPIError as error:
        savepoint.rollback()
        if not is_about_rows(error):
            raise
        return None
    return savepoint


def _takes_part(work: SaveRun, exchange: Exchange, key: Key) -> bool:
    predicate: sa.ColumnElement[bool] = sa.literal_column(str(exchange.key.predicate))
    wanted = sa.select(sa.literal(1)).select_from(exchange.part.live)
    wanted = wanted.where(has_key(exchange.part, [key]), predicate)
    return work.dbsession.scalar(wanted) is not None


# Candidate values


Taken = dict[str, set[Any]]


def _taken(work: SaveRun, exchange: Exchange) -> Taken:
    """Return the final values of the save's rows, which cannot be placeholders."""
    rows = (*work.plan.changed[exchange.part.name], *work.plan.new[exchange.part.name])
    return {
        name: {_folded(row.values.get(name)) for row in rows}
        for name in exchange.key.depends_on
    }


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


@dataclass(frozen=True)
class StandIn:
    """Values to be tried as a placeholder.

    `makes_room`: they certainly do; otherwise a partial index may still have the row.
    `opposite`: values that must be possible as well.
    """

    values: Values
    makes_room: bool = True
    opposite: Values | None = None


def _stand_ins(
    work: SaveRun, exchange: Exchange, key: Key, taken: Taken
) -> Iterator[StandIn]:
    """Yield what is to be tried, the likeliest first."""
    part, unique, dialect = exchange.part, exchange.key, work.dialect.name
    hook = exchange.hook(work, key)
    if hook:
        yield StandIn(hook)
    changed = exchange.changed.get(key, [])
    first = [name for name in changed if name not in unique.conditions]
    names = list(dict.fromkeys([*first, *unique.columns, *unique.inputs]))
    yield from (StandIn({n: None}) for n in names if exchange.may_be_null(work, n))
    old = work.live[part.name].get(key, {})
    yield from _shifted(exchange, old, names, dialect)
    for name in [] if _may_cover(exchange, names) else names:
        for value in candidates(part.fields[name], old.get(name), dialect):
            if _folded(value) not in taken[name]:
                yield StandIn({name: value})
    for name in unique.conditions:
        field = part.fields[name]
        if is_possible(field):
            values = [None] if field.nullable else []
            for value in [*values, *candidates(field, old.get(name), dialect)]:
                yield StandIn({name: value}, makes_room=False)


def _may_cover(exchange: Exchange, names: list[str]) -> bool:
    """Return whether a changed value may cover others, as the end of a range does."""
    return exchange.key.excludes and len(names) > 1


def _shifted(
    exchange: Exchange, old: Values, names: list[str], dialect: str
) -> Iterator[StandIn]:
    """Yield integers that are compared together, shifted together.

    For EXCLUDE, also single ones. A shifted range must not grow, as it would cover the
    values of other rows: from a start and a length, only the start is shifted, and from
    a first and a last number both. What can be shifted up and down is neither an end of
    a range nor a length.
    """
    computed = [exchange.part.fields[n] for n in names if n in exchange.key.inputs]
    fields = [f for f in computed if f.codec.is_whole and is_possible(f)]
    known = {f.name: int(old[f.name]) for f in fields if old.get(f.name) is not None}
    if len(known) < 2:
        return
    may_cover = _may_cover(exchange, names)
    for some in [*([name] for name in known if may_cover), list(known)]:
        by = likeliest(exchange.part.fields[some[0]], dialect) // 2
        down = {name: known[name] - by for name in some} if may_cover else None
        yield StandIn({name: known[name] + by for name in some}, opposite=down)
