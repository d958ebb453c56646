"""What the cells of a table are edited with, in place: one control for each column.

Only the scripts use it. What they send is what the row's own form sends, and is read by
the same code.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from draftedit.engine.schema import Field
from draftedit.forms import Option, build_one
from draftedit.said import Said
from draftedit.views.columns import naming_field
from draftedit.views.grid import Grid
from draftedit.views.names import Names
from draftedit.views.places import DraftPlaces


@dataclass(frozen=True)
class Control:
    """The control of a column.

    `kind` is line, area, select or find; `choices` is where a `find` looks, `link` the
    association table whose rows the cells list.
    """

    name: str
    label: str
    kind: str
    field: Field
    options: Sequence[Option] = ()
    blank: str | None = None
    choices: str | None = None
    link: str | None = None


def controls(grid: Grid, names: Names, places: DraftPlaces) -> list[Control]:
    """Return the controls of the columns shown, and of the one that names the rows."""
    found = []
    named = naming_field(grid.part)
    if named is not None:
        found.append(_control(grid.part.name, named, names, places))
    for one in grid.columns:
        if one.link:
            found.append(_of_link(one.name, one.label, one.field, places))
        elif one.field.settable:
            found.append(_control(grid.part.name, one.field, names, places))
    return found


def _control(table: str, one: Field, names: Names, places: DraftPlaces) -> Control:
    label = names.field(one)
    if one.references:
        return Control(
            one.name, label, "find", one, choices=places.choices(table, one.name)
        )
    asked = build_one(one, None, Said(), None, prefix="", scope="")
    return Control(
        one.name,
        label,
        asked.control,
        one,
        options=asked.options,
        blank=asked.blank if one.nullable else None,
    )


def _of_link(table: str, label: str, one: Field, places: DraftPlaces) -> Control:
    where = places.choices(table, one.name)
    return Control(table, label, "find", one, choices=where, link=table)
