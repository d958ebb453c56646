"""Addresses of rows in their table, and of the next changed or refused row.

The rows form a ring: after the last of them comes the first.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from draftedit.engine.base.errors import Conflict, Key, Problem, Unknown
from draftedit.engine.base.keys import to_path
from draftedit.engine.reading.rows import Row
from draftedit.engine.schema.model import Part, Target
from draftedit.service.dry_run import CheckResult
from draftedit.service.session import EditSession
from draftedit.web.pages.urls import DraftUrls

Place = tuple[str, Key]


def to_row(
    places: DraftUrls, target: Target, table: str, key: Key, **query: str
) -> str:
    """Return the address of the page that has the row, at the row."""
    if table == target.name:
        return f"{places.to('draft', part=table)}#above"
    path = to_path(key)
    return f"{places.to('draft', part=table, around=path, **query)}#row-{path}"


def to_change(
    places: DraftUrls, target: Target, rows: Sequence[Row], back: str | None
) -> str | None:
    """Return the address of the first touched row; None if it is not shown any more.

    A list of siblings that was searched or filtered stays so. If more than one row was
    touched, `touched` is their number.
    """
    if not rows:
        return None
    shown = list(dict.fromkeys(_shown(target, row) for row in rows))
    table, key = shown[0]
    extra = {"touched": str(len(shown))} if len(shown) > 1 else {}
    asked = dict(parse_qsl(urlsplit(back or "").query))
    if asked.get("part") != table:
        return to_row(places, target, table, key, **extra)
    if back and ("q" in asked or "filter" in asked):
        return f"{back.partition('#')[0]}#row-{to_path(key)}"
    kept = {"columns": asked["columns"]} if "columns" in asked else {}
    return to_row(places, target, table, key, **kept, **extra)


def _shown(target: Target, row: Row) -> tuple[str, Key]:
    """Return the row to show: for a link, the one it belongs to."""
    part: Part = target.tables[row.table]
    if not part.is_link:
        return row.table, row.key
    return str(part.parent), part.parent_key_of(row.values)


def changed(edit: EditSession) -> list[Place]:
    """Return the places of the rows that the draft changes."""
    return [_place(edit.target, one) for one in edit.changes()]


def stopping(edit: EditSession, checked: CheckResult) -> list[Place]:
    """Return the places of the rows with a problem.

    A problem of the whole object, or of a row that only the live object has, has no
    place in the draft.
    """
    found: list[Problem | Conflict] = [*checked.problems, *checked.conflicts]
    places = [_place_in_draft(edit, one.table, one.key) for one in found]
    return [one for one in places if one is not None]


def address_of_next(
    places: DraftUrls, target: Target, found: Sequence[Place], part: str, at: str
) -> str | None:
    """Return the address of the next place after the row `at`; None if there is none.

    From any other row, it is the first.
    """
    once = list(dict.fromkeys(found))
    if not once:
        return None
    spelled = [(table, to_path(key)) for table, key in once]
    here = spelled.index((part, at)) if (part, at) in spelled else -1
    return to_row(places, target, *once[(here + 1) % len(once)])


def _place(target: Target, one: Any) -> Place:
    """Return the place of a row; a link is shown at the row that it belongs to."""
    part = target.tables[one.table]
    if not part.is_link:
        return one.table, one.key
    values = {name: draft for name, (_base, draft) in one.fields.items()}
    known = {**dict(zip(part.key, one.key, strict=True)), **values}
    return str(part.parent), part.parent_key_of(known)


def _place_in_draft(
    edit: EditSession, table: str | None, key: Key | None
) -> Place | None:
    if table is None or key is None:
        return None
    try:
        row = edit.row(table, key)
    except Unknown:
        return None
    part = edit.target.tables[table]
    if not part.is_link:
        return table, row.key
    return str(part.parent), part.parent_key_of(row.values)
