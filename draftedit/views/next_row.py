"""The way on to the next row of some: that a draft changes, or that stops a save.

Round and round: after the last of them comes the first.
"""

from collections.abc import Sequence
from typing import Any

from draftedit.checking import Checked
from draftedit.editing import EditSession
from draftedit.engine.errors import Conflict, Key, Problem, Unknown
from draftedit.engine.keys import to_path
from draftedit.engine.schema import Target
from draftedit.views.leading import to_row
from draftedit.views.places import DraftPlaces

Place = tuple[str, Key]


def changed(edit: EditSession) -> list[Place]:
    """Return where the rows are that the draft changes."""
    return [_place(edit.target, one) for one in edit.changes()]


def stopping(edit: EditSession, checked: Checked) -> list[Place]:
    """Return where the rows are that a save would stumble over.

    What is wrong with the whole, or with a row that only the live object has, is
    nowhere in the draft.
    """
    found: list[Problem | Conflict] = [*checked.problems, *checked.conflicts]
    places = [_place_in_draft(edit, one.table, one.key) for one in found]
    return [one for one in places if one is not None]


def address_of_next(
    places: DraftPlaces, target: Target, found: Sequence[Place], part: str, at: str
) -> str | None:
    """Return the address of the place after that of the row `at`; None: there is none.

    Who is at none of them goes to the first.
    """
    once = list(dict.fromkeys(found))
    if not once:
        return None
    spelled = [(table, to_path(key)) for table, key in once]
    here = spelled.index((part, at)) if (part, at) in spelled else -1
    return to_row(places, target, *once[(here + 1) % len(once)])


def _place(target: Target, one: Any) -> Place:
    """A link is shown beside the row that it belongs to."""
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
