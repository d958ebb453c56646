"""The verbs of an editing session: open apply undo redo save cancel, and its pages.

Web code, commands and a host's own code all come through here. Nothing commits: the
caller's transaction is the unit of work.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from draftedit.engine import changes, fit, records, saving, tree
from draftedit.engine.changes import Change
from draftedit.engine.choices import Choice, choices, row_label
from draftedit.engine.draft_rows import DraftRows
from draftedit.engine.errors import (
    BaseMoved,
    DoesNotFit,
    Key,
    NotOpen,
    NotThatMany,
    Problem,
    Refused,
    StaleVersion,
)
from draftedit.engine.journal import Entry, Journal
from draftedit.engine.keys import from_path, to_list
from draftedit.engine.listing import Listing, Page, Query
from draftedit.engine.operations import Batch, Operation
from draftedit.engine.records import DraftRecord
from draftedit.engine.rows import Row
from draftedit.engine.saving import Saved
from draftedit.engine.schema import Target
from draftedit.engine.tables import Tables


@dataclass(frozen=True)
class DraftInfo:
    """What can be told of a draft; times are UTC, keys are encoded.

    `root` is the object's key, draft-made for a new object that is not saved yet;
    `behind`: by how many revisions live is ahead of `base`; `revision`: the one that
    this draft's save made.
    """

    key: int
    target: str
    root: Key
    label: str
    base: int
    state: str
    closed_because: str | None
    version: int
    undo: int
    redo: int
    owner: str
    opened_at: datetime.datetime
    changed_at: datetime.datetime
    closed_at: datetime.datetime | None
    behind: int
    revision: int | None


@dataclass(frozen=True)
class Outcome:
    """What an operation did; `sequence` and `operation` are None where nothing."""

    version: int
    undo: int
    redo: int
    sequence: int | None
    operation: Operation | None
    inverse: Operation | None
    rows: list[Row]


@dataclass(frozen=True)
class Moved:
    """What undo or redo did: the operations applied, in order, and the touched rows."""

    version: int
    undo: int
    redo: int
    operations: list[Operation]
    rows: list[Row]


class EditSession:
    """One draft in one transaction. `Drafts.open` and `Drafts.resume` make it."""

    def __init__(
        self,
        dbsession: Session,
        tables: Tables,
        target: Target,
        operations: Mapping[str, type[Operation]],
        record: DraftRecord,
    ) -> None:
        """Take up the draft `record`."""
        self.dbsession = dbsession
        self.target = target
        self.operations = operations
        self._tables = tables
        self._record = record
        dialect = dbsession.get_bind().dialect.name
        self.root = root_key(target, record.root, dialect)
        self._rows = DraftRows(
            dbsession, target, self.root, record.key, record.last_key, record.base
        )
        self._journal = Journal(dbsession, tables, record.key, operations)

    @property
    def info(self) -> DraftInfo:
        """What can be told of the draft now."""
        record = self._record
        return DraftInfo(
            key=record.key,
            target=record.target,
            root=self.saved_root or self.root,
            label=self.label,
            base=record.base,
            state=record.state,
            closed_because=record.closed_because,
            version=record.version,
            undo=record.position,
            redo=record.length - record.position,
            owner=record.owner,
            opened_at=record.opened_at,
            changed_at=record.changed_at,
            closed_at=record.closed_at,
            behind=max(0, record.current - record.base) if self.is_open else 0,
            revision=record.revision,
        )

    @property
    def is_open(self) -> bool:
        """Tell whether the draft can still be changed."""
        return self._record.state == records.OPEN

    @property
    def label(self) -> str:
        """What the object is called, as this draft has it."""
        row = self._rows.find(self.target.name, self.root)
        return row_label(self.target.root, row.values) if row else self._record.root

    @property
    def saved_root(self) -> Key | None:
        """The real key of an object that this draft has made; None before."""
        real = self._record.key_map.get(self.target.name, {})
        return real.get(self._record.root)

    def require_open(self) -> None:
        """Raise NotOpen for a draft that is saved or cancelled."""
        if not self.is_open:
            raise NotOpen(self._record.state)

    def expect(self, version: int) -> None:
        """Raise StaleVersion unless the draft is at `version`."""
        if version != self._record.version:
            raise StaleVersion(version, self._record.version)

    # The verbs

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

    # Reading

    def page(
        self,
        table: str,
        parent: Sequence[Any] | None = None,
        after: str | None = None,
        limit: int = 50,
        search: str | None = None,
        changed: bool = False,
        gone: bool = False,
        around: Sequence[Any] | None = None,
    ) -> Page:
        """Return a page of rows as the draft has them.

        Without `parent` the whole tree, in its order; `around`: the page that has
        this row in its middle. Raises Unknown, or Refused for a bad cursor.
        """
        part = self._rows.part(table)
        above = None
        if parent is not None and part.parent is not None:
            above = self._rows.key(self._rows.part(part.parent), parent)
        query = Query(table, above, after, limit, search or None, changed, gone)
        if around is not None:
            key = self._rows.key(part, around)
            query = tree.around(self._rows, part, query, key)
        return self._rows.page(query)

    def row(self, table: str, key: Sequence[Any]) -> Row:
        """Return one row, gone or not; raise Unknown."""
        return self._rows.row(table, self._rows.key(self._rows.part(table), key))

    def path(self, table: str, key: Sequence[Any]) -> list[Row]:
        """Return the rows above one row, the root first; raise Unknown."""
        return self._rows.ancestors(self.row(table, key))

    def in_sight(self, row: Row) -> bool:
        """Tell whether neither the row nor one above it is gone."""
        return self._rows.in_sight(row)

    def changes(self) -> list[Change]:
        """Return the net changes: what save would write."""
        return changes.changes(self._rows)

    def touched(self) -> dict[str, int]:
        """Return how many rows of each table the draft changes."""
        counts = dict.fromkeys(self.target.tables, 0)
        for change in self.changes():
            counts[change.table] += 1
        return counts

    def journal(
        self, after: str | None = None, limit: int = 50, newest_first: bool = False
    ) -> Listing[Entry]:
        """List the journal's entries, those undone among them."""
        return self._journal.entries(self._record.position, after, limit, newest_first)

    def choices(
        self, table: str, field: str, q: str | None = None, limit: int = 50
    ) -> list[Choice]:
        """Return what a reference may point to, within the draft; raise Unknown."""
        return choices(self._rows, self._rows.part(table), field, q, limit)

    def misfits(self) -> list[Problem]:
        """Return the values that no longer fit after a migration changed columns."""
        if self._record.fingerprint == self.target.fingerprint:
            return []
        return fit.misfits(self._rows, self._tables)

    def export(self) -> dict[str, Any]:
        """Return the whole draft as JSON: what it is, its changes, its journal."""
        info = self.info
        journal = self.journal(limit=max(1, self._record.length)).items
        return {
            "draft": {
                "key": info.key,
                "target": info.target,
                "id": to_list(info.root),
                "label": info.label,
                "base": info.base,
                "state": info.state,
                "owner": info.owner,
                "opened_at": info.opened_at.isoformat(),
                "changed_at": info.changed_at.isoformat(),
            },
            "changes": [_change_json(change) for change in self.changes()],
            "journal": [
                {
                    "sequence": entry.sequence,
                    "done": entry.done,
                    "label": entry.label,
                    "at": entry.at.isoformat(),
                    "operation": entry.operation,
                }
                for entry in journal
            ],
        }


def _change_json(change: Change) -> dict[str, Any]:
    sides = {
        name: {"draft": draft}
        if base is changes.MISSING
        else {"base": base, "draft": draft}
        for name, (base, draft) in change.fields.items()
    }
    return {
        "table": change.table,
        "id": to_list(change.key),
        "kind": change.kind,
        "fields": sides,
    }


def root_key(target: Target, path: str, dialect: str) -> Key:
    """Read the key of an object as the tables have it."""
    part = target.root
    return tuple(
        part.fields[name].codec.parse(text, dialect)
        for name, text in zip(part.key, from_path(path), strict=True)
    )


def refuse_new(message: str) -> Refused:
    """Make the refusal to open a draft of a new object."""
    return Refused(Problem(message))
