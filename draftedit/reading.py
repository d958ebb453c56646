"""A draft as it can be read, open or closed: its pages, its changes, its journal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from draftedit.engine import below, changes, fit, records, tree
from draftedit.engine.changes import Change
from draftedit.engine.choices import Choice, choices, row_label
from draftedit.engine.draft_rows import DraftRows
from draftedit.engine.errors import Key, Problem
from draftedit.engine.foreign import Incoming, RowId, incoming
from draftedit.engine.journal import Entry, Journal
from draftedit.engine.keys import from_path
from draftedit.engine.listing import Listing, Page, Query
from draftedit.engine.operations import Operation
from draftedit.engine.records import DraftRecord
from draftedit.engine.rows import Row
from draftedit.engine.saving.live import read_rows
from draftedit.engine.schema import Target
from draftedit.engine.tables import Tables
from draftedit.object_records import OpenDraft, who_has_open
from draftedit.outcomes import DraftInfo


class ReadableDraft:
    """What can be read of one draft, in one transaction."""

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
        dialect = dbsession.get_bind().dialect.name
        self.root = root_key(target, record.root, dialect)
        self._journal = Journal(dbsession, tables, record.key, operations)
        self._take_up(record)

    def _take_up(self, record: DraftRecord) -> None:
        """Go on with the draft as `record` has it, on its base."""
        self._record = record
        self._rows = DraftRows(
            self.dbsession,
            self.target,
            self.root,
            record.key,
            record.last_key,
            record.base,
        )

    @property
    def key(self) -> int:
        """The draft's key."""
        return self._record.key

    @property
    def version(self) -> int:
        """The draft's version: told without reading a row, as `info` does."""
        return self._record.version

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
            behind=self.behind,
            revision=record.revision,
        )

    @property
    def behind(self) -> int:
        """How many revisions live is ahead of the draft's base; 0 once it is closed."""
        if not self.is_open:
            return 0
        current = self._record.current
        if current is None:
            place = self._record.target, self._record.root
            current = records.current_revision(
                self.dbsession, self._tables, *place, exists=False
            )
            self._record = replace(self._record, current=current)
        return max(0, current - self._record.base)

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
        return replace(self._rows.page(query), begun=query.after is not None)

    def below(self, table: str, parents: Sequence[Key]) -> list[Row]:
        """Return all rows of a table below several rows of its parent's table."""
        return list(below.below(self._rows, self._rows.part(table), parents))

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

    def others(self) -> list[OpenDraft]:
        """Tell which other drafts are open on the object, and whose they are.

        Costs one statement for who is alone, and two for who is not.
        """
        row = self._rows.find(self.target.name, self.root)
        if self._record.base == 0 and (row is None or row.is_new):
            return []  # an object that only this draft has; its key is nobody else's
        found = who_has_open(self._tables, self.dbsession, self.target, self.root)
        return [one for one in found if one.key != self._record.key]

    def incoming(
        self, newest: int | None = None, base: int | None = None
    ) -> list[Incoming]:
        """Return what others have saved since the draft's base, the oldest first.

        `newest`: only so many, the last; `base`: since that revision instead.
        """
        since = self._record.base if base is None else base
        place = self._record.target, self._record.root
        return incoming(self.dbsession, self._tables, *place, since, newest)

    def live_values(self, rows: Iterable[RowId]) -> dict[RowId, dict[str, Any]]:
        """Return what rows of the draft are live now; those that are not are missing.

        Costs a few statements for each table, however many rows are asked for.
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


def root_key(target: Target, path: str, dialect: str) -> Key:
    """Read the key of an object as the tables have it."""
    part = target.root
    return tuple(
        part.fields[name].codec.parse(text, dialect)
        for name, text in zip(part.key, from_path(path), strict=True)
    )
