"""Comparing revisions of an object, and who gave a row its values."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from draftedit.drafts import Drafts
from draftedit.engine import history
from draftedit.engine.changes import Change
from draftedit.engine.errors import Key, Unknown
from draftedit.engine.history import Authorship
from draftedit.engine.keys import to_path
from draftedit.engine.listing import read_number, write_cursor
from draftedit.engine.rows import Row
from draftedit.engine.schema import Target
from draftedit.engine.view import View
from draftedit.object_records import current_revision


@dataclass(frozen=True)
class Comparison:
    """A page of what changed between two revisions of an object.

    `next` is the cursor to go on from (None: that was all).
    """

    older: int
    newer: int
    changes: list[Change]
    next: str | None
    before: View = field(repr=False)
    after: View = field(repr=False)

    def row(self, table: str, key: Key) -> Row:
        """Return a row as the newer revision has it, else the older; raise Unknown."""
        try:
            return self.after.row(table, key)
        except Unknown:
            return self.before.row(table, key)


def compare(
    drafts: Drafts,
    dbsession: Session,
    target: str | Target,
    key: Sequence[Any],
    newer: int,
    older: int | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Comparison:
    """Return what changed from revision `older` (the one before) to `newer`.

    Field by field, rows matched by their keys. Raises Unknown for an object or a
    revision that never was, Refused for a bad cursor.
    """
    older = newer - 1 if older is None else older
    then, now = (_view(drafts, dbsession, target, key, one) for one in (older, newer))
    start = read_number(after) or 0
    found = list(islice(history.changes_from(then, now, start), limit + 1))
    following = found[limit][0] if len(found) > limit else None
    changes = [change for _, change in found[:limit]]
    return Comparison(older, newer, changes, write_cursor(following), then, now)


def changes_between(
    drafts: Drafts,
    dbsession: Session,
    target: str | Target,
    key: Sequence[Any],
    newer: int,
    older: int | None = None,
) -> list[Change]:
    """Return all that changed from revision `older` (the one before) to `newer`.

    Raises Unknown for an object or a revision that never was.
    """
    older = newer - 1 if older is None else older
    then, now = (_view(drafts, dbsession, target, key, one) for one in (older, newer))
    return [change for _, change in history.changes_from(then, now)]


def authorship(
    drafts: Drafts,
    dbsession: Session,
    target: str | Target,
    key: Sequence[Any],
    table: str,
    row_key: Sequence[Any],
) -> dict[str, Authorship]:
    """Return who gave each field of a live row its value; raise Unknown."""
    view = _live(drafts, dbsession, target, key)
    row = view.row(table, view.key(view.part(table), row_key))
    return history.authorship(dbsession, drafts.tables, view, row)


def _view(
    drafts: Drafts,
    dbsession: Session,
    target: str | Target,
    key: Sequence[Any],
    revision: int,
) -> View:
    """Look at an object as a revision had it, which may be not at all."""
    live = _live(drafts, dbsession, target, key)
    current = current_revision(drafts.tables, dbsession, live.target, live.root)
    if not current and live.find(live.target.name, live.root) is None:
        raise Unknown(live.target.title, to_path(key))
    if not 0 <= revision <= current:
        raise Unknown("revision", revision)
    return View(dbsession, live.target, live.root, as_of=revision)


def _live(
    drafts: Drafts, dbsession: Session, target: str | Target, key: Sequence[Any]
) -> View:
    found = target if isinstance(target, Target) else drafts.find_target(target)
    view = View(dbsession, found, ())
    view.root = view.key(found.root, key)
    return view
