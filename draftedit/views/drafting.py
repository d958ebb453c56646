"""What every page of a draft shows: which draft it is, how it stands to live."""

from typing import Any

from draftedit.editing import EditSession
from draftedit.views.coming import coming
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
        "coming": coming(edit, places),
        "company": edit.others() if edit.is_open else [],
        "misfits": edit.misfits() if edit.is_open else [],
        "live_url": _live(edit, names, places),
    }


def title_of(edit: EditSession, names: Names) -> str:
    """Name the object; one that is no more has only its key."""
    return names.by_key(edit.target.name, edit.root, with_part=False)


def _live(edit: EditSession, names: Names, places: DraftPlaces) -> str | None:
    """Return where the live object is shown; a new one is not there yet."""
    info, row = edit.info, names.known(edit.target.name, edit.root)
    name = "object"
    if row is None or (row.gone and not edit.is_open):
        name = "history"  # others have deleted the object, or the draft would have
    elif info.base == 0 and info.revision is None and edit.root == info.root:
        if row.is_new:
            return None
    elif info.revision is None and row.is_new:
        name = "history"  # the object was deleted, and comes back by this draft
    return places.live(name, info.target, info.root)
