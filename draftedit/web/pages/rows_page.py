"""The rows of an object, live or of a draft, for their page.

Both are read through a `Source`; the template decides whether rows can be changed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from translationstring import TranslationStringFactory

from draftedit.engine.base.errors import Key, Unknown
from draftedit.engine.base.keys import from_path, to_path
from draftedit.engine.reading.listing import Page
from draftedit.engine.reading.rows import Row
from draftedit.engine.schema.model import Part, Target
from draftedit.web.form_values import searched
from draftedit.web.pages.grid import Cell, Grid, build, cell, children, is_shown
from draftedit.web.pages.labels import Labels
from draftedit.web.pages.layout import Link
from draftedit.web.pages.tree import Group, RowsReader, Tree
from draftedit.web.pages.urls import Urls

_ = TranslationStringFactory("draftedit")

ROWS = 50  # on a page
MOST = 500  # that may be named in a query


@dataclass(frozen=True)
class RowsQuery:
    """The rows that a request asks for; `columns` are shown even if they are empty."""

    part: str | None = None
    parent: Key | None = None
    after: str | None = None
    around: Key | None = None
    q: str = ""
    changed: bool = False
    columns: tuple[str, ...] = ()

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "RowsQuery":
        """Parse the query of a page; raise Unknown for an impossible key."""
        return cls(
            part=query.get("part") or None,
            parent=_key(query.get("parent")),
            after=query.get("after") or None,
            around=_key(query.get("around")),
            q=searched(query.get("q", "")),
            changed=query.get("filter") == "changed",
            columns=tuple(filter(None, query.get("columns", "").split(","))),
        )


def keys(text: str) -> tuple[Key, ...]:
    """Parse keys separated by slashes, which no key contains."""
    return tuple(key for one in text.split("/") if (key := _key(one)) is not None)


def _key(text: str | None) -> Key | None:
    if not text:
        return None
    try:
        return from_path(text)
    except ValueError as error:
        raise Unknown("row", text) from error


@dataclass(frozen=True)
class Fact:
    """One value of the row whose parts are shown."""

    label: str
    cell: Cell


@dataclass(frozen=True)
class ParentRow:
    """The row whose parts are shown."""

    row: Row
    id: str
    title: str
    facts: Sequence[Fact]


@dataclass(frozen=True)
class RowsPage:
    """The variables of the template of rows; `at` is the current table and row.

    `moves`: whether rows can be given another place in an "order", or only another
    "parent".
    """

    crumbs: Sequence[Link]
    tree: Sequence[Group]
    tabs: Sequence[Link]
    above: ParentRow
    action: str
    part: str | None = None
    parent: str | None = None
    part_title: str = ""
    one_title: str = ""
    grid: Grid | None = None
    moves: str | None = None
    q: str = ""
    changed: bool = False
    nothing: str = ""
    first: str | None = None
    next: str | None = None
    more: str | None = None
    at: tuple[str, str | None] | None = None
    with_column: Callable[[str], str] = field(default=str, repr=False)


@dataclass(frozen=True)
class Browser:
    """Reads the rows of one object for their page."""

    target: Target
    root: Key
    source: RowsReader
    names: Labels
    places: Urls

    def look(self, wanted: RowsQuery, drafted: bool) -> RowsPage:
        """Return what to show; raise Unknown if there is no such part or row."""
        part, path = self._where(wanted)
        self.names.know(path)
        above = self._above(path[-1])
        frame = RowsPage(
            crumbs=self._crumbs(path),
            tree=Tree(
                self.source, self.names, self.places, path, part.name if part else None
            ).groups(),
            tabs=self._tabs(path[-1], part),
            above=above,
            action=self.places.page("", None),
        )
        return frame if part is None else self._rows(frame, part, wanted, drafted)

    def _where(self, wanted: RowsQuery) -> tuple[Part | None, list[Row]]:
        """Find the part to show (None: there is only the root) and the path to it."""
        below = children(self.target.root, self.target.tables)
        if wanted.part is None or wanted.part == self.target.name:
            part = below[0] if below else None
        else:
            part = self.target.tables.get(wanted.part)
            if part is None or part.is_link:
                raise Unknown("table", wanted.part)
        root = self.source.row(self.target.name, self.root)
        if part is None or part.parent == self.target.name:
            return part, [root]
        if wanted.parent is None and wanted.around is not None:
            return part, list(self.source.path(part.name, wanted.around))
        if wanted.parent is None:
            raise Unknown("parent of", part.name)
        parent = self.source.row(str(part.parent), wanted.parent)
        return part, [*self.source.path(str(part.parent), wanted.parent), parent]

    def _above(self, row: Row) -> ParentRow:
        part = self.target.tables[row.table]
        facts = [
            Fact(self.names.field(one), cell(one, row, self.names))
            for one in part.fields.values()
            if (is_shown(part, one) and row.values.get(one.name) is not None)
            or (one.role == "value" and one.name in row.changed_fields())
        ]
        return ParentRow(row, to_path(row.key), self.names.title(row), facts)

    def _crumbs(self, path: Sequence[Row]) -> list[Link]:
        links = []
        for row in path[:-1]:
            below = children(self.target.tables[row.table], self.target.tables)
            url = self.places.page(below[0].name, row.key)
            links.append(Link(self.names.row(row), url))
        return links

    def _tabs(self, row: Row, part: Part | None) -> list[Link]:
        return [
            Link(
                self.names.parts(one.name),
                self.places.page(one.name, row.key),
                part is not None and one.name == part.name,
            )
            for one in children(self.target.tables[row.table], self.target.tables)
        ]

    def _rows(
        self, frame: RowsPage, part: Part, wanted: RowsQuery, drafted: bool
    ) -> RowsPage:
        parent = frame.above.row.key
        page = self._page(part, parent, wanted, drafted)
        keys = [row.key for row in page.rows]
        grid = build(
            part,
            page.rows,
            self.names,
            self.places,
            lambda table: self.source.below(table, keys),
            wanted.columns if drafted else None,
        )
        here = {
            "q": wanted.q,
            "filter": "changed" if wanted.changed else None,
            "columns": ",".join(wanted.columns),
        }
        first = self.places.page(part.name, parent, **here)
        following = self.places.page(part.name, parent, after=page.next, **here)
        return RowsPage(
            crumbs=frame.crumbs,
            tree=frame.tree,
            tabs=frame.tabs,
            above=frame.above,
            action=frame.action,
            part=part.name,
            parent=to_path(parent),
            part_title=self.names.parts(part.name),
            one_title=self.names.part(part.name),
            grid=grid,
            moves=self._moves(part),
            q=wanted.q,
            changed=wanted.changed,
            nothing=self._nothing(part, wanted, page),
            first=first if page.begun or wanted.after else None,
            next=following if page.next else None,
            more=self.names.translate(_("Search on")) if wanted.q else None,
            at=self._at(part, wanted, keys),
            with_column=lambda name: self.places.page(
                part.name,
                parent,
                **here | {"columns": ",".join((*grid.shown.split(","), name))},
            ),
        )

    def _moves(self, part: Part) -> str | None:
        if part.order is not None:
            return "order"
        return "parent" if self.names.target.has_other_parents(part) else None

    def _at(
        self, part: Part, wanted: RowsQuery, keys: Sequence[Key]
    ) -> tuple[str, str | None]:
        """Return the current place: the requested row, else the end of the rows."""
        if wanted.part == self.target.name:
            return self.target.name, to_path(self.root)
        seen = wanted.around or (keys[-1] if keys else None)
        return part.name, None if seen is None else to_path(seen)

    def _page(self, part: Part, parent: Key, wanted: RowsQuery, drafted: bool) -> Page:
        options: dict[str, Any] = {
            "parent": parent,
            "after": wanted.after,
            "limit": ROWS,
            "search": wanted.q or None,
        }
        if drafted:
            options |= {
                "changed": wanted.changed,
                "gone": True,
                "around": wanted.around,
            }
        return self.source.page(part.name, **options)

    def _nothing(self, part: Part, wanted: RowsQuery, page: Page) -> str:
        say = self.names.translate
        what = self.names.small(self.names.parts(part.name))
        if wanted.q and page.next:
            return say(_("Nothing found so far: there is more to search."))
        if wanted.q:
            return say(
                _("No ${rows} with “${q}” here.", mapping={"rows": what, "q": wanted.q})
            )
        if wanted.changed:
            return say(_("This draft changes no ${rows} here.", mapping={"rows": what}))
        return say(_("There are no ${rows} here yet.", mapping={"rows": what}))
