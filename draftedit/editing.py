"""The verbs of an editing session: apply undo redo check rebase save cancel and more.

Web code, commands and a host's own code all come through here. Nothing commits: the
caller's transaction is the unit of work.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Self

from draftedit import checking
from draftedit.checking import Checked
from draftedit.engine import checks, copying, rebasing, records, reverting, saving
from draftedit.engine.errors import (
    BaseMoved,
    Conflict,
    DoesNotFit,
    NotOpen,
    NotThatMany,
    Problem,
    Refused,
    StaleVersion,
)
from draftedit.engine.foreign import Incoming
from draftedit.engine.operations import Batch, Done, Operation
from draftedit.engine.rebasing import Resolution
from draftedit.engine.rows import Row
from draftedit.engine.saving import Saved, revision
from draftedit.outcomes import BroughtIn, DraftInfo, Moved, Outcome
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
        return self._journalled(operation.apply(self._rows))

    def revert(self, revision: int) -> Outcome:
        """Turn a draft just opened into what `revision` had, in one step of undo.

        Raises Unknown where there was no such revision, Refused where nothing differs
        or a row cannot come back.
        """
        self.require_open()
        return self._journalled(reverting.revert(self._rows, revision))

    def _journalled(self, done: Done | None) -> Outcome:
        if done is None:
            return Outcome(*self._where(), None, None, None, [])
        sequence = self._record.position + 1
        label = done.operation.label if isinstance(done.operation, Batch) else None
        if self._record.length >= sequence:
            self._journal.forget(sequence)
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

        What others have saved since the draft's base comes in first: see
        `Saved.merged`. Raises Conflicts, Refused (with the problems), DoesNotFit, or
        BaseMoved where the target wants that to be looked at; then nothing is changed
        and the draft stays as it was. Raises SaveRace where the transaction is to be
        rolled back and the same done again; over HTTP that is done for you.
        """
        self.require_open()
        again = self._again()
        with self.dbsession.begin_nested():
            saved = again._swap_in(message)
        self._take_up(again._record)
        return saved

    def rebase(self, resolutions: Sequence[Resolution] = ()) -> BroughtIn:
        """Take the newest revision as base, and replay what was done on it.

        On the same revision, what plain SQL has changed comes in. Raises Conflicts
        with those that no resolution covers, Refused for a resolution that cannot be
        carried out, or DoesNotFit; then nothing is changed.
        """
        self.require_open()
        if problems := self.misfits():
            raise DoesNotFit(problems)
        with self.dbsession.begin_nested():
            revisions, rebased = self._bring_in(resolutions)
        self._take_up(rebased.record)
        return BroughtIn(self.info, revisions, rebased.dropped)

    @contextmanager
    def rebased(
        self, resolutions: Sequence[Resolution] = ()
    ) -> Iterator[tuple[Self, BroughtIn]]:
        """Look at the draft as `rebase` would leave it, as long as the context lasts.

        Raises what `rebase` raises; nothing of it is left afterwards.
        """
        again = self._again()
        with self.dbsession.begin_nested() as savepoint:
            yield again, again.rebase(resolutions)
            savepoint.rollback()

    def conflicts(self, lock: bool = False) -> list[Conflict]:
        """Return the conflicts that a rebase would have to decide; change nothing.

        `lock`: nobody saves the object before this transaction ends, so that a rebase
        finds the same. Raises NotOpen or DoesNotFit.
        """
        self.require_open()
        if problems := self.misfits():
            raise DoesNotFit(problems)
        record = self._record
        if lock:
            place = record.target, record.root
            revision.locked(self.dbsession, self._tables, *place)
        rows = self._again()._rows
        return rebasing.find_conflicts(rows, self._tables, self._journal, record)

    def _bring_in(
        self, resolutions: Sequence[Resolution] = ()
    ) -> tuple[list[Incoming], rebasing.Rebased]:
        """Rebase on the object's revision, which is locked from now on."""
        record = self._record
        place = record.target, record.root
        current = revision.locked(self.dbsession, self._tables, *place) or 0
        revisions = self.incoming()
        again = self._again()
        return revisions, rebasing.rebase(
            again._rows, self._tables, self._journal, record, current, resolutions
        )

    def check(self, notes: bool = True) -> Checked:
        """Forecast what `save` would do, now; change nothing.

        `notes`: with what the host's notes have to say. Raises NotOpen.
        """
        self.require_open()
        told = checks.notes(self._again()._rows) if notes else []
        return checking.forecast(
            self.dbsession,
            lambda validated: self._again()._swap_in(None, validated, looked=True),
            told,
        )

    def _again(self) -> Self:
        """Take the draft up a second time: this one is not to know what happens."""
        return type(self)(
            self.dbsession, self._tables, self.target, self.operations, self._record
        )

    def _swap_in(
        self, message: str | None, validated: bool = True, looked: bool = False
    ) -> Saved:
        """Do what `save` does and `check` forecasts, the one way for both.

        `looked`: what others have saved needs no look before it comes in.
        `validated`: the host's own checks may refuse.
        """
        if problems := self.misfits():
            raise DoesNotFit(problems)
        merged = self._merge(looked)
        saved = saving.save(self._rows, self._tables, self._record, message, validated)
        saved = replace(saved, merged=[one.revision for one in merged])
        self._record = records.close(
            self.dbsession,
            self._tables,
            self._record,
            records.SAVED,
            revision=saved.revision,
            keys=saved.ids_json(),
        )
        return saved

    def _merge(self, looked: bool) -> list[Incoming]:
        """Bring in what others have saved, if nothing of the draft is lost by that."""
        record = self._record
        place = record.target, record.root
        current = revision.locked(self.dbsession, self._tables, *place) or 0
        if current == record.base:
            return []
        if self.target.review and not looked:
            raise BaseMoved(record.base, current, self.incoming())
        revisions, rebased = self._bring_in()
        if rebased.lost:
            raise Refused(*(p for one in rebased.lost for p in one.problems))
        self._take_up(rebased.record)
        return revisions

    def cancel(self) -> DraftInfo:
        """Mark the draft cancelled, so that it can be counted; purge deletes it."""
        self.require_open()
        self._record = records.close(
            self.dbsession, self._tables, self._record, records.CANCELLED
        )
        return self.info

    def hand_on(self, to: str) -> DraftInfo:
        """Give the draft to another owner, with its journal; nothing of it is lost.

        Whether there is such an owner is the caller's to know. Raises NotOpen, or
        Refused where it is theirs already.
        """
        self.require_open()
        if to == self._record.owner:
            raise Refused(Problem("The draft is theirs already.", field="to"))
        self._change(owner=to)
        return self.info

    def fork(self) -> Self:
        """Return a copy of the draft with its journal; both go their own ways.

        Only of an open draft: one that is closed is kept to be read, until purge
        deletes it, and its changes are live or given up. Raises NotOpen.
        """
        self.require_open()
        record = copying.fork(self.dbsession, self._tables, self.target, self._record)
        return type(self)(
            self.dbsession, self._tables, self.target, self.operations, record
        )

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
