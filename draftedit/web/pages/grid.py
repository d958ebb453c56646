"""A page of rows as a table: columns, cells, and the draft's changes in them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from draftedit.engine.base.keys import to_path
from draftedit.engine.reading.rows import Row
from draftedit.engine.schema.model import Field, Part
from draftedit.engine.values.presentation import Control
from draftedit.web.form_values import spell
from draftedit.web.pages.formatting import FormattedValue
from draftedit.web.pages.labels import Labels, naming
from draftedit.web.pages.urls import Urls

FEW = 4  # rows, below which a column is shown even if all its values are the same

Linked = Callable[[str], Sequence[Row]]


@dataclass(frozen=True)
class GridColumn:
    """One column: a field, or the reference of an association table called `link`."""

    name: str
    label: str
    field: Field
    link: str | None = None

    @property
    def is_switch(self) -> bool:
        """Return whether it is a boolean, and may be set."""
        return self.field.settable and self.field.codec.control is Control.SWITCH


@dataclass(frozen=True)
class Chip:
    """One link of a row, shown in its cell."""

    id: str
    label: str
    state: str


@dataclass(frozen=True)
class Cell:
    """One value; `was` is the value before the draft changed it.

    `typed` is the value in a form, if that differs from the text shown.
    """

    shown: FormattedValue
    was: FormattedValue | None = None
    typed: str | None = None


@dataclass(frozen=True)
class GridRow:
    """One row of the table.

    `short` is its name below a heading with its kind, `inline` its name in a sentence.
    `cells` are values, or the links of a row. `opens` is the address of its parts,
    `form` that of its form. `typed` is the value of its name in a form, if that is one
    field.
    """

    row: Row
    id: str
    name: str
    short: str
    inline: str
    was: str | None
    cells: Sequence[Cell | Sequence[Chip]]
    moved: bool
    opens: str | None
    form: str | None
    typed: str | None = None


@dataclass(frozen=True)
class Grid:
    """A table of rows.

    `left_out` are the columns in which no row shown has a value, and `alike` those in
    which all have the same.
    """

    part: Part
    columns: Sequence[GridColumn]
    lines: Sequence[GridRow]
    left_out: Sequence[GridColumn]
    alike: Sequence[tuple[str, FormattedValue]]

    @property
    def switches(self) -> list[GridColumn]:
        """Return the boolean columns."""
        shown = (*self.columns, *self.left_out)
        return [one for one in shown if one.is_switch]

    @property
    def named_by(self) -> str | None:
        """Return the field that names rows in the first column, if it can be set."""
        by = naming_field(self.part)
        return None if by is None else by.name

    @property
    def shown(self) -> str:
        """Return the names of the columns in the form of a query."""
        return ",".join(one.name for one in self.columns)


def build(
    part: Part,
    rows: Sequence[Row],
    names: Labels,
    places: Urls,
    linked: Linked,
    asked: Collection[str] | None = None,
) -> Grid:
    """Build the table of a page of rows.

    `linked` reads the links of these rows in an association table. `asked`: columns to
    show in any case, and whatever else has a value; None: the live table, which lists
    columns with the same value in all rows below it.
    """
    names.know(rows)
    links = {
        one.name: chips(one, linked(one.name), names) for one in of_links(part, names)
    }
    every = [*of_fields(part, names), *of_links(part, names)]
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


def is_shown(part: Part, one: Field) -> bool:
    """Return whether pages show the field as a column.

    They show the name, the place and the parent in other ways, and leave out a value
    that a condition of the relationship makes the same for every row.
    """
    is_known = one.generated or one.is_fixed or one.name in naming(part)
    return one.role in ("value", "key") and not is_known


def of_fields(part: Part, names: Labels) -> list[GridColumn]:
    """Return the columns of a part's own fields, those that identify a row first."""
    fields = [one for one in part.fields.values() if is_shown(part, one)]
    fields.sort(key=lambda one: one.name != part.label_field)
    return [GridColumn(one.name, names.field(one), one) for one in fields]


def of_links(part: Part, names: Labels) -> list[GridColumn]:
    """Return a column for each association table that links to one thing only."""
    found = []
    for name in part.children:
        link = names.target.tables[name]
        ends = [one for one in link.fields.values() if one.role != "parent"]
        if link.is_link and len(ends) == 1 and ends[0].references:
            found.append(GridColumn(name, names.parts(name), ends[0], name))
    return found


def chips(
    column: GridColumn, linked: Sequence[Row], names: Labels
) -> Mapping[tuple[object, ...], list[Chip]]:
    """Return the links of each row, by its key."""
    found: dict[tuple[object, ...], list[Chip]] = {}
    link = names.target.tables[str(column.link)]
    for row in linked:
        label = str(names.value(column.field, row.values.get(column.field.name)))
        chip = Chip(to_path(row.key), label, row.state)
        found.setdefault(link.parent_key_of(row.values), []).append(chip)
    return found


def naming_field(part: Part) -> Field | None:
    """Return the one field that names a row, if it can be set."""
    fields = [part.fields[name] for name in naming(part)]
    return fields[0] if len(fields) == 1 and fields[0].settable else None


def children(part: Part, tables: dict[str, Part]) -> list[Part]:
    """Return the child parts without links, which belong to a row's form."""
    return [tables[name] for name in part.children if not tables[name].is_link]


def cell(one: Field, row: Row, names: Labels) -> Cell:
    """Format one value of a row, with its former one."""
    changed: dict[str, tuple[Any, Any]] = row.changed_fields()
    was = names.value(one, changed[one.name][0]) if one.name in changed else None
    value = row.values.get(one.name)
    shown, typed = names.value(one, value), spell(one, value)
    is_apart = value is not None and typed != shown.text
    return Cell(shown, was, typed if is_apart else None)


def is_moved(part: Part, row: Row) -> bool:
    """Return whether the draft changes only the place or the parent of a row."""
    roles = {part.fields[name].role for name in row.changed_fields()}
    return row.state == "changed" and roles <= {"order", "parent"}


def _line(
    part: Part,
    row: Row,
    shown: Sequence[GridColumn],
    names: Labels,
    places: Urls,
    links: dict[str, Any],
) -> GridRow:
    below = children(part, names.target.tables)
    by = naming_field(part)
    return GridRow(
        row=row,
        id=to_path(row.key),
        name=names.row(row),
        short=names.short(row),
        inline=names.inline(row),
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


def _is_alike(one: GridColumn, rows: Sequence[Row]) -> bool:
    """Return whether a column would show one and the same value, unchanged."""
    first = rows[0].values.get(one.name)
    return (
        one.link is None
        and len(rows) >= FEW
        and all(
            row.values.get(one.name) == first and one.name not in row.changed_fields()
            for row in rows
        )
    )


def _is_used(one: GridColumn, rows: Sequence[Row], links: dict[str, Any]) -> bool:
    """Return whether there is something to show: a value, or a former one."""
    if one.link:
        return bool(links[one.name])
    return any(
        value not in (None, "", [], {})
        for row in rows
        for value in (row.values.get(one.name), (row.origin or {}).get(one.name))
    )
