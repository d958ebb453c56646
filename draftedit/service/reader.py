"""Read a draft, open or closed: its pages, changes and journal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from draftedit.engine.base.errors import Incoming, Key, Problem
from draftedit.engine.base.keys import from_path
from draftedit.engine.base.paging import Listing
from draftedit.engine.draft import changes, compat
from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.draft.notes import StoredNotes, read_notes
from draftedit.engine.journal.journal import Entry, Journal
from draftedit.engine.operations import Operation
from draftedit.engine.reading import children_of, tree
from draftedit.engine.reading.change import Change
from draftedit.engine.reading.listing import Page, Query
from draftedit.engine.reading.live import read_rows
from draftedit.engine.reading.object_visibility import in_sight
from draftedit.engine.reading.reference_choices import Choice, choices, row_label
from draftedit.engine.reading.revisions_since import RowId, incoming
from draftedit.engine.reading.rows import Row
from draftedit.engine.schema.model import Target
from draftedit.engine.schema.tables import Tables
from draftedit.engine.store import draft_records
from draftedit.engine.store.draft_records import DraftRecord
from draftedit.service.object_info import OpenDraft, who_has_open
from draftedit.service.results import DraftInfo


class ReadableDraft:
    """The readable side of one draft, in one transaction."""

    def __init__(
        self,
        dbsession: Session,
        tables: Tables,
        target: Target,
        operations: Mapping[str, type[Operation]],
        record: DraftRecord,
    ) -> None:
        """Read the draft of `record`."""
        self.dbsession = dbsession
        self.target = target
        self.operations = operations
        self._tables = tables
        dialect = dbsession.get_bind().dialect.name
        self.root = root_key(target, record.root, dialect)
        self._journal = Journal(dbsession, tables, record.key, operations)
        self._use(record)

    def _use(self, record: DraftRecord) -> None:
        """Continue with the draft as `record` has it, on its base."""
        self._record = record
        self._rows = self._rows_of(record)

    def _rows_of(self, record: DraftRecord) -> DraftRows:
        """Open the rows of the draft on a base, with nothing read or written yet.

        What is tried on them and rolled back leaves no trace in `_rows`.
        """
        return DraftRows(
            self.dbsession,
            self.target,
            self.root,
            record.key,
            record.last_key,
            record.base,
        )

    @property
    def key(self) -> int:
        """Return the draft's key."""
        return self._record.key

    @property
    def version(self) -> int:
        """Return the draft's version, without a statement, unlike `info`."""
        return self._record.version

    @property
    def info(self) -> DraftInfo:
        """Return the draft's current information."""
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
            behind=self.behind,
            revision=record.revision,
        )

    @property
    def behind(self) -> int:
        """Return how many revisions live is ahead of the base; 0 for a closed draft."""
        if not self.is_open:
            return 0
        current = self._record.current
        if current is None:
            place = self._record.target, self._record.root
            current = draft_records.current_revision(
                self.dbsession, self._tables, *place, exists=False
            )
            self._record = replace(self._record, current=current)
        return max(0, current - self._record.base)

    @property
    def is_open(self) -> bool:
        """Return whether the draft can still be changed."""
        return self._record.state == draft_records.OPEN

    @property
    def label(self) -> str:
        """Return the object's label in this draft."""
        row = self._rows.find(self.target.name, self.root)
        return row_label(self.target.root, row.values) if row else self._record.root

    @property
    def object_in_sight(self) -> bool:
        """Return whether `visible=` shows the object to the current user."""
        root = self.saved_root or self.root
        return in_sight(self.dbsession, self.target, root, self._record.key)

    @property
    def saved_root(self) -> Key | None:
        """Return the real key of an object that this draft's save has created."""
        real = self._record.key_map.get(self.target.name, {})
        return real.get(self._record.root)

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

        Without `parent` the whole tree, in its order; `around`: the page with this row
        in its middle. Raises Unknown, or Refused for a bad cursor.
        """
        part = self._rows.part(table)
        above = None
        if parent is not None and part.parent is not None:
            above = self._rows.key(self._rows.part(part.parent), parent)
        query = Query(table, above, after, limit, search or None, changed, gone)
        if around is not None:
            key = self._rows.key(part, around)
            query = tree.around(self._rows, part, query, key)
        return replace(self._rows.page(query), begun=query.after is not None)

    def below(self, table: str, parents: Sequence[Key]) -> list[Row]:
        """Return all rows of a table below several rows of its parent's table."""
        return list(children_of.below(self._rows, self._rows.part(table), parents))

    def row(self, table: str, key: Sequence[Any]) -> Row:
        """Return one row, deleted or not; raise Unknown."""
        return self._rows.row_named(table, key)

    def path(self, table: str, key: Sequence[Any]) -> list[Row]:
        """Return the rows above one row, the root first; raise Unknown."""
        return self._rows.ancestors(self.row(table, key))

    def in_sight(self, row: Row) -> bool:
        """Return whether neither the row nor one above it is deleted."""
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

    def others(self) -> list[OpenDraft]:
        """Return the other drafts that are open on the object, with their owners.

        Costs one statement if there are none, otherwise two.
        """
        row = self._rows.find(self.target.name, self.root)
        if self._record.base == 0 and (row is None or row.is_new):
            return []  # only this draft has the object and knows its key
        found = who_has_open(self._tables, self.dbsession, self.target, self.root)
        return [one for one in found if one.key != self._record.key]

    def incoming(
        self, newest: int | None = None, base: int | None = None
    ) -> list[Incoming]:
        """Return the revisions that others have saved since the base, the oldest first.

        `newest`: only so many, the last ones; `base`: since that revision instead.
        """
        since = self._record.base if base is None else base
        place = self._record.target, self._record.root
        return incoming(self.dbsession, self._tables, *place, since, newest)

    def live_values(self, rows: Iterable[RowId]) -> dict[RowId, dict[str, Any]]:
        """Return the live values of rows of the draft; rows not live are missing.

        Costs a few statements for each table, however many rows are requested.
        """
        wanted: dict[str, list[Key]] = {}
        for table, key in rows:
            wanted.setdefault(table, []).append(key)
        return {
            (table, key): values
            for table, keys in wanted.items()
            for key, values in read_rows(
                self.dbsession, self._rows.part(table), keys
            ).items()
        }

    def journal(
        self, after: str | None = None, limit: int = 50, newest_first: bool = False
    ) -> Listing[Entry]:
        """List the journal's entries, including undone ones."""
        return self._journal.entries(self._record.position, after, limit, newest_first)

    def choices(
        self, table: str, field: str, q: str | None = None, limit: int = 50
    ) -> list[Choice]:
        """Return the values a reference may have within the draft; raise Unknown."""
        return choices(self._rows, self._rows.part(table), field, q, limit)

    def notes(self) -> StoredNotes:
        """Collect the host's notes for a `check`, without running the slow ones.

        Slow notes are run by `StoredNotes.ask`, which needs no transaction: end this
        one first, so that its locks block nobody.
        """
        return read_notes(self._rows_of(self._record))

    def misfits(self) -> list[Problem]:
        """Return the values that no longer fit since a migration changed columns."""
        if self._record.fingerprint == self.target.fingerprint:
            return []
        return compat.misfits(self._rows, self._tables)


def root_key(target: Target, path: str, dialect: str) -> Key:
    """Parse the key of an object into the types of the tables."""
    part = target.root
    return tuple(
        part.fields[name].codec.parse(text, dialect)
        for name, text in zip(part.key, from_path(path), strict=True)
    )
