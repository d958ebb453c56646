"""The user's choices about conflicts: base, draft, live, or another value."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from draftedit.engine.base.errors import (
    Conflict,
    Conflicts,
    Key,
    Problem,
    Refused,
    Unknown,
)
from draftedit.engine.base.messages import say
from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.operations.base import as_key

TAKES = ("base", "draft", "live", "value")


@dataclass(frozen=True)
class Resolution:
    """One choice: for a field, for a row (`field` is None), or for all (no table).

    `take` is base, draft, live or value; `value` is the user's own value: a field's, or
    for an order the sibling to stand after (None: the first place).
    """

    take: str
    table: str | None = None
    key: Key | None = None
    field: str | None = None
    value: Any = None


def encoded(rows: DraftRows, one: Resolution) -> Resolution:
    """Return a choice with the key as the conflicts have it.

    Raises Refused if it cannot be the key of a row, or if there is no such choice.
    """
    if one.take not in TAKES:
        choices = ", ".join(TAKES)
        raise Refused(Problem(say("choice-unknown", take=one.take, choices=choices)))
    if one.table is None:
        return one
    try:
        return replace(one, key=rows.key(rows.part(one.table), as_key(one.key or ())))
    except Unknown:
        raise _no_conflict(one) from None


def match(
    found: Sequence[Conflict], resolutions: Sequence[Resolution]
) -> list[tuple[Conflict, Resolution]]:
    """Return each conflict with the choice made for it: the most specific one.

    Of several equally specific choices the last one counts. Raises Conflicts with those
    that are still open, Refused for a choice about something that is no conflict.
    """
    by_address = {(one.table, one.key, one.field): one for one in resolutions}
    there_are: set[Any] = {(None, None, None)}
    chosen, still_open = [], []
    for conflict in found:
        places = _places(conflict)
        there_are.update(places)
        fitting = [by_address[place] for place in places if place in by_address]
        if fitting:
            chosen.append((conflict, fitting[0]))
        else:
            still_open.append(conflict)
    if idle := [one for place, one in by_address.items() if place not in there_are]:
        raise Refused(*(p for one in idle for p in _no_conflict(one).problems))
    if still_open:
        raise Conflicts(still_open)
    return chosen


def _places(conflict: Conflict) -> list[tuple[str | None, Key | None, str | None]]:
    """Return the addresses of choices about a conflict, the most specific first."""
    row = conflict.table, conflict.key
    return [(*row, conflict.field), (*row, None), (None, None, None)]


def _no_conflict(one: Resolution) -> Refused:
    message = say("unknown-conflict")
    return Refused(Problem(message, one.table, one.key, one.field))
