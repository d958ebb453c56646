"""Reader for tasks: one revision of an object, unaffected by later saves."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.base.errors import Key
from draftedit.engine.base.keys import from_path
from draftedit.engine.reading.binds import parse_key
from draftedit.engine.reading.listing import Query
from draftedit.engine.reading.rows import Row
from draftedit.engine.reading.view import View
from draftedit.engine.schema.model import Part, Target
from draftedit.engine.schema.root_join import joined_to_root
from draftedit.engine.schema.task import Finding

PAGE = 500  # rows read at once, in a transaction of their own

Reading = Callable[[], AbstractContextManager[Session]]
Report = Callable[[int, int | None], None]


@dataclass(frozen=True)
class TaskRow:
    """One row as a revision had it; `values` are Python's, as its columns return."""

    table: str
    key: Key
    values: Mapping[str, Any]

    def finding(self, kind: str, message: str, other: Key | None = None) -> Finding:
        """Return a finding about this row, and optionally another row."""
        return Finding(kind, message, self.table, self.key, other)


class RevisionReader:
    """The rows of one revision of an object: read only, page by page.

    Each page is read in a short transaction of its own, so that a working task holds no
    lock and does not delay vacuum; history makes the pages consistent. Changes by plain
    SQL have no history, and are seen as they are when read.
    """

    def __init__(
        self, reading: Reading, target: Target, root: str, revision: int, report: Report
    ) -> None:
        """Read `revision` of the object; `reading` opens a session for one page."""
        self.target = target
        self.revision = revision
        self._reading = reading
        self._root = root
        self._report = report

    def exists(self) -> bool:
        """Return whether the object exists at this revision."""
        with self._reading() as dbsession:
            view = self._view(dbsession)
            return view.find(self.target.name, view.root) is not None

    def rows(self, table: str, parent: Any = None) -> Iterator[TaskRow]:
        """Yield the rows below one parent in their order, or all rows of the table.

        `parent` is a key (a tuple, or its one column). Raises Unknown for a table that
        is not one of the target's.
        """
        query = Query(table, limit=PAGE)
        while True:
            with self._reading() as dbsession:
                view = self._view(dbsession)
                part = view.part(table)
                if parent is not None and part.parent is not None:
                    columns = parent if isinstance(parent, tuple | list) else (parent,)
                    above = view.key(view.part(part.parent), columns)
                    query = replace(query, parent=above)
                page = view.page(query)
            yield from (_seen(part, row) for row in page.rows)
            if page.next is None:
                return
            query = replace(query, after=page.next)

    def count(self, table: str) -> int:
        """Return how many rows a table of the object has now, to measure progress."""
        root = self.target.root
        rows, demands = joined_to_root(self.target, self.target.tables[table])
        with self._reading() as dbsession:
            values = self._view(dbsession).root
            key = root.decode(dict(zip(root.key, values, strict=True)))
            where = (root.live.c[name] == value for name, value in key.items())
            counted = sa.select(sa.func.count()).select_from(rows)
            counted = counted.where(*where, *demands)
            return int(dbsession.scalar(counted) or 0)

    def progress(self, done: int, total: int | None = None) -> None:
        """Report the progress of the task; call it often, it is stored once a second.

        It also renews the lease, and ends a run that has become pointless by an
        exception, which the task must not catch.
        """
        self._report(done, total)

    def _view(self, dbsession: Session) -> View:
        view = View(dbsession, self.target, (), as_of=self.revision)
        view.root = parse_key(self.target.root, from_path(self._root), view.dialect)
        return view


def _seen(part: Part, row: Row) -> TaskRow:
    return TaskRow(part.name, row.key, part.decode(row.values))
