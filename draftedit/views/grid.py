"""A page of rows as a table: columns, cells, what the draft changed in them."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from draftedit.engine.keys import to_path
from draftedit.engine.rows import Row
from draftedit.engine.schema import Field, Part
from draftedit.form_values import spell
from draftedit.views import columns
from draftedit.views.columns import Chip, Column, is_shown, naming_field
from draftedit.views.names import Names
from draftedit.views.places import Places
from draftedit.views.showing import Shown

__all__ = ["Cell", "Grid", "Line", "build", "cell", "children", "is_moved", "is_shown"]

FEW = 4  # rows, below which a column is shown although all say the same

Linked = Callable[[str], Sequence[Row]]


@dataclass(frozen=True)
class Cell:
    """One value; `was` is what it was before the draft changed it.

    `typed` is what a form has for it, where that is not the text shown.
    """

    shown: Shown
    was: Shown | None = None
    typed: str | None = None


@dataclass(frozen=True)
class Line:
    """One row of the table; `short` names it below a heading that says what it is,
    `told` inside a sentence.

    `cells` are values, or the links of a row. `opens` leads to what hangs below,
    `form` to its form. `typed` is what a form has for the name, if that is one field.
    """

    row: Row
    id: str
    name: str
    short: str
    told: str
    was: str | None
    cells: Sequence[Cell | Sequence[Chip]]
    moved: bool
    opens: str | None
    form: str | None
    typed: str | None = None


@dataclass(frozen=True)
class Grid:
    """A table; `left_out` are the columns in which no row shown has anything, and
    `alike` tells those in which all have the same.
    """

    part: Part
    columns: Sequence[Column]
    lines: Sequence[Line]
    left_out: Sequence[Column]
    alike: Sequence[tuple[str, Shown]]

    @property
    def switches(self) -> list[Column]:
        """The columns that say yes or no."""
        shown = (*self.columns, *self.left_out)
        return [one for one in shown if one.is_switch]

    @property
    def named_by(self) -> str | None:
        """The field that names the rows in their first column, if it can be set."""
        by = naming_field(self.part)
        return None if by is None else by.name

    @property
    def shown(self) -> str:
        """The names of the columns, as a query asks for them."""
        return ",".join(one.name for one in self.columns)


def build(
    part: Part,
    rows: Sequence[Row],
    names: Names,
    places: Places,
    linked: Linked,
    asked: Collection[str] | None = None,
) -> Grid:
    """Make the table of a page of rows.

    `linked` reads the links of these rows in an association table. `asked`: columns
    to show in any case, and whatever else has a value; None: the live table, where
    what is the same in all rows is told below it.
    """
    names.know(rows)
    links = {
        one.name: columns.chips(one, part, linked(one.name), names)
        for one in columns.of_links(part, names)
    }
    every = [*columns.of_fields(part, names), *columns.of_links(part, names)]
    wanted = {one.name for one in every if _is_used(one, rows, links)} | {
        *(asked or ())
    }
    used = [one for one in every if one.name in wanted]
    alike = [one for one in used if asked is None and _is_alike(one, rows)]
    shown = [one for one in used if one not in alike]
    return Grid(
        part=part,
        columns=shown,
        lines=[_line(part, row, shown, names, places, links) for row in rows],
        left_out=[one for one in every if one not in used and rows],
        alike=[
            (one.label, names.value(one.field, rows[0].values.get(one.name)))
            for one in alike
        ],
    )


def children(part: Part, tables: dict[str, Part]) -> list[Part]:
    """Return the parts that hang below, links aside: those belong to a row's form."""
    return [tables[name] for name in part.children if not tables[name].is_link]


def cell(one: Field, row: Row, names: Names) -> Cell:
    """Show one value of a row, with what it was."""
    changed: dict[str, tuple[Any, Any]] = row.changed_fields()
    was = names.value(one, changed[one.name][0]) if one.name in changed else None
    value = row.values.get(one.name)
    shown, typed = names.value(one, value), spell(one, value)
    is_apart = value is not None and typed != shown.text
    return Cell(shown, was, typed if is_apart else None)


def is_moved(part: Part, row: Row) -> bool:
    """Tell whether its place or its parent is all that the draft changed of a row."""
    roles = {part.fields[name].role for name in row.changed_fields()}
    return row.state == "changed" and roles <= {"order", "parent"}


def _line(
    part: Part,
    row: Row,
    shown: Sequence[Column],
    names: Names,
    places: Places,
    links: dict[str, Any],
) -> Line:
    below = children(part, names.target.tables)
    by = naming_field(part)
    return Line(
        row=row,
        id=to_path(row.key),
        name=names.row(row),
        short=names.short(row),
        told=names.told(row),
        was=names.former(row),
        cells=[
            links[one.name].get(row.key, [])
            if one.link
            else cell(one.field, row, names)
            for one in shown
        ],
        moved=is_moved(part, row),
        opens=places.page(below[0].name, row.key) if below else None,
        form=places.row(row.table, row.key),
        typed=None if by is None else spell(by, row.values.get(by.name)),
    )


def _is_alike(one: Column, rows: Sequence[Row]) -> bool:
    """Tell whether a column would show one and the same value, and no change of it."""
    first = rows[0].values.get(one.name)
    return (
        one.link is None
        and len(rows) >= FEW
        and all(
            row.values.get(one.name) == first and one.name not in row.changed_fields()
            for row in rows
        )
    )


def _is_used(one: Column, rows: Sequence[Row], links: dict[str, Any]) -> bool:
    """Tell whether there is something to show: a value, or one that was."""
    if one.link:
        return bool(links[one.name])
    return any(
        value not in (None, "", [], {})
        for row in rows
        for value in (row.values.get(one.name), (row.origin or {}).get(one.name))
    )
