"""The columns of a table of rows: what is shown, and what asks for a new value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from draftedit.engine.keys import to_path
from draftedit.engine.rows import Row
from draftedit.engine.schema import Field, Part
from draftedit.views.names import Names, naming


@dataclass(frozen=True)
class Column:
    """One column: a field, or the reference of an association table called `link`."""

    name: str
    label: str
    field: Field
    link: str | None = None

    @property
    def is_switch(self) -> bool:
        """Tell whether it says yes or no, and may be set."""
        return self.field.settable and self.field.type == "boolean"


@dataclass(frozen=True)
class Chip:
    """One link of a row, which its cell lists."""

    id: str
    label: str
    state: str


def is_shown(part: Part, one: Field) -> bool:
    """Tell whether a field says something beside the name and the place of a row."""
    said = one.generated or one.name in naming(part)
    return one.role in ("value", "key") and not said


def of_fields(part: Part, names: Names) -> list[Column]:
    """Return the columns of a part's own fields; what a row is known by comes first."""
    fields = [one for one in part.fields.values() if is_shown(part, one)]
    fields.sort(key=lambda one: one.name != part.label_field)
    return [Column(one.name, names.field(one), one) for one in fields]


def of_links(part: Part, names: Names) -> list[Column]:
    """Return a column for each association table that links to one thing only."""
    found = []
    for name in part.children:
        link = names.target.tables[name]
        ends = [one for one in link.fields.values() if one.role != "parent"]
        if link.is_link and len(ends) == 1 and ends[0].references:
            found.append(Column(name, names.parts(name), ends[0], name))
    return found


def chips(
    column: Column, part: Part, linked: Sequence[Row], names: Names
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
