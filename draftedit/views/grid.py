"""A page of rows as a table: columns, cells, what the draft changed in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from draftedit.engine.keys import to_path
from draftedit.engine.rows import Row
from draftedit.engine.schema import Field, Part
from draftedit.views.names import Names, naming
from draftedit.views.places import Places
from draftedit.views.showing import Shown

FEW = 4  # rows, below which a column is shown although all say the same


@dataclass(frozen=True)
class Cell:
    """One value; `was` is what it was before the draft changed it."""

    shown: Shown
    was: Shown | None = None


@dataclass(frozen=True)
class Line:
    """One row of the table; `short` names it below a heading that says what it is.

    `opens` leads to what hangs below, `form` to its form.
    """

    row: Row
    id: str
    name: str
    short: str
    was: str | None
    cells: Sequence[Cell]
    moved: bool
    opens: str | None
    form: str | None


@dataclass(frozen=True)
class Grid:
    """A table; `left_out` names the columns in which no row shown has anything, and
    `alike` tells those in which all have the same.
    """

    part: Part
    columns: Sequence[str]
    lines: Sequence[Line]
    left_out: Sequence[str]
    alike: Sequence[tuple[str, Shown]]


def build(part: Part, rows: Sequence[Row], names: Names, places: Places) -> Grid:
    """Make the table of a page of rows."""
    names.know(rows)
    fields = [one for one in part.fields.values() if is_shown(part, one)]
    # What a row is known by stands beside its number.
    fields.sort(key=lambda one: one.name != part.label_field)
    used = [one for one in fields if any(_has(row, one.name) for row in rows)]
    alike = [one for one in used if _is_alike(one.name, rows)]
    shown = [one for one in used if one not in alike]
    return Grid(
        part=part,
        columns=[names.field(one) for one in shown],
        lines=[_line(part, row, shown, names, places) for row in rows],
        left_out=[names.field(one) for one in fields if one not in used and rows],
        alike=[
            (names.field(one), names.value(one, rows[0].values.get(one.name)))
            for one in alike
        ],
    )


def is_shown(part: Part, one: Field) -> bool:
    """Tell whether a field says something beside the name and the place of a row."""
    said = one.generated or one.name in naming(part)
    return one.role in ("value", "key") and not said


def children(part: Part, tables: dict[str, Part]) -> list[Part]:
    """Return the parts that hang below, links aside: those belong to a row's form."""
    return [tables[name] for name in part.children if not tables[name].is_link]


def cell(one: Field, row: Row, names: Names) -> Cell:
    """Show one value of a row, with what it was."""
    changed: dict[str, tuple[Any, Any]] = row.changed_fields()
    was = names.value(one, changed[one.name][0]) if one.name in changed else None
    return Cell(names.value(one, row.values.get(one.name)), was)


def is_moved(part: Part, row: Row) -> bool:
    """Tell whether its place or its parent is all that the draft changed of a row."""
    roles = {part.fields[name].role for name in row.changed_fields()}
    return row.state == "changed" and roles <= {"order", "parent"}


def _line(
    part: Part, row: Row, fields: Sequence[Field], names: Names, places: Places
) -> Line:
    below = children(part, names.target.tables)
    return Line(
        row=row,
        id=to_path(row.key),
        name=names.row(row),
        short=names.short(row),
        was=names.former(row),
        cells=[cell(one, row, names) for one in fields],
        moved=is_moved(part, row),
        opens=places.page(below[0].name, row.key) if below else None,
        form=places.row(row.table, row.key),
    )


def _is_alike(name: str, rows: Sequence[Row]) -> bool:
    """Tell whether a column would show one and the same value, and no change of it."""
    first = rows[0].values.get(name)
    return len(rows) >= FEW and all(
        row.values.get(name) == first and name not in row.changed_fields()
        for row in rows
    )


def _has(row: Row, name: str) -> bool:
    """Tell whether there is something to show: a value, or one that was."""
    values = (row.values.get(name), (row.origin or {}).get(name))
    return any(value not in (None, "", [], {}) for value in values)
