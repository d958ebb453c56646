"""What a task reads an object with: one revision of it, whatever is saved meanwhile."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.errors import Key
from draftedit.engine.keys import from_path
from draftedit.engine.listing import Query
from draftedit.engine.results import parse_key
from draftedit.engine.rows import Row
from draftedit.engine.schema import Part, Target
from draftedit.engine.tasks.base import Finding
from draftedit.engine.view import View

PAGE = 500  # rows read at once, in a transaction of their own

Reading = Callable[[], AbstractContextManager[Session]]
Report = Callable[[int, int | None], None]


@dataclass(frozen=True)
class TaskRow:
    """One row as a revision had it; `values` are Python's, as the columns give them."""

    table: str
    key: Key
    values: Mapping[str, Any]

    def finding(self, kind: str, message: str, other: Key | None = None) -> Finding:
        """Say what was found in this row, and which other row it has to do with."""
        return Finding(kind, message, self.table, self.key, other)


class RevisionReader:
    """The rows of one revision of an object: read only, page by page.

    Each page is read in a short transaction of its own, so that nothing is locked and
    nothing is kept from being cleaned up while a task works; history makes them agree.
    What plain SQL changes has no history, and is seen as it is when it is read.
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
        """Tell whether this revision has the object, or deleted it."""
        with self._reading() as dbsession:
            view = self._view(dbsession)
            return view.find(self.target.name, view.root) is not None

    def rows(self, table: str, parent: Any = None) -> Iterator[TaskRow]:
        """Yield the rows below one parent in their order, or all rows of the table.

        `parent` is a key (a tuple, or its one column). Raises Unknown for a table that
        is none of the target's.
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
        """Return how many rows the object has in a table now, to tell progress by."""
        part = self.target.tables[table]
        joined: sa.FromClause = part.live
        below = part
        while below.parent is not None:
            above = self.target.tables[below.parent]
            pairs = zip(below.parent_fields, above.key, strict=True)
            on = (below.live.c[mine] == above.live.c[its] for mine, its in pairs)
            joined = joined.join(above.live, sa.and_(*on))
            below = above
        with self._reading() as dbsession:
            root = self._view(dbsession).root
            key = below.decode(dict(zip(below.key, root, strict=True)))
            where = (below.live.c[name] == value for name, value in key.items())
            counted = sa.select(sa.func.count()).select_from(joined).where(*where)
            return int(dbsession.scalar(counted) or 0)

    def progress(self, done: int, total: int | None = None) -> None:
        """Say how far the task is; call it often, it is told to others once a second.

        It also renews the lease, and ends a run that has become pointless, by an
        exception that the task lets pass.
        """
        self._report(done, total)

    def _view(self, dbsession: Session) -> View:
        view = View(dbsession, self.target, (), as_of=self.revision)
        view.root = parse_key(self.target.root, from_path(self._root), view.dialect)
        return view


def _seen(part: Part, row: Row) -> TaskRow:
    return TaskRow(part.name, row.key, part.decode(row.values))
