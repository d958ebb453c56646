"""What every page of a draft shows: which draft it is, how it stands to live."""

from typing import Any

from draftedit.editing import EditSession
from draftedit.views.names import Names
from draftedit.views.places import DraftPlaces


def draft_values(
    edit: EditSession, names: Names, places: DraftPlaces
) -> dict[str, Any]:
    """Return what draft.jinja2 needs."""
    info = edit.info
    return {
        "info": info,
        "title": title_of(edit, names),
        "what": names.part(edit.target.name),
        "places": places,
        "names": names,
        "draft_page": True,
        "misfits": edit.misfits() if edit.is_open else [],
        "live_url": _live(edit, places),
        "history_url": _live(edit, places, "history"),
    }


def title_of(edit: EditSession, names: Names) -> str:
    """Name the object; a new one has no name yet."""
    row = names.known(edit.target.name, edit.root)
    return names.row(row) if row is not None else edit.info.label


def _live(edit: EditSession, places: DraftPlaces, name: str = "object") -> str | None:
    """Return where the live object is shown; a new one is not there yet."""
    info = edit.info
    if not edit.is_open and edit.row(edit.target.name, edit.root).gone:
        name = "history"  # the draft has deleted the object, or would have
    if info.base == 0 and info.revision is None and edit.root == info.root:
        row = edit.row(edit.target.name, edit.root)
        if row.is_new:
            return None
    return places.live(name, info.target, info.root)
