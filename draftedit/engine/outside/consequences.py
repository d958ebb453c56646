"""Describe what a save does outside its object, and what needs the user's consent."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from draftedit.engine.base.errors import Consequence, OutsideRow
from draftedit.engine.base.messages import say
from draftedit.engine.outside.foreign_keys import CASCADE, SET_DEFAULT, SET_NULL
from draftedit.engine.outside.outside_tables import OutsideTable
from draftedit.engine.outside.search import MOST, Affected, Taken
from draftedit.engine.values.codecs import canonical

SHOWN = 5  # rows that are named in full
LONGEST = 200  # characters of a name that is made of values

EFFECTS = {CASCADE: "deleted", SET_NULL: "cleared", SET_DEFAULT: "reset"}


def consequences(affected: Affected) -> list[Consequence]:
    """Describe the changes of rows outside, by table."""
    return [_consequence(affected, rows) for rows in _groups(affected)]


def consent_to(affected: Affected) -> str | None:
    """Return a token for exactly the rows that would be lost; None if all are kept."""
    lost = [
        [
            *rows[0].group,
            rows[0].group in affected.full,
            sorted(canonical(one.place) for one in rows),
        ]
        for rows in _groups(affected)
        if not all(is_kept(affected, one) for one in rows)
    ]
    if not lost:
        return None
    return hashlib.sha256(canonical(lost).encode()).hexdigest()


def is_kept(affected: Affected, taken: Taken) -> bool:
    """Return whether history keeps a row, and also the cause of its change."""
    if reason_against(affected, taken) is not None:
        return False
    return taken.above is None or is_kept(affected, taken.above)


def reason_against(affected: Affected, taken: Taken) -> str | None:
    """Return why a row cannot be kept, or None."""
    if taken.group in affected.full:
        return say("too-many-to-keep", limit=f"{MOST:,}")
    table = taken.reference.table
    if taken.reference.action == CASCADE:
        return table.unkept
    return None if _can_be_set_back(table, taken) else table.unkept


def _can_be_set_back(table: OutsideTable, taken: Taken) -> bool:
    return bool(table.key) and set(taken.reference.cleared) <= set(table.fields)


def _groups(affected: Affected) -> list[list[Taken]]:
    groups: dict[tuple[str, str], list[Taken]] = {}
    for one in affected.rows:
        groups.setdefault(one.group, []).append(one)
    return list(groups.values())


def _consequence(affected: Affected, rows: Sequence[Taken]) -> Consequence:
    table, action = rows[0].group
    kept = all(is_kept(affected, one) for one in rows)
    reasons = (reason_against(affected, one) for one in rows)
    why = next((one for one in reasons if one is not None), None)
    return Consequence(
        table=table,
        effect=EFFECTS[action],
        count=len(rows),
        more=(table, action) in affected.full,
        rows=tuple(named(one) for one in rows[:SHOWN]),
        kept=kept,
        reason=None if kept else why or say("referred-not-kept"),
    )


def named(taken: Taken) -> OutsideRow:
    """Return a row by its key, and by its label, or its values if it has none."""
    name = taken.reference.table.label_field
    label = None if name is None else taken.values[name]
    if label is None and not taken.key:
        label = _spelled(taken.values)[:LONGEST]
    return OutsideRow(taken.key, label)


def _spelled(values: Mapping[str, Any]) -> str:
    given = {name: value for name, value in values.items() if value is not None}
    return ", ".join(f"{name} {value}" for name, value in given.items())
