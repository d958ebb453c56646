"""The header of every page of a draft: its identity and its distance from live."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from draftedit.service.session import EditSession
from draftedit.web.pages.labels import Labels
from draftedit.web.pages.urls import DraftUrls

SHOWN = 3  # revisions, the newest; the others are counted


@dataclass(frozen=True)
class UpstreamChanges:
    """The newest revisions that a rebase would bring in, the newest first.

    `compare` is the address of their changes, `history` of all revisions; `deleted`:
    the object is not live any more.
    """

    revisions: Sequence[Any]
    more: int
    compare: str
    history: str
    deleted: bool


def coming(edit: EditSession, places: DraftUrls) -> UpstreamChanges | None:
    """Return the revisions that a rebase would bring in; None if there are none.

    Its cost does not grow with their number.
    """
    info = edit.info
    if not info.behind:
        return None
    root = edit.target.name, edit.root
    newest = edit.incoming(newest=SHOWN)
    place = info.target, edit.root
    return UpstreamChanges(
        revisions=newest[::-1],
        more=info.behind - len(newest),
        compare=places.compare(*place, info.base, info.base + info.behind),
        history=places.live("history", *place),
        deleted=root not in edit.live_values([root]),
    )


def draft_values(edit: EditSession, names: Labels, places: DraftUrls) -> dict[str, Any]:
    """Return the variables of draft.jinja2."""
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


def title_of(edit: EditSession, names: Labels) -> str:
    """Return the object's label; its key if it no longer exists."""
    return names.by_key(edit.target.name, edit.root, with_part=False)


def _live(edit: EditSession, names: Labels, places: DraftUrls) -> str | None:
    """Return the address of the live object; None for one that is not saved yet."""
    info, row = edit.info, names.known(edit.target.name, edit.root)
    name = "object"
    if row is None or (row.gone and not edit.is_open):
        name = "history"  # others have deleted the object, or the draft would have
    elif info.base == 0 and info.revision is None and edit.root == info.root:
        if row.is_new:
            return None
    elif info.revision is None and row.is_new:
        name = "history"  # the object was deleted, and this draft restores it
    return places.live(name, info.target, info.root)
