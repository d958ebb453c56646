"""What others have saved since a draft's base: shown on each of its pages, in short."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from draftedit.editing import EditSession
from draftedit.views.places import DraftPlaces

SHOWN = 3  # revisions, the newest; the rest is counted


@dataclass(frozen=True)
class Coming:
    """The newest revisions that a rebase would bring in, the newest first.

    `compare` leads to what came in, `history` to all of it; `deleted`: the object is
    not live any more.
    """

    revisions: Sequence[Any]
    more: int
    compare: str
    history: str
    deleted: bool


def coming(edit: EditSession, places: DraftPlaces) -> Coming | None:
    """Return what would come in; None where live is what the draft stands on.

    Costs the same, however much came in.
    """
    info = edit.info
    if not info.behind:
        return None
    root = edit.target.name, edit.root
    newest = edit.incoming(newest=SHOWN)
    place = info.target, edit.root
    return Coming(
        revisions=newest[::-1],
        more=info.behind - len(newest),
        compare=places.compare(*place, info.base, info.base + info.behind),
        history=places.live("history", *place),
        deleted=root not in edit.live_values([root]),
    )
