"""A view of one object: live, as a revision had it, or as a draft has it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from draftedit.engine.base.errors import Key, Unknown
from draftedit.engine.base.keys import to_path
from draftedit.engine.base.paging import BadCursor, write_cursor
from draftedit.engine.base.sql import records, run
from draftedit.engine.reading import tree
from draftedit.engine.reading.binds import cut, parent_binds, parse_key, position_binds
from draftedit.engine.reading.listing import Page, Position, Query, read_position
from draftedit.engine.reading.rows import Readable, Row, row_from
from draftedit.engine.reading.statements import (
    ABSENT,
    SCANNED,
    key_binds,
    page_statement,
    row_statement,
    search_pattern,
)
from draftedit.engine.reading.union_branches import PageSpec
from draftedit.engine.schema.model import Part, Target


class View:
    """The rows of one object: as a revision had them, or live; or as a draft has them.

    Rows are cached for one request: the walk from a row up to the root reads each
    ancestor once.
    """

    def __init__(
        self,
        dbsession: Session,
        target: Target,
        root: Key,
        draft: int | None = None,
        as_of: int | None = None,
        until: int | None = None,
    ) -> None:
        """View the object `root` (an encoded key) of `target`.

        `draft`: with the rows of that draft over it. `as_of`: as it was at that
        revision; None: as it is now. `until`: the revision that deleted it later.
        """
        self.dbsession = dbsession
        self.target = target
        self.root = root
        self.draft = draft
        self.as_of = as_of
        self.until = until
        self.dialect = dbsession.get_bind().dialect.name
        self.known: dict[tuple[str, Key], Row | None] = {}

    def part(self, table: str) -> Part:
        """Return the part of that name; raise Unknown."""
        try:
            return self.target.tables[table]
        except (KeyError, TypeError):
            raise Unknown("table", table) from None

    def key(self, part: Part, raw: Sequence[Any]) -> Key:
        """Parse a key from a path or JSON into its encoded form."""
        return parse_key(part, raw, self.dialect)

    def find(self, table: str, key: Key) -> Row | None:
        """Return the row of that key, deleted or not, of any object; or None."""
        if (table, key) not in self.known:
            self.known[table, key] = self._read(self.part(table), key)
        row = self.known[table, key]
        if row is not None and row.key != key:
            # The database treats "TEA" and "tea" as one key: so do we.
            return self.find(table, row.key)
        return row

    def _read(self, part: Part, key: Key) -> Row | None:
        shape = self.draft is not None, self.as_of is not None, self.until is not None
        statement = row_statement(part, *shape)
        binds = key_binds(part, key) | self.binds()
        found = run(self.dbsession, statement, binds)
        with Readable(part, key):
            record = found.mappings().first()
            if record is None or record[ABSENT]:
                return None
            return row_from(part, dict(record))

    def binds(self) -> dict[str, Any]:
        """Return the parameters of every statement of this view."""
        binds: dict[str, Any] = {}
        if self.draft is not None:
            binds["draft"] = self.draft
        if self.as_of is not None:
            binds |= {"as_of": self.as_of, "history_root": to_path(self.root)}
        if self.until is not None:
            binds["until"] = self.until
        return binds

    def parent_of(self, row: Row) -> Row | None:
        """Return the row's parent; None for the root."""
        part = self.target.tables[row.table]
        if part.parent is None:
            return None
        return self.find(part.parent, part.parent_key_of(row.values))

    def ancestors(self, row: Row) -> list[Row]:
        """Return the rows above, the root first; raise Unknown outside this object."""
        above: list[Row] = []
        top: Row | None = row
        while top is not None and top.table != self.target.name:
            top = self.parent_of(top)
            if top is not None:
                above.append(top)
        if top is None or top.key != self.root:
            raise Unknown(row.table, list(row.key))
        return above[::-1]

    def belongs(self, row: Row) -> bool:
        """Return whether the row belongs to this object."""
        try:
            self.ancestors(row)
        except Unknown:
            return False
        return True

    def row(self, table: str, key: Key) -> Row:
        """Return a row of this object, deleted or not; raise Unknown."""
        row = self.find(table, key)
        if row is None:
            raise Unknown(table, list(key))
        self.ancestors(row)
        return row

    def row_named(self, table: str, key: Sequence[Any]) -> Row:
        """Return the row of a key as a caller spells it; raise Unknown."""
        return self.row(table, self.key(self.part(table), key))

    def hidden(self, row: Row) -> bool:
        """Return whether a row above it is deleted, as far as those can be found."""
        above = self.parent_of(row)
        while above is not None:
            if above.gone:
                return True
            above = self.parent_of(above)
        return False

    def in_sight(self, row: Row) -> bool:
        """Return whether neither the row nor one above it is deleted."""
        return not row.gone and not any(above.gone for above in self.ancestors(row))

    def page(self, query: Query) -> Page:
        """Return one page of rows. Raises Unknown for a parent outside the object."""
        part = self.part(query.table)
        if part.parent is None:
            return self._root_page(query)
        if query.changed and query.parent is None:
            return self._touched_page(part, query)
        if query.parent is None:
            return tree.page(self, part, query)
        parent = self.row(part.parent, query.parent)
        after = read_position(part, query.after, self.dialect)
        hidden = not self.in_sight(parent)
        if hidden and not query.gone:
            return Page([], None)
        rows, end = self.listed(part, query, parent.key, after)
        shown = [replace(row, hidden=hidden) for row in rows]
        return Page(shown, write_cursor(end))

    def _root_page(self, query: Query) -> Page:
        if query.after is not None:
            raise BadCursor  # the root has only one page
        row = self.find(self.target.name, self.root)
        if row is None or (row.gone and not query.gone):
            return Page([], None)
        left_out = query.changed and row.state == "same"
        return Page([] if left_out else [row], None)

    def _touched_page(self, part: Part, query: Query) -> Page:
        """List what the draft touched in a part, below any parent."""
        after = read_position(part, query.after, self.dialect)
        rows, end = self.listed(part, query, None, after)
        shown = [replace(row, hidden=self.hidden(row)) for row in rows]
        here = [row for row in shown if query.gone or row.state != "gone"]
        return Page(here, write_cursor(end))

    def listed(
        self, part: Part, query: Query, parent: Key | None, after: Position | None
    ) -> tuple[list[Row], Position | None]:
        """Return the rows of one parent, and the position to continue from, if any."""
        rows: list[Row] = []
        while True:
            limit = query.limit - len(rows)
            batch, after = self.fetch(part, query, parent, after, limit)
            rows += [r for r in batch if not query.changed or r.state != "same"]
            # A search returns after a bounded scan, however little it found.
            if after is None or query.search or len(rows) == query.limit:
                return rows, after

    @property
    def spec(self) -> PageSpec:
        """Return the shape of a statement that reads what the view shows."""
        return PageSpec(
            dialect=self.dialect,
            drafted=self.draft is not None,
            as_of=self.as_of is not None,
            ended=self.until is not None,
        )

    def fetch(
        self,
        part: Part,
        query: Query,
        parent: Key | None,
        after: Position | None,
        limit: int,
        **shape: Any,
    ) -> tuple[list[Row], Position | None]:
        """Run one page statement; return its rows, and where there may be more."""
        asked = replace(
            self.spec,
            live=not query.changed,
            parent=parent is not None,
            after=after is not None,
            gone="shown" if query.gone else "hidden",
            search=bool(query.search),
        )
        binds: dict[str, Any] = {"limit": limit + 1, **self.binds()}
        if parent is not None:
            binds |= parent_binds(part, parent)
        if after is not None:
            binds |= position_binds(part, after)
        if query.search:
            binds |= {"search": search_pattern(query.search), "scan": SCANNED}
        statement = page_statement(part, replace(asked, **shape))
        found = run(self.dbsession, statement, binds)
        with Readable(part):
            return cut(part, list(records(found)), limit)
