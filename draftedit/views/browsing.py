"""What the pages of an object's rows show: of a live object, or of a draft.

Both read through a `Source`; whether rows can be changed is the template's business.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pyramid.i18n import TranslationStringFactory

from draftedit.engine.errors import Key, Unknown
from draftedit.engine.keys import to_path
from draftedit.engine.listing import Page
from draftedit.engine.rows import Row
from draftedit.engine.schema import Part, Target
from draftedit.views.grid import Cell, Grid, build, cell, children, is_shown
from draftedit.views.names import Names
from draftedit.views.places import Places
from draftedit.views.site import Link
from draftedit.views.tree import Group, Source, Tree
from draftedit.views.wanted import Wanted

_ = TranslationStringFactory("draftedit")

ROWS = 50


@dataclass(frozen=True)
class Fact:
    """One value of the row that one is in."""

    label: str
    cell: Cell


@dataclass(frozen=True)
class Above:
    """The row whose parts are shown."""

    row: Row
    id: str
    title: str
    facts: Sequence[Fact]


@dataclass(frozen=True)
class Look:
    """All that the template of rows needs; `at` is the table and row one is at."""

    crumbs: Sequence[Link]
    tree: Sequence[Group]
    tabs: Sequence[Link]
    above: Above
    action: str
    part: str | None = None
    parent: str | None = None
    part_title: str = ""
    one_title: str = ""
    grid: Grid | None = None
    moves: bool = False
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
    """Looks at the rows of one object."""

    target: Target
    root: Key
    source: Source
    names: Names
    places: Places

    def look(self, wanted: Wanted, drafted: bool) -> Look:
        """Return what to show; raise Unknown where there is no such part or row."""
        part, path = self._where(wanted)
        self.names.know(path)
        above = self._above(path[-1])
        frame = Look(
            crumbs=self._crumbs(path),
            tree=Tree(
                self.source, self.names, self.places, path, part.name if part else None
            ).groups(),
            tabs=self._tabs(path[-1], part),
            above=above,
            action=self.places.page("", None),
        )
        return frame if part is None else self._rows(frame, part, wanted, drafted)

    def _where(self, wanted: Wanted) -> tuple[Part | None, list[Row]]:
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

    def _above(self, row: Row) -> Above:
        part = self.target.tables[row.table]
        facts = [
            Fact(self.names.field(one), cell(one, row, self.names))
            for one in part.fields.values()
            if (is_shown(part, one) and row.values.get(one.name) is not None)
            or (one.role == "value" and one.name in row.changed_fields())
        ]
        return Above(row, to_path(row.key), self.names.title(row), facts)

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

    def _rows(self, frame: Look, part: Part, wanted: Wanted, drafted: bool) -> Look:
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
        return Look(
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
            moves=part.order is not None,
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

    def _at(
        self, part: Part, wanted: Wanted, keys: Sequence[Key]
    ) -> tuple[str, str | None]:
        """Say where one is: where one was led to, else behind all that is shown."""
        if wanted.part == self.target.name:
            return self.target.name, to_path(self.root)
        seen = wanted.around or (keys[-1] if keys else None)
        return part.name, None if seen is None else to_path(seen)

    def _page(self, part: Part, parent: Key, wanted: Wanted, drafted: bool) -> Page:
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

    def _nothing(self, part: Part, wanted: Wanted, page: Page) -> str:
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
