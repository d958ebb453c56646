"""Stage "park": rows release the unique values that others are to take.

In Core, so that no validator sees it. Values are not compared: the database's collation
decides which are equal, so every row that gives one up is parked if any other takes
one. What the database checks at the end of a transaction is left to it.

The first attempt follows the model, with one statement a row. If that fails, the save
is tried once more with the keys that the database has: see
`draftedit.engine.saving.parking_by_row`.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from draftedit.engine.base.errors import Key
from draftedit.engine.saving import parking_by_row
from draftedit.engine.saving.database_keys import real_keys
from draftedit.engine.saving.exchange import Exchange, delete_early, write
from draftedit.engine.saving.placeholders import likeliest
from draftedit.engine.saving.save_run import NoPlaceholder, SaveRun, Values
from draftedit.engine.schema.model import Part
from draftedit.engine.schema.unique_keys import UniqueKey, model_keys


def park(work: SaveRun) -> None:
    """Park the rows in another row's way; remember the values to give back."""
    exchanges = [one for one in _exchanges(work) if one.is_in_the_way]
    deferred = [one for one in exchanges if one.key.deferrable and one.key.name]
    if deferred:
        _defer(work, deferred)
    for exchange in exchanges:
        if exchange in deferred:
            continue
        if work.one_by_one:
            parking_by_row.make_room(work, exchange)
        else:
            _park(work, exchange)
    for name in work.target.tables:
        for row in work.plan.changed[name]:
            values = work.parked.get((name, row.key), {})
            changed, live = row.changed_fields(), work.live[name][row.key]
            for column in values:
                values[column] = (row.values if column in changed else live)[column]


def _exchanges(work: SaveRun) -> Iterator[Exchange]:
    for part in work.target.tables.values():
        if part.is_link or not _is_written(work, part):
            continue
        keys: Iterable[UniqueKey] = model_keys(part.live, work.dialect.name)
        if work.one_by_one:
            keys = real_keys(work, part)
        for key in keys:
            yield Exchange.of(work, part, key)


def _is_written(work: SaveRun, part: Part) -> bool:
    plan, name = work.plan, part.name
    return bool(plan.changed[name] or (plan.new[name] and work.doomed[name]))


def _defer(work: SaveRun, exchanges: list[Exchange]) -> None:
    """Defer constraints on PostgreSQL: an earlier save may have set them immediate."""
    quote = work.dialect.identifier_preparer
    names = [
        ".".join(
            quote.quote(name)
            for name in (one.part.live.schema, str(one.key.name))
            if name is not None
        )
        for one in exchanges
    ]
    statement = sa.text(f"SET CONSTRAINTS {', '.join(names)} DEFERRED")
    work.dbsession.execute(statement)


def _park(work: SaveRun, exchange: Exchange) -> None:
    """Give each row the likeliest placeholder, or raise NoPlaceholder."""
    part = exchange.part
    for key, names in exchange.changed.items():
        values = _stand_ins(work, exchange, key, names)
        if not values:
            raise NoPlaceholder
        write(work, part, key, values)
        work.park(part, key, values)
    early = []
    for key in exchange.still_there(work):
        values = _stand_ins(work, exchange, key, ())
        if values:
            write(work, part, key, values)
        elif _is_leaf(work, part):
            early.append(key)
        else:
            raise NoPlaceholder
    if early:
        delete_early(work, part, early)


def _is_leaf(work: SaveRun, part: Part) -> bool:
    """Return whether no row of the object can refer to it: it may go first."""
    return not part.children and not any(
        field.references == part.name
        for other in work.target.tables.values()
        for field in other.fields.values()
    )


def _stand_ins(
    work: SaveRun, exchange: Exchange, key: Key, changed: Iterable[str]
) -> Values:
    """Choose a column of the unique key, a changed one if possible, or none."""
    values = exchange.hook(work, key)
    if values:
        return values
    part, unique = exchange.part, exchange.key
    first = [name for name in changed if name not in unique.conditions]
    names = dict.fromkeys([*first, *unique.columns, *unique.inputs])
    if unique.excludes:
        return {}
    for name in names:
        if exchange.may_be_null(work, name):
            return {name: None}
    for name in names:
        value: Any = likeliest(part.fields[name], work.dialect.name)
        if value is not None:
            return {name: value}
    return {}
