"""The verbs of an editing session: apply, undo, redo, check, save, rebase and more.

Web code, commands and a host's own code all call these. Nothing commits: the caller's
transaction is the unit of work.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Self

from draftedit.engine import rebasing, saving
from draftedit.engine.base.errors import (
    BaseMoved,
    Conflict,
    Incoming,
    NotThatMany,
    Problem,
    Refused,
    SchemaChanged,
)
from draftedit.engine.base.messages import say
from draftedit.engine.draft.notes import Note
from draftedit.engine.journal import fork, reverting
from draftedit.engine.journal.opening import check_owner
from draftedit.engine.operations import Done, Operation
from draftedit.engine.operations.base import AS_ASKED
from draftedit.engine.reading.rows import Row
from draftedit.engine.rebasing import Resolution
from draftedit.engine.saving import Saved, revision
from draftedit.engine.saving.outside_preview import outside
from draftedit.engine.store import draft_records
from draftedit.engine.store.draft_records import DraftRecord
from draftedit.service import dry_run
from draftedit.service.dry_run import CheckResult
from draftedit.service.locked_draft import LockedDraft
from draftedit.service.results import Applied, DraftInfo, RebaseResult, UndoResult
from draftedit.service.unit_of_work import verb


class EditSession(LockedDraft):
    """One draft in one transaction, made by `Drafts.open` and `Drafts.resume`."""

    @verb
    def apply(self, operation: Operation) -> Applied:
        """Apply an operation and journal its inverse; discard what was undone before.

        Raises Refused (nothing is changed) or NotOpen. Like every verb that writes, it
        raises StaleVersion if another transaction has changed the draft.
        """
        self._hold()
        self._rows.touched.clear()
        return self._journalled(operation.apply(self._rows, AS_ASKED))

    @verb
    def revert(self, revision: int) -> Applied:
        """Turn a draft just opened into what `revision` had, in one step of undo.

        Raises Unknown if there was no such revision, Refused if nothing differs or a
        row cannot be restored.
        """
        self._hold()
        return self._journalled(reverting.revert(self._rows, revision))

    def _journalled(self, done: Done | None) -> Applied:
        if done is None:
            return Applied(*self._where(), None, None, None, [])
        sequence = self._record.position + 1
        label = done.operation.journal_label()
        if self._record.length >= sequence:
            self._journal.forget(sequence)
        self._journal.record(sequence, done, label, draft_records.now())
        self._change(
            position=sequence,
            length=sequence,
            last_key=self._rows.last_key,
            operations=self._record.operations + 1,
        )
        return Applied(
            *self._where(), sequence, done.operation, done.inverse, self._touched()
        )

    @verb
    def undo(self, count: int = 1, to: int | None = None) -> UndoResult:
        """Undo `count` operations, or all after `to`. Raises NotThatMany, NotOpen."""
        there_are = self._record.position
        count = count if to is None else there_are - to
        self._check_count("undo", count, there_are)
        return self._turn(range(there_are, there_are - count, -1), undo=True)

    @verb
    def redo(self, count: int = 1, to: int | None = None) -> UndoResult:
        """Redo `count` operations, or all up to `to`. Raises NotThatMany, NotOpen."""
        first = self._record.position + 1
        count = count if to is None else to - self._record.position
        self._check_count("redo", count, self._record.length - self._record.position)
        return self._turn(range(first, first + count), undo=False)

    def _check_count(self, direction: str, count: int, there_are: int) -> None:
        self._hold()
        if not 1 <= count <= there_are:
            raise NotThatMany(direction, count, there_are)

    def _turn(self, sequences: range, undo: bool) -> UndoResult:
        self._rows.touched.clear()
        done = self._journal.turn_all(self._rows, sequences, undo)
        counter = "undos" if undo else "redos"
        self._change(
            position=sequences[-1] - 1 if undo else sequences[-1],
            **{counter: getattr(self._record, counter) + len(done)},
        )
        return UndoResult(*self._where(), done, self._touched())

    @verb
    def save(self, message: str | None = None, accept: str = "") -> Saved:
        """Write the draft into the live tables, in one transaction; close the draft.

        First merges what others have saved since the draft's base: see `Saved.merged`.
        Raises Conflicts, Refused (with the problems), SchemaChanged, or BaseMoved if
        the target is registered with `review`; then nothing is changed and the draft
        stays as it was. Raises NeedsConsent if rows outside the object would be lost by
        its deletes, unless `accept` is the `consent` of a check or of that refusal.
        Raises SaveRace if the caller must roll back the transaction and try again; over
        HTTP that happens automatically.
        """
        self._hold()
        with self.dbsession.begin_nested():
            saved, closed = self._swap_in(message, accept)
        self._use(closed)
        return saved

    @verb
    def rebase(self, resolutions: Sequence[Resolution] = ()) -> RebaseResult:
        """Make the newest revision the base, and replay the draft's operations on it.

        On the same revision, changes by plain SQL are brought in. Raises Conflicts with
        those that no resolution covers, Refused for a resolution that cannot be carried
        out, or SchemaChanged; then nothing is changed.
        """
        self._hold()
        if problems := self.misfits():
            raise SchemaChanged(problems)
        with self.dbsession.begin_nested():
            revisions, rebased = self._bring_in(resolutions)
        self._use(rebased.record)
        return RebaseResult(self.info, revisions, rebased.dropped)

    @contextmanager
    def rebased(
        self, resolutions: Sequence[Resolution] = ()
    ) -> Iterator[tuple[Self, RebaseResult]]:
        """Show the draft as `rebase` would leave it, while the context lasts.

        Raises what `rebase` raises; it is rolled back at the end.
        """
        place = self.dbsession, self._tables, self.target
        again = type(self)(*place, self.operations, self._record)
        again._held_in = self._held_in
        with self.dbsession.begin_nested() as savepoint:
            yield again, again.rebase(resolutions)
            savepoint.rollback()

    def conflicts(self, lock: bool = False) -> list[Conflict]:
        """Return the conflicts that a rebase would have to resolve; change nothing.

        `lock`: block saves of the object until this transaction ends, so that a rebase
        finds the same. Raises NotOpen or SchemaChanged.
        """
        self.require_open()
        if problems := self.misfits():
            raise SchemaChanged(problems)
        if lock:
            self._lock_object()
        rows = self._rows_of(self._record)
        return rebasing.find_conflicts(rows, self._tables, self._journal, self._record)

    def _bring_in(
        self, resolutions: Sequence[Resolution] = ()
    ) -> tuple[list[Incoming], rebasing.Rebased]:
        """Rebase on the object's current revision, and lock it."""
        current = self._lock_object()
        revisions = self.incoming()
        rows = self._rows_of(self._record)
        return revisions, rebasing.rebase(
            rows, self._tables, self._journal, self._record, current, resolutions
        )

    def check(self, notes: bool | Sequence[Note] = True) -> CheckResult:
        """Report what `save` would do now; change nothing.

        `notes`: whether to run the host's notes here, or the notes to include. Raises
        NotOpen.
        """
        self.require_open()
        if isinstance(notes, bool):
            notes = self.notes().ask() if notes else []
        return dry_run.forecast(
            self.dbsession,
            lambda validated: self._swap_in(None, None, validated)[0],
            lambda: outside(self._rows_of(self._record), self._tables, self._record),
            notes,
        )

    def _swap_in(
        self, message: str | None, accept: str | None, validated: bool = True
    ) -> tuple[Saved, DraftRecord]:
        """Write the draft for `save`, and close it; return its record.

        This session itself is not changed: `check` rolls all of it back, and passes
        None as `accept`. `validated`: the host's own checks may refuse.
        """
        if problems := self.misfits():
            raise SchemaChanged(problems)
        record, merged = self._merge(looked=accept is None)
        rows = self._rows_of(record)
        saved = saving.save(rows, self._tables, record, message, accept, validated)
        saved = replace(saved, merged=[one.revision for one in merged])
        closed = draft_records.close(
            self.dbsession,
            self._tables,
            record,
            draft_records.SAVED,
            revision=saved.revision,
            keys=saved.ids_json(),
        )
        return saved, closed

    def _merge(self, looked: bool) -> tuple[DraftRecord, list[Incoming]]:
        """Merge what others have saved, if that loses nothing of the draft."""
        current = self._lock_object()
        base = self._record.base
        if current == base:
            return self._record, []
        if self.target.review and not looked:
            raise BaseMoved(base, current, self.incoming())
        revisions, rebased = self._bring_in()
        if rebased.lost:
            raise Refused(*(p for one in rebased.lost for p in one.problems))
        return rebased.record, revisions

    @verb
    def cancel(self) -> DraftInfo:
        """Mark the draft cancelled; it is kept for statistics until the purge."""
        self._hold()
        self._record = draft_records.close(
            self.dbsession, self._tables, self._record, draft_records.CANCELLED
        )
        return self.info

    @verb
    def hand_on(self, to: str) -> DraftInfo:
        """Give the draft to another owner, with its journal; nothing is lost.

        The caller must verify that the owner exists. Raises NotOpen, or Refused if they
        own it already.
        """
        self._hold()
        if to == self._record.owner:
            raise Refused(Problem(say("owner-already"), field="to"))
        check_owner(to)
        self._change(owner=to)
        return self.info

    @verb
    def fork(self) -> Self:
        """Return a copy of the draft with its journal, independent from then on.

        Only for an open draft: a closed one is kept for reading until the purge, and
        its changes are live or discarded. Raises NotOpen.
        """
        self._hold()
        place = self.dbsession, self._tables, self.target
        record = fork.fork(*place, self._record)
        return type(self)(*place, self.operations, record).held()

    def _lock_object(self) -> int:
        """Lock the object's record until the transaction ends; return its revision."""
        place = self._record.target, self._record.root
        return revision.locked(self.dbsession, self._tables, *place) or 0

    def _change(self, **values: Any) -> None:
        self._record = draft_records.change(
            self.dbsession, self._tables, self._record, **values
        )

    def _where(self) -> tuple[int, int, int]:
        record = self._record
        return record.version, record.position, record.length - record.position

    def _touched(self) -> list[Row]:
        found = [self._rows.find(table, key) for table, key in self._rows.touched]
        return [row for row in found if row is not None]
