"""The way to the next row that a draft changes, round and round."""

from typing import Any

from draftedit.editing import EditSession
from draftedit.engine.errors import Key
from draftedit.engine.keys import to_path
from draftedit.engine.schema import Target
from draftedit.views.leading import to_row
from draftedit.views.places import DraftPlaces

Place = tuple[str, Key]


def next_change(
    edit: EditSession, places: DraftPlaces, part: str, at: str
) -> str | None:
    """Return the address of the changed row after the row `at`; None: there is none."""
    found = list(dict.fromkeys(_place(edit.target, one) for one in edit.changes()))
    if not found:
        return None
    spelled = [(table, to_path(key)) for table, key in found]
    here = spelled.index((part, at)) if (part, at) in spelled else -1
    return to_row(places, edit.target, *found[(here + 1) % len(found)])


def _place(target: Target, one: Any) -> Place:
    """A link is shown beside the row that it belongs to."""
    part = target.tables[one.table]
    if not part.is_link:
        return one.table, one.key
    values = {name: draft for name, (_base, draft) in one.fields.items()}
    known = {**dict(zip(part.key, one.key, strict=True)), **values}
    return str(part.parent), part.parent_key_of(known)
