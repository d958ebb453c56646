"""A draft that only one transaction changes at a time."""

from typing import Any, Self

from sqlalchemy.orm import SessionTransaction, scoped_session

from draftedit.engine.base.errors import NotOpen, StaleVersion
from draftedit.engine.store import draft_records
from draftedit.service.reader import ReadableDraft


class LockedDraft(ReadableDraft):
    """A draft that is locked before its first change in a transaction."""

    _held_in: SessionTransaction | None = None

    def require_open(self) -> None:
        """Raise NotOpen for a draft that is saved or cancelled."""
        if not self.is_open:
            raise NotOpen(self._record.state)

    def expect(self, version: int) -> None:
        """Raise StaleVersion unless the draft is at `version`."""
        if version != self._record.version:
            raise StaleVersion(version, self._record.version)

    def held(self) -> Self:
        """Record that this transaction has locked the draft, or created it."""
        self._held_in = self._transaction()
        return self

    def _hold(self) -> None:
        """Lock the draft for a verb that writes, unless this transaction has already.

        Raises NotOpen, or StaleVersion if another transaction has changed the draft.
        """
        self.require_open()
        if self._held_in is None or self._held_in is not self._transaction():
            draft_records.hold(self.dbsession, self._tables, self._record)
            self.held()

    def _transaction(self) -> SessionTransaction | None:
        given: Any = self.dbsession
        session = given() if isinstance(given, scoped_session) else given
        found: SessionTransaction | None = session.get_transaction()
        return found
