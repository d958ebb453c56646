"""`Objects`: live objects with their revisions, who has drafts, and what changed."""

from collections.abc import Sequence
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from draftedit.engine.base.errors import Key, Unknown
from draftedit.engine.base.keys import to_path
from draftedit.engine.base.paging import Listing, read_number, write_cursor
from draftedit.engine.journal.reverted_keys import Endings, endings
from draftedit.engine.reading import children_of, history
from draftedit.engine.reading.change import Change
from draftedit.engine.reading.history import Authorship
from draftedit.engine.reading.listing import Page, Query, read_position
from draftedit.engine.reading.object_visibility import in_sight
from draftedit.engine.reading.reference_choices import row_label
from draftedit.engine.reading.rows import Row
from draftedit.engine.reading.view import View
from draftedit.engine.schema.model import Target
from draftedit.service.drafts import Drafts
from draftedit.service.object_info import (
    LiveObject,
    ObjectInfo,
    OpenDraft,
    RevisionDiff,
    RevisionInfo,
    current_revision,
    find_revision,
    object_info,
    saves,
    select_revisions,
    who_has_open,
)


class Objects:
    """Read the live objects of a host's targets, as one database session shows them.

    objects = Objects(drafts, dbsession)
    objects.find("purchase", (42,)).label
    objects.page("purchase", (42,), "line", revision=3)
    """

    def __init__(self, drafts: Drafts, dbsession: Session) -> None:
        """Read what `drafts` registers, in `dbsession`."""
        self._drafts = drafts
        self._dbsession = dbsession

    def listing(
        self,
        target: str | Target,
        q: str | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> Listing[ObjectInfo]:
        """List the objects of a target in the order of their keys, found by `q`."""
        found = self._target(target)
        view = View(self._dbsession, found, ())
        start = read_position(found.root, after, view.dialect)
        query = Query(found.name, search=q or None, limit=limit)
        rows, end = view.listed(found.root, query, None, start)
        saved = saves(
            self._drafts.tables, self._dbsession, found, [row.key for row in rows]
        )
        items = [object_info(found, row, saved[to_path(row.key)]) for row in rows]
        return Listing(items, write_cursor(end))

    def find(
        self,
        target: str | Target,
        key: Sequence[Any],
        revision: int | None = None,
    ) -> LiveObject:
        """Return one object, as it is or as `revision` had it; raise Unknown."""
        view = self._view(target, key, revision)
        row = view.find(view.target.name, view.root)
        if row is None or row.key != view.root:
            raise Unknown(view.target.title, to_path(key))
        label = row_label(view.target.root, row.values)
        if revision is None:
            saved = saves(self._drafts.tables, self._dbsession, view.target, [row.key])
            info = saved[to_path(row.key)]
            number, at, by = info.revision, info.saved_at, info.saved_by
        else:
            then = find_revision(
                self._drafts.tables, self._dbsession, view.target, row.key, revision
            )
            number = revision
            at, by = (then.saved_at, then.saved_by) if then else (None, None)
        return LiveObject(view.target, row.key, label, number, row, at, by)

    def page(
        self,
        target: str | Target,
        key: Sequence[Any],
        table: str,
        parent: Sequence[Any] | None = None,
        after: str | None = None,
        limit: int = 50,
        search: str | None = None,
        revision: int | None = None,
    ) -> Page:
        """Return a page of an object's rows, as they are or as `revision` had them.

        Raises Unknown, or Refused for a cursor.
        """
        view = self._view(target, key, revision)
        part = view.part(table)
        above = None
        if parent is not None and part.parent is not None:
            above = view.key(view.part(part.parent), parent)
        return view.page(Query(table, above, after, limit, search or None))

    def below(
        self,
        target: str | Target,
        key: Sequence[Any],
        table: str,
        parents: Sequence[Key],
        revision: int | None = None,
    ) -> list[Row]:
        """Return all rows of a table below several rows of its parent's table."""
        view = self._view(target, key, revision)
        return list(children_of.below(view, view.part(table), parents))

    def row(
        self,
        target: str | Target,
        key: Sequence[Any],
        table: str,
        row_key: Sequence[Any],
        revision: int | None = None,
    ) -> Row:
        """Return one row of an object, as it is or was; raise Unknown."""
        view = self._view(target, key, revision)
        return view.row_named(table, row_key)

    def path(
        self,
        target: str | Target,
        key: Sequence[Any],
        table: str,
        row_key: Sequence[Any],
        revision: int | None = None,
    ) -> list[Row]:
        """Return the rows above one row, the root first; raise Unknown."""
        view = self._view(target, key, revision)
        return view.ancestors(view.row_named(table, row_key))

    def revisions(
        self,
        target: str | Target,
        key: Sequence[Any],
        after: str | None = None,
        limit: int = 50,
    ) -> Listing[RevisionInfo]:
        """List an object's revisions, the newest first; they outlive the object."""
        view = self._view(target, key)
        revision = self._drafts.tables.revision.c
        wanted = select_revisions(self._drafts.tables, view.target, view.root)
        start = read_number(after)
        if start is not None:
            wanted = wanted.where(revision.number < start)
        wanted = wanted.order_by(revision.number.desc()).limit(limit + 1)
        found = [RevisionInfo(*one) for one in self._dbsession.execute(wanted)]
        more = len(found) > limit
        return Listing(
            found[:limit], write_cursor(found[limit - 1].revision if more else None)
        )

    def current(self, target: str | Target, key: Sequence[Any]) -> int:
        """Return the number of an object's last revision, which may have deleted it."""
        view = self._view(target, key)
        return self._last(view)

    def ended(self, target: str | Target, key: Sequence[Any]) -> Endings:
        """Tell which revisions deleted an object of the key, which is given again."""
        view = self._view(target, key)
        last = self._last(view)
        return endings(self._dbsession, view.target, view.root, last)

    def open_drafts(self, target: str | Target, key: Sequence[Any]) -> list[OpenDraft]:
        """Tell who has a draft open on an object, since when, and of how many rows."""
        view = self._view(target, key)
        return who_has_open(
            self._drafts.tables, self._dbsession, view.target, view.root
        )

    def compare(
        self,
        target: str | Target,
        key: Sequence[Any],
        newer: int,
        older: int | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> RevisionDiff:
        """Return what changed from revision `older` (the one before) to `newer`.

        Field by field, rows matched by their keys. Raises Unknown for an object or a
        revision that never was, Refused for a bad cursor.
        """
        older = newer - 1 if older is None else older
        then, now = (self._compared(target, key, one) for one in (older, newer))
        start = read_number(after) or 0
        found = list(islice(history.changes_from(then, now, start), limit + 1))
        following = found[limit][0] if len(found) > limit else None
        changes = [change for _, change in found[:limit]]
        return RevisionDiff(older, newer, changes, write_cursor(following), then, now)

    def changes_between(
        self,
        target: str | Target,
        key: Sequence[Any],
        newer: int,
        older: int | None = None,
    ) -> list[Change]:
        """Return all that changed from revision `older` (the one before) to `newer`.

        Raises Unknown for an object or a revision that never was.
        """
        older = newer - 1 if older is None else older
        then, now = (self._compared(target, key, one) for one in (older, newer))
        return [change for _, change in history.changes_from(then, now)]

    def authorship(
        self,
        target: str | Target,
        key: Sequence[Any],
        table: str,
        row_key: Sequence[Any],
    ) -> dict[str, Authorship]:
        """Return who gave each field of a live row its value; raise Unknown."""
        view = self._live(target, key)
        row = view.row_named(table, row_key)
        return history.authorship(self._dbsession, self._drafts.tables, view, row)

    def _target(self, target: str | Target) -> Target:
        return (
            target if isinstance(target, Target) else self._drafts.find_target(target)
        )

    def _live(self, target: str | Target, key: Sequence[Any]) -> View:
        """Return a view of the object; raise Unknown if the host does not show it."""
        found = self._target(target)
        view = View(self._dbsession, found, ())
        view.root = view.key(found.root, key)
        if not in_sight(self._dbsession, found, view.root):
            raise Unknown(found.title, to_path(key))
        return view

    def _view(
        self, target: str | Target, key: Sequence[Any], revision: int | None = None
    ) -> View:
        """Return a view of the object as it is, or as `revision` had it.

        Raises Unknown if that revision did not have it.
        """
        live = self._live(target, key)
        if revision is None:
            return live
        view = self._view_at(live, revision, self._last(live))
        if view.find(view.target.name, view.root) is None:
            raise Unknown(view.target.title, to_path(key))
        return view

    def _compared(
        self, target: str | Target, key: Sequence[Any], revision: int
    ) -> View:
        """Return a view as of `revision`, which need not have had the object."""
        live = self._live(target, key)
        last = self._last(live)
        if not last and live.find(live.target.name, live.root) is None:
            raise Unknown(live.target.title, to_path(key))
        return self._view_at(live, revision, last)

    def _view_at(self, live: View, revision: int, last: int) -> View:
        if not 0 <= revision <= last:
            raise Unknown("revision", revision)
        place = live.target, live.root, revision, last
        return history.view_at(self._dbsession, *place)

    def _last(self, view: View) -> int:
        return current_revision(
            self._drafts.tables, self._dbsession, view.target, view.root
        )
