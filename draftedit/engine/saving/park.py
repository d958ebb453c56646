"""Stage 4: rows that give up a unique value let go of it before another takes it.

Values are not compared: which of them are equal is the database's business (its
collation decides), so every row that gives one up is parked where any other takes one.
"""

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from draftedit.engine.draft_rows import DraftRows
from draftedit.engine.errors import Key, Problem, Refused
from draftedit.engine.rows import Row
from draftedit.engine.saving.archive import Doomed
from draftedit.engine.saving.compare import LiveRows
from draftedit.engine.saving.live import has_key
from draftedit.engine.saving.plan import Plan
from draftedit.engine.schema import Field, Part

Values = dict[str, Any]


@dataclass(frozen=True)
class Parked:
    """The values that parked rows must be given back, by table and key."""

    values: dict[tuple[str, Key], Values]

    def of(self, row: Row) -> Values:
        """Return what the row must be given back, if it was parked."""
        return self.values.get((row.table, row.key), {})


def park(rows: DraftRows, plan: Plan, live: LiveRows, doomed: Doomed) -> Parked:
    """Park what stands in another row's way, in Core: no validator sees it."""
    parked = Parked({})
    for name, part in rows.target.tables.items():
        if part.is_link:
            continue
        for unique in part.uniques:
            _park_unique(rows, part, unique, plan, doomed[name], parked)
        for row in plan.changed[name]:
            values = parked.values.get((name, row.key))
            if values is not None:
                _remember(row, live[name][row.key], values)
    return parked


def _park_unique(
    rows: DraftRows,
    part: Part,
    unique: tuple[str, ...],
    plan: Plan,
    doomed: list[Key],
    parked: Parked,
) -> None:
    changed = {
        row.key: names
        for row in plan.changed[part.name]
        if (names := [n for n in row.changed_fields() if n in unique])
    }
    takers = len(changed) + len(plan.new[part.name])
    if takers == 0 or (takers == 1 and len(changed) == 1 and not doomed):
        return
    for key, names in changed.items():
        values = _placeholders(rows, part, unique, key, names)
        _write(rows, part, key, values)
        parked.values.setdefault((part.name, key), {}).update(values)
    for key in doomed:
        _write(rows, part, key, _placeholders(rows, part, unique, key, []))


def _remember(row: Row, live: Mapping[str, Any], values: Values) -> None:
    """Put the values a parked row is to have in the place of the placeholders."""
    changed = row.changed_fields()
    for name in values:
        values[name] = row.values[name] if name in changed else live[name]


def _write(rows: DraftRows, part: Part, key: Key, values: Values) -> None:
    statement = sa.update(part.live).where(has_key(part, [key]))
    coerced = {
        part.live.c[name]: sa.literal(value, part.fields[name].codec.plain)
        if value is not None
        else sa.null()
        for name, value in values.items()
    }
    rows.dbsession.execute(statement.values(coerced))


def _placeholders(
    rows: DraftRows, part: Part, unique: tuple[str, ...], key: Key, changed: list[str]
) -> Values:
    """Choose a column of the unique key, of the changed ones if possible."""
    if rows.target.park is not None:
        row = rows.find(part.name, key)
        values = dict(rows.target.park(part.name, row.values if row else {}))
        if values:
            return values
    columns = [*changed, *(name for name in unique if name not in changed)]
    for name in columns:
        if part.fields[name].nullable:
            return {name: None}
    for name in columns:
        value = _placeholder(part.fields[name])
        if value is not None:
            return {name: value}
    listed = ", ".join(unique)
    message = f"No value can stand in for ({listed}) while it is exchanged: set park=."
    raise Refused(Problem(message, table=part.name, key=key))


def _placeholder(field: Field) -> Any:
    """Return a value that no other row has and that fits the column, or None."""
    if field.references is not None or field.role != "value":
        return None
    if field.type in ("string", "text"):
        text = f"~{secrets.token_hex(16)}"
        return text[: field.length] if (field.length or 40) >= 8 else None
    if field.type == "integer":
        return -1 - secrets.randbelow(2**15 - 2 if _is_small(field) else 2**31 - 2)
    if field.type == "uuid":
        return uuid.uuid4()
    return None


def _is_small(field: Field) -> bool:
    return isinstance(field.column.type, sa.SmallInteger)
