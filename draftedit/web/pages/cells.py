"""Controls for editing the cells of a table in place, one for each column.

Only the scripts use them. They send what the row's own form sends, and the same code
parses it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from draftedit.engine.schema.model import Field
from draftedit.web.form_values import FormInput
from draftedit.web.forms import Option, build_one
from draftedit.web.notations import PRESENTATIONS, Presentation
from draftedit.web.pages.grid import Grid, naming_field
from draftedit.web.pages.labels import Labels
from draftedit.web.pages.urls import DraftUrls


@dataclass(frozen=True)
class CellControl:
    """The control of a column.

    `kind` is line, area, select or find; `choices` is the address that a `find`
    searches, `link` the association table whose rows the cells list.
    """

    name: str
    label: str
    kind: str
    field: Field
    options: Sequence[Option] = ()
    blank: str | None = None
    choices: str | None = None
    link: str | None = None

    @property
    def written(self) -> Presentation:
        """How the control presents what is written."""
        return PRESENTATIONS[self.field.codec.notation]


def controls(grid: Grid, names: Labels, places: DraftUrls) -> list[CellControl]:
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


def _control(table: str, one: Field, names: Labels, places: DraftUrls) -> CellControl:
    label = names.field(one)
    if one.references:
        return CellControl(
            one.name, label, "find", one, choices=places.choices(table, one.name)
        )
    asked = build_one(one, None, FormInput(), None, prefix="", scope="")
    return CellControl(
        one.name,
        label,
        asked.control,
        one,
        options=asked.options,
        blank=asked.blank if one.nullable else None,
    )


def _of_link(table: str, label: str, one: Field, places: DraftUrls) -> CellControl:
    where = places.choices(table, one.name)
    return CellControl(table, label, "find", one, choices=where, link=table)
