"""The tree of parts beside the rows.

It is expanded along the path to the current row and shows at most a handful of rows of
each level: its cost does not grow with the object.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from draftedit.engine.base.errors import Key
from draftedit.engine.base.keys import to_path
from draftedit.engine.reading.listing import Page
from draftedit.engine.reading.rows import Row
from draftedit.engine.schema.model import Part
from draftedit.web.pages.grid import children
from draftedit.web.pages.labels import Labels
from draftedit.web.pages.urls import Urls

ROWS = 20


class RowsReader(Protocol):
    """A reader of rows: a live object or a draft."""

    def page(self, table: str, *args: Any, **options: Any) -> Page:
        """Return a page of rows."""

    def below(self, table: str, parents: Sequence[Key]) -> list[Row]:
        """Return the rows of a table below several others."""

    def row(self, table: str, key: Any) -> Row:
        """Return one row."""

    def path(self, table: str, key: Any) -> list[Row]:
        """Return the rows above one."""


@dataclass(frozen=True)
class Branch:
    """One row in the tree, with its parts if the path leads through it.

    `takes`: the rows that are shown can be moved to it; `inline` is its label in a
    sentence.
    """

    id: str
    label: str
    inline: str
    url: str
    state: str
    takes: bool
    current: bool = False
    groups: Sequence["Group"] = ()


@dataclass(frozen=True)
class Group:
    """The rows of one part below one parent; `more` if not all are shown."""

    label: str
    url: str
    current: bool
    branches: Sequence[Branch] = field(default=())
    more: str | None = None


@dataclass(frozen=True)
class Tree:
    """Builds the groups below the root, for one place in the object."""

    source: RowsReader
    names: Labels
    places: Urls
    path: Sequence[Row]
    part: str | None

    def groups(self, depth: int = 0) -> list[Group]:
        """Return the groups below the row of the path at `depth`."""
        row = self.path[depth]
        tables = self.names.target.tables
        return [
            self._group(one, row, depth) for one in children(tables[row.table], tables)
        ]

    def _group(self, part: Part, parent: Row, depth: int) -> Group:
        url = self.places.page(part.name, parent.key)
        here = depth == len(self.path) - 1 and part.name == self.part
        label = self.names.parts(part.name)
        below = children(part, self.names.target.tables)
        if not below:
            return Group(label, url, here)
        through = self.path[depth + 1] if depth + 1 < len(self.path) else None
        if through is not None and through.table != part.name:
            through = None
        page = self._page(part, parent.key, through)
        branches = [self._branch(row, below, through, depth) for row in page.rows]
        return Group(label, url, here, branches, url if page.next else None)

    def _page(self, part: Part, parent: Key, through: Row | None) -> Page:
        page = self.source.page(part.name, parent=parent, limit=ROWS)
        if through is not None and through.key not in {row.key for row in page.rows}:
            page = self.source.page(
                part.name, parent=parent, limit=ROWS, around=through.key
            )
        self.names.know(page.rows)
        return page

    def _branch(
        self, row: Row, below: Sequence[Part], through: Row | None, depth: int
    ) -> Branch:
        branch = Branch(
            id=to_path(row.key),
            label=self.names.row(row),
            inline=self.names.inline(row),
            url=self.places.page(below[0].name, row.key),
            state=row.state,
            takes=self._takes(row),
        )
        if through is None or through.key != row.key:
            return branch
        # A single part without parts needs no heading: its rows are the row's.
        if len(below) == 1 and not children(below[0], self.names.target.tables):
            return replace(branch, current=True)
        return replace(branch, groups=self.groups(depth + 1))

    def _takes(self, row: Row) -> bool:
        """Return whether a row can become the parent of the rows shown."""
        target = self.names.target
        shown = None if self.part is None else target.tables[self.part]
        return (
            shown is not None
            and target.has_other_parents(shown)
            and shown.parent == row.table
            and row.key != self.path[-1].key
        )
