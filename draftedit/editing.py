"""The verbs of an editing session: open apply undo redo save cancel.

Web code, commands and a host's own code all come through here. Nothing commits: the
caller's transaction is the unit of work.
"""

from typing import Any

from draftedit.engine import records, saving
from draftedit.engine.errors import (
    BaseMoved,
    DoesNotFit,
    NotOpen,
    NotThatMany,
    StaleVersion,
)
from draftedit.engine.operations import Batch, Operation
from draftedit.engine.rows import Row
from draftedit.engine.saving import Saved
from draftedit.outcomes import DraftInfo, Moved, Outcome
from draftedit.reading import ReadableDraft


class EditSession(ReadableDraft):
    """One draft in one transaction. `Drafts.open` and `Drafts.resume` make it."""

    def require_open(self) -> None:
        """Raise NotOpen for a draft that is saved or cancelled."""
        if not self.is_open:
            raise NotOpen(self._record.state)

    def expect(self, version: int) -> None:
        """Raise StaleVersion unless the draft is at `version`."""
        if version != self._record.version:
            raise StaleVersion(version, self._record.version)

    def apply(self, operation: Operation) -> Outcome:
        """Apply an operation and journal its inverse; what was undone is forgotten.

        Raises Refused (nothing is changed) or NotOpen.
        """
        self.require_open()
        self._rows.touched.clear()
        done = operation.apply(self._rows)
        if done is None:
            return Outcome(*self._where(), None, None, None, [])
        sequence = self._record.position + 1
        label = done.operation.label if isinstance(done.operation, Batch) else None
        self._journal.record(sequence, done, label, records.now())
        self._change(
            position=sequence,
            length=sequence,
            last_key=self._rows.last_key,
            operations=self._record.operations + 1,
        )
        return Outcome(
            *self._where(), sequence, done.operation, done.inverse, self._touched()
        )

    def undo(self, count: int = 1, to: int | None = None) -> Moved:
        """Undo `count` operations, or all after `to`. Raises NotThatMany, NotOpen."""
        there_are = self._record.position
        count = count if to is None else there_are - to
        self._check_count("undo", count, there_are)
        return self._turn(range(there_are, there_are - count, -1), undo=True)

    def redo(self, count: int = 1, to: int | None = None) -> Moved:
        """Redo `count` operations, or all up to `to`. Raises NotThatMany, NotOpen."""
        first = self._record.position + 1
        count = count if to is None else to - self._record.position
        self._check_count("redo", count, self._record.length - self._record.position)
        return self._turn(range(first, first + count), undo=False)

    def _check_count(self, direction: str, count: int, there_are: int) -> None:
        self.require_open()
        if not 1 <= count <= there_are:
            raise NotThatMany(direction, count, there_are)

    def _turn(self, sequences: range, undo: bool) -> Moved:
        self._rows.touched.clear()
        done = self._journal.turn_all(self._rows, sequences, undo)
        counter = "undos" if undo else "redos"
        self._change(
            position=sequences[-1] - 1 if undo else sequences[-1],
            **{counter: getattr(self._record, counter) + len(done)},
        )
        return Moved(*self._where(), done, self._touched())

    def save(self, message: str | None = None) -> Saved:
        """Swap the draft in for live, in one transaction; close the draft.

        Raises BaseMoved, Conflicts, Refused (with the problems) or DoesNotFit; then
        nothing is changed and the draft stays as it was.
        """
        self.require_open()
        if problems := self.misfits():
            raise DoesNotFit(problems)
        if self._record.current != self._record.base:
            raise BaseMoved(self._record.base, self._record.current)
        saved = saving.save(self._rows, self._tables, self._record, message)
        self._record = records.close(
            self.dbsession,
            self._tables,
            self._record,
            records.SAVED,
            revision=saved.revision,
            keys=saved.ids_json(),
        )
        return saved

    def cancel(self) -> DraftInfo:
        """Mark the draft cancelled, so that it can be counted; purge deletes it."""
        self.require_open()
        self._record = records.close(
            self.dbsession, self._tables, self._record, records.CANCELLED
        )
        return self.info

    def _change(self, **values: Any) -> None:
        self._record = records.change(
            self.dbsession, self._tables, self._record, **values
        )

    def _where(self) -> tuple[int, int, int]:
        record = self._record
        return record.version, record.position, record.length - record.position

    def _touched(self) -> list[Row]:
        found = [self._rows.find(table, key) for table, key in self._rows.touched]
        return [row for row in found if row is not None]
