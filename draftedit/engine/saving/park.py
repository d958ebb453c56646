"""Stage 4: rows that give up a unique value let go of it before another takes it.

In Core, so that no validator sees it. Values are not compared: which of them are equal
is the database's business (its collation decides), so every row that gives one up is
parked where any other takes one.
"""

import secrets
import uuid
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from draftedit.engine.errors import Key, Problem, Refused
from draftedit.engine.saving.host import instances
from draftedit.engine.saving.live import bound_row, has_key
from draftedit.engine.saving.work import At, Values, Work
from draftedit.engine.schema import Field, Part

_ROLES = ("value", "order")  # of columns that a placeholder may stand in


def park(work: Work) -> None:
    """Park what stands in another row's way; remember what to give back."""
    for name, part in work.target.tables.items():
        if part.is_link:
            continue
        for unique in part.uniques:
            _park_unique(work, part, unique)
        for row in work.plan.changed[name]:
            values = work.parked.get((name, row.key), {})
            live = work.live[name][row.key]
            changed = row.changed_fields()
            for column in values:
                values[column] = (row.values if column in changed else live)[column]


def _park_unique(work: Work, part: Part, unique: tuple[str, ...]) -> None:
    changed = {
        row.key: names
        for row in work.plan.changed[part.name]
        if (names := [n for n in row.changed_fields() if n in unique])
    }
    doomed = work.doomed[part.name]
    takers = len(changed) + len(work.plan.new[part.name])
    if not _is_in_the_way(takers, givers=len(changed) + len(doomed), both=len(changed)):
        return
    for key, names in changed.items():
        work.at = At(part.name, key)
        values = _stand_ins(work, part, unique, key, names)
        if not values:
            raise _no_stand_in(part, unique, key)
        _write(work, part, key, values)
        work.parked.setdefault((part.name, key), {}).update(values)
    early = []
    for key in doomed:
        work.at = At(part.name, key)
        values = _stand_ins(work, part, unique, key, ())
        if values:
            _write(work, part, key, values)
        elif _is_leaf(work, part):
            early.append(key)
        else:
            raise _no_stand_in(part, unique, key)
    if early:
        _delete_early(work, part, early)


def _is_in_the_way(takers: int, givers: int, both: int) -> bool:
    """Tell whether a row takes a value where another row gives one up."""
    alone = takers == givers == both == 1
    return takers > 0 and givers > 0 and not alone


def _no_stand_in(part: Part, unique: tuple[str, ...], key: Key) -> Refused:
    listed = ", ".join(unique)
    message = f"No value can stand in for ({listed}) while it is exchanged: set park=."
    return Refused(Problem(message, table=part.name, key=key, field=unique[-1]))


def _is_leaf(work: Work, part: Part) -> bool:
    """Tell whether nothing in the object can hang on a row, so that it may go first."""
    return not part.children and not any(
        field.references == part.name
        for other in work.target.tables.values()
        for field in other.fields.values()
    )


def _delete_early(work: Work, part: Part, keys: list[Key]) -> None:
    """Delete rows that cannot be parked, as one address that makes room for another.

    Before the others are inserted, one of which may get such a key: hence a flush of
    its own, and no deletion later.
    """
    for key, instance in instances(work.dbsession, part, keys):
        work.at = At(part.name, key, deleting=True)
        work.dbsession.delete(instance)
        work.wrote_row()
    early = set(keys)
    doomed = work.doomed[part.name]
    work.doomed[part.name] = [key for key in doomed if key not in early]
    work.settle()


def _write(work: Work, part: Part, key: Key, values: Values) -> None:
    statement = sa.update(part.live).where(has_key(part, [key]))
    work.dbsession.execute(statement.values(bound_row(part, values)))


def _stand_ins(
    work: Work, part: Part, unique: tuple[str, ...], key: Key, changed: Iterable[str]
) -> Values:
    """Choose a column of the unique key, of the changed ones if possible, or none."""
    if work.target.park is not None:
        row = work.rows.find(part.name, key)
        values = dict(work.target.park(part.name, row.values if row else {}))
        if values:
            return values
    columns = [part.fields[name] for name in dict.fromkeys([*changed, *unique])]
    for field in columns:
        if field.nullable:
            return {field.name: None}
    for field in columns:
        value = _placeholder(field)
        if value is not None:
            return {field.name: value}
    return {}


def _placeholder(field: Field) -> Any:
    """Return an encoded value that no other row has and the column takes, or None."""
    if field.references is not None or field.role not in _ROLES:
        return None
    if field.type in ("string", "text", "order"):
        text = f"~{secrets.token_hex(16)}"
        return text[: field.length] if (field.length or len(text)) >= 8 else None
    if field.type == "integer":
        bits = 15 if isinstance(field.column.type, sa.SmallInteger) else 31
        return -1 - secrets.randbelow(2**bits - 2)
    if field.type == "uuid":
        return str(uuid.uuid4())
    return None
