"""Record in history what the host's own events change while a save is flushed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from draftedit.engine.base.errors import Key, Unknown
from draftedit.engine.reading.view import View
from draftedit.engine.saving.archive import archive, archive_inserted, mark_gone
from draftedit.engine.saving.orm import key_of
from draftedit.engine.saving.save_run import SaveRun
from draftedit.engine.schema.model import Part


@contextmanager
def watching(work: SaveRun) -> Iterator[None]:
    """Watch the flushes of a save, after the host's own listeners."""
    writes = _HostChangeRecorder(work)
    event.listen(work.dbsession, "before_flush", writes.before_flush)
    event.listen(work.dbsession, "after_flush_postexec", writes.after_flush)
    try:
        yield
    finally:
        event.remove(work.dbsession, "before_flush", writes.before_flush)
        event.remove(work.dbsession, "after_flush_postexec", writes.after_flush)


class _HostChangeRecorder:
    """Records the host's changes; `added`: instances it adds in this flush."""

    def __init__(self, work: SaveRun) -> None:
        self.work = work
        self.added: list[tuple[Part, Any]] = []
        self.parts = {
            part.mapper: part
            for part in work.target.tables.values()
            if part.mapper is not None
        }

    def before_flush(self, dbsession: Session, _context: Any, _instances: Any) -> None:
        own = self.work.own
        for instance in (one for one in dbsession.dirty if id(one) not in own):
            part = self.parts.get(sa.inspect(instance).mapper)
            if part is not None and dbsession.is_modified(instance):
                self._archive(part, instance)
        for instance in dbsession.deleted:
            part = self.parts.get(sa.inspect(instance).mapper)
            if part is not None:
                self._archive(part, instance, gone=True)
        for instance in (one for one in dbsession.new if id(one) not in own):
            part = self.parts.get(sa.inspect(instance).mapper)
            if part is not None:
                self.added.append((part, instance))

    def after_flush(self, _dbsession: Session, _context: Any) -> None:
        added, self.added = self.added, []
        for part, instance in added:
            key = key_of(part, instance, self.work.dialect)
            if self._is_ours(part, key):
                archive_inserted(self.work, part, [key])

    def _archive(self, part: Part, instance: Any, gone: bool = False) -> None:
        work = self.work
        name, key = self._key(part, instance)
        if (name, key) in work.archived:
            if gone and key not in work.doomed[name]:
                mark_gone(work, part, key)
        elif self._is_ours(part, key):
            work.archived.add((name, key))
            archive(work.dbsession, part, [key], work.revision, gone=gone)

    def _key(self, part: Part, instance: Any) -> tuple[str, Key]:
        return part.name, key_of(part, instance, self.work.dialect)

    def _is_ours(self, part: Part, key: Key) -> bool:
        """Return whether a live row is part of the object that is being saved."""
        root = self.work.keys.real(self.work.target.root, self.work.rows.root)
        live = View(self.work.dbsession, self.work.target, root)
        try:
            live.row(part.name, key)
        except Unknown:
            return False
        return True
