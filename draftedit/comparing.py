"""Comparing revisions of an object, and who gave a row its values."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from draftedit.drafts import Drafts
from draftedit.engine import history
from draftedit.engine.changes import Change
from draftedit.engine.errors import Unknown
from draftedit.engine.history import Authorship
from draftedit.engine.view import View
from draftedit.object_records import current_revision


def changes_between(
    drafts: Drafts,
    dbsession: Session,
    target: str,
    key: Sequence[Any],
    newer: int,
    older: int | None = None,
) -> list[Change]:
    """Return what changed from revision `older` to `newer` (default: the one before).

    Field by field, rows matched by their keys. Raises Unknown for an object or a
    revision that never was.
    """
    view = _view(drafts, dbsession, target, key)
    current = current_revision(drafts.tables, dbsession, view.target, view.root)
    older = newer - 1 if older is None else older
    for revision in (newer, older):
        if not 0 <= revision <= current:
            raise Unknown("revision", revision)
    return history.changes_between(dbsession, view.target, view.root, older, newer)


def authorship(
    drafts: Drafts,
    dbsession: Session,
    target: str,
    key: Sequence[Any],
    table: str,
    row_key: Sequence[Any],
) -> dict[str, Authorship]:
    """Return who gave each field of a live row its value; raise Unknown."""
    view = _view(drafts, dbsession, target, key)
    row = view.row(table, view.key(view.part(table), row_key))
    return history.authorship(dbsession, drafts.tables, view, row)


def _view(drafts: Drafts, dbsession: Session, target: str, key: Sequence[Any]) -> View:
    view = View(dbsession, drafts.find_target(target), ())
    view.root = view.key(view.target.root, key)
    return view
