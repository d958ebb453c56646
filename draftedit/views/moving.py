"""The form that gives a row another place, or another parent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from draftedit.engine.errors import Key, Unknown
from draftedit.engine.keys import from_path, to_path
from draftedit.engine.rows import Row
from draftedit.engine.schema import Part
from draftedit.forms import Option
from draftedit.said import searched
from draftedit.views.choosing import Chooser
from draftedit.views.operating import FEW, LAST_PLACE


@dataclass(frozen=True)
class Standing:
    """Where a row may stand below one parent; `at` is preselected."""

    siblings: Sequence[Option]
    at: str
    last: str = LAST_PLACE
    many: bool = False
    search: str = ""


@dataclass(frozen=True)
class Moving:
    """What the form of a move shows; no `parents`: the row stays where it is."""

    parent: str
    parents: Sequence[Option]
    places: Standing
    parent_title: str = ""
    many_parents: bool = False
    parent_search: str = ""


def moving(
    chooser: Chooser, part: Part, row: Row, asked: Mapping[str, str]
) -> Moving | None:
    """Return the form for a row of an ordered part; `asked` is the page's query.

    `to` is the parent whose rows are shown, `pq` and `sq` search parents and rows.
    """
    if part.order is None or part.parent is None:
        return None
    current = part.parent_key_of(row.values)
    parent = _wanted(chooser, part, asked.get("to")) or current
    options = _parents(chooser, part, parent, searched(asked.get("pq", "")))
    return Moving(
        parent=to_path(parent),
        parents=options,
        places=standing(chooser, part, parent, row, asked),
        parent_title=chooser.names.part(part.parent),
        many_parents=len(options) >= FEW or bool(asked.get("pq")),
        parent_search=searched(asked.get("pq", "")),
    )


def standing(
    chooser: Chooser,
    part: Part,
    parent: Key,
    row: Row | None,
    asked: Mapping[str, str],
) -> Standing:
    """Return where a row may stand, the place it has (or was asked for) first."""
    search = searched(asked.get("sq", ""))
    rows = chooser.siblings(part, parent, row, search or None)
    keys = [one.key for one in rows]
    at = asked.get("after", LAST_PLACE)
    if row is not None and row.key in keys and "after" not in asked:
        index = keys.index(row.key)
        at = to_path(keys[index - 1]) if index else ""
    siblings = [
        Option(to_path(one.key), chooser.names.row(one))
        for one in rows
        if row is None or one.key != row.key
    ]
    return Standing(siblings, at, many=len(rows) >= FEW or bool(search), search=search)


def _wanted(chooser: Chooser, part: Part, text: str | None) -> Key | None:
    if not text:
        return None
    try:
        return chooser.edit.row(str(part.parent), from_path(text)).key
    except (Unknown, ValueError):
        return None


def _parents(chooser: Chooser, part: Part, parent: Key, search: str) -> list[Option]:
    """Return what the row may move to: nothing, where its parent is part of its key."""
    if part.parent == chooser.names.target.name or part.stays_with_parent:
        return []
    found = chooser.parents(part, search or None)
    here = Option(to_path(parent), chooser.names.located(str(part.parent), parent))
    return found if here in found else [here, *found]
