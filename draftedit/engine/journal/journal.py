"""The journal of a draft: below the position the undo stack, above it the redo stack.

Undo and redo are one function over the two stacks: apply the operation that turns the
entry over, and keep the inverse of that.
"""

import datetime
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.base.errors import DraftError, Problem, Refused
from draftedit.engine.base.messages import say
from draftedit.engine.base.paging import Listing, read_number, write_cursor
from draftedit.engine.base.sql import run
from draftedit.engine.draft.compat import as_of_today
from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.operations import Batch, Done, Operation, from_json
from draftedit.engine.operations.base import AS_ASKED, EXACT
from draftedit.engine.schema.tables import VALUE, Tables
from draftedit.engine.values.codecs import canonical

NOTHING = Batch(())  # stands for a step that had no effect when it was redone


class BrokenJournal(Refused):
    """A stored inverse cannot be applied: nothing was changed.

    This cannot happen as long as only draftedit writes the draft's tables.
    """

    def __init__(self, sequence: int, *problems: Problem) -> None:
        """Name the entry before each problem."""
        super().__init__(
            *(
                replace(p, message=say("entry-broken", entry=sequence, why=p.message))
                for p in problems
            )
        )


@dataclass(frozen=True)
class Entry:
    """One step of the journal; `done`: it is at or below the position.

    `operation` and `inverse` are JSON, so that an entry can be read even if a migration
    has removed a column.
    """

    sequence: int
    done: bool
    label: str | None
    operation: dict[str, Any]
    inverse: dict[str, Any]
    at: datetime.datetime


@dataclass(frozen=True)
class Step:
    """One step as a rebase reads and writes it."""

    sequence: int
    forward: Operation
    inverse: Operation
    label: str | None
    at: datetime.datetime

    def renewed(self, sequence: int, done: Done) -> "Step":
        """Return the step as it was done on another base."""
        new = replace(self, sequence=sequence, forward=done.operation)
        return replace(new, inverse=done.inverse)


class CannotRedo(Refused):
    """A step undone before a rebase cannot be done on the new base."""

    def __init__(self, sequence: int, *problems: Problem) -> None:
        """Name the entry before each problem."""
        super().__init__(
            *(
                replace(p, message=say("step-obsolete", step=sequence, why=p.message))
                for p in problems
            )
        )


class Journal:
    """The operations of one draft, in order."""

    def __init__(
        self,
        dbsession: Session,
        tables: Tables,
        draft: int,
        known: Mapping[str, type[Operation]],
    ) -> None:
        """Open the journal; `known` are the operations by their names in JSON."""
        self.dbsession = dbsession
        self.table = tables.operation
        self.draft = draft
        self.known = known

    def record(
        self, sequence: int, done: Done, label: str | None, at: datetime.datetime
    ) -> None:
        """Write a step at `sequence`, the journal's end."""
        run(
            self.dbsession,
            _insert_statement(self.table),
            {
                "draft": self.draft,
                "sequence": sequence,
                **_forward(done.operation),
                "inverse": canonical(done.inverse.to_json()),
                "label": label,
                "at": at,
            },
        )

    def forget(self, sequence: int) -> None:
        """Delete the steps from `sequence` on, which were undone."""
        columns = self.table.c
        self.dbsession.execute(
            sa.delete(self.table).where(
                columns.draft == self.draft, columns.sequence >= sequence
            )
        )

    def turn_all(
        self, rows: DraftRows, sequences: Iterable[int], undo: bool
    ) -> list[Operation]:
        """Undo or redo entries in this order, all or none; return what was applied.

        Raises BrokenJournal if one cannot be applied.
        """
        known = dict(rows.known)
        try:
            with self.dbsession.begin_nested():
                return [self._turn(rows, each, undo) for each in sequences]
        except DraftError:
            rows.known = known
            rows.touched.clear()
            raise

    def steps(self) -> list[Step]:
        """Return all steps, for a rebase."""
        mine = self.table.c.draft == self.draft
        wanted = sa.select(self.table).where(mine).order_by(self.table.c.sequence)
        return [
            Step(
                one["sequence"],
                self._read(one["forward"]),
                self._read(one["inverse"]),
                one["label"],
                one["at"],
            )
            for one in self.dbsession.execute(wanted).mappings()
        ]

    def write(self, steps: Iterable[Step]) -> None:
        """Write the journal of a rebase; the old one is cleared.

        An intent has no `again`: that is how redo recognises it.
        """
        records = [
            {
                "draft": self.draft,
                "sequence": step.sequence,
                **_forward(step.forward),
                "inverse": canonical(step.inverse.to_json()),
                "label": step.label,
                "at": step.at,
            }
            for step in steps
        ]
        if records:
            self.dbsession.execute(sa.insert(self.table), records)

    def _read(self, text: str) -> Operation:
        return from_json(json.loads(text), self.known, stored=True)

    def _read_today(self, rows: DraftRows, text: str) -> tuple[Operation, bool]:
        """Parse an operation without dropped columns; also return if it had any.

        Undoing such a step is the way to make the draft fit again.
        """
        data, is_cut = as_of_today(json.loads(text), rows.target)
        return from_json(data, self.known, stored=True), is_cut

    def _turn(self, rows: DraftRows, sequence: int, undo: bool) -> Operation:
        entry = self._entry(sequence)
        if not undo and entry["again"] is None:
            wish, _ = self._read_today(rows, entry["forward"])
            return self._do_wish(rows, sequence, wish)
        kept = entry["inverse"] if undo else entry["again"]
        operation, is_cut = self._read_today(rows, kept)
        try:
            done = operation.apply(rows, EXACT)
        except Refused as refusal:
            problems = (replace(p, operation=None) for p in refusal.problems)
            raise BrokenJournal(sequence, *problems) from refusal
        if done is None:
            if operation != NOTHING and not is_cut:
                raise BrokenJournal(sequence, Problem(say("changes-nothing")))
            done = Done(NOTHING, NOTHING)
        inverse = canonical(done.inverse.to_json())
        self._keep(sequence, {"again" if undo else "inverse": inverse})
        return done.operation

    def _do_wish(self, rows: DraftRows, sequence: int, wish: Operation) -> Operation:
        """Apply a step that was undone before a rebase: it was never done on this base.

        If it has no effect, it counts as done, so that the next one can follow.
        """
        try:
            done = wish.apply(rows, AS_ASKED) or Done(NOTHING, NOTHING)
        except Refused as refusal:
            problems = (replace(p, operation=None) for p in refusal.problems)
            raise CannotRedo(sequence, *problems) from refusal
        inverse = {"inverse": canonical(done.inverse.to_json())}
        self._keep(sequence, _forward(done.operation) | inverse)
        return done.operation

    def _keep(self, sequence: int, values: Mapping[str, Any]) -> None:
        columns = self.table.c
        self.dbsession.execute(
            sa.update(self.table)
            .where(columns.draft == self.draft, columns.sequence == sequence)
            .values(values)
        )

    def _entry(self, sequence: int) -> Mapping[str, Any]:
        columns = self.table.c
        wanted = sa.select(self.table).where(
            columns.draft == self.draft, columns.sequence == sequence
        )
        return dict(self.dbsession.execute(wanted).mappings().one())

    def entries(
        self,
        position: int,
        after: str | None = None,
        limit: int = 50,
        newest_first: bool = False,
    ) -> Listing[Entry]:
        """List the entries; those up to `position` are applied."""
        column = self.table.c.sequence
        wanted = sa.select(self.table).where(self.table.c.draft == self.draft)
        start = read_number(after)
        if start is not None:
            wanted = wanted.where(column < start if newest_first else column > start)
        wanted = wanted.order_by(column.desc() if newest_first else column)
        records = self.dbsession.execute(wanted.limit(limit + 1)).mappings().all()
        items = [_entry_from(dict(one), position) for one in records[:limit]]
        more = len(records) > limit
        return Listing(items, write_cursor(items[-1].sequence) if more else None)


def _forward(operation: Operation) -> dict[str, Any]:
    """Return an operation as it is stored, and what the statistics count of it."""
    data = operation.to_json()
    table = operation.table_name()
    return {
        "kind": data["op"][:VALUE],
        "table_name": table and table[:VALUE],
        "forward": canonical(data),
    }


def _entry_from(record: Mapping[str, Any], position: int) -> Entry:
    return Entry(
        sequence=record["sequence"],
        done=record["sequence"] <= position,
        label=record["label"],
        operation=json.loads(record["forward"]),
        inverse=json.loads(record["inverse"]),
        at=record["at"],
    )


@cache
def _insert_statement(table: sa.Table) -> sa.Insert:
    return sa.insert(table)
