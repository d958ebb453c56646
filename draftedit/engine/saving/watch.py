"""What the host's own events change while a save is flushed goes to history, too."""

from types import TracebackType
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from draftedit.engine.draft_rows import DraftRows
from draftedit.engine.errors import Key, Unknown
from draftedit.engine.saving.archive import Revision, archive, archive_absent
from draftedit.engine.schema import Part
from draftedit.engine.view import View


class HostWrites:
    """Watches the flushes of one save; use as a context manager.

    `archived` are the rows that are in history already, `own` the instances that the
    save itself inserts.
    """

    def __init__(self, rows: DraftRows, revision: Revision) -> None:
        """Prepare to watch the session of `rows`."""
        self.rows = rows
        self.revision = revision
        self.archived: set[tuple[str, Key]] = set()
        self.own: set[Any] = set()
        self.added: list[tuple[Part, Any]] = []
        self.parts = {
            part.mapper: part
            for part in rows.target.tables.values()
            if part.mapper is not None
        }

    def __enter__(self) -> "HostWrites":
        """Begin to listen."""
        event.listen(self.rows.dbsession, "before_flush", self._before)
        event.listen(self.rows.dbsession, "after_flush_postexec", self._after)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop listening."""
        event.remove(self.rows.dbsession, "before_flush", self._before)
        event.remove(self.rows.dbsession, "after_flush_postexec", self._after)

    def _before(self, dbsession: Session, _context: Any, _instances: Any) -> None:
        for instance in (*dbsession.dirty, *dbsession.deleted):
            part = self.parts.get(sa.inspect(instance).mapper)
            if part is None:
                continue
            if instance in dbsession.dirty and not dbsession.is_modified(instance):
                continue
            self._archive(part, instance)
        for instance in dbsession.new:
            part = self.parts.get(sa.inspect(instance).mapper)
            if part is not None and instance not in self.own:
                self.added.append((part, instance))

    def _archive(self, part: Part, instance: Any) -> None:
        key = self._key(part, instance)
        if (part.name, key) in self.archived:
            return
        self.archived.add((part.name, key))
        if self._is_ours(part, key):
            archive(self.rows.dbsession, part, [key], self.revision)

    def _after(self, dbsession: Session, _context: Any) -> None:
        added, self.added = self.added, []
        for part, instance in added:
            key = self._key(part, instance)
            self.archived.add((part.name, key))
            if self._is_ours(part, key):
                archive_absent(dbsession, part, [key], self.revision)

    def _key(self, part: Part, instance: Any) -> Key:
        state = sa.inspect(instance)
        columns = [column.name for column in state.mapper.primary_key]
        by_name = dict(zip(columns, state.identity, strict=True))
        return tuple(
            part.fields[name].codec.parse(by_name[name], self.rows.dialect)
            for name in part.key
        )

    def _is_ours(self, part: Part, key: Key) -> bool:
        """Tell whether a live row is part of the object that is being saved."""
        live = View(self.rows.dbsession, self.rows.target, self.rows.root)
        try:
            live.row(part.name, key)
        except Unknown:
            return False
        return True
