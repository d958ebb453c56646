"""The columns of a table of rows: what is shown, and what asks for a new value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from draftedit.engine.keys import to_path
from draftedit.engine.rows import Row
from draftedit.engine.schema import Field, Part
from draftedit.forms import Input, Said, build_one
from draftedit.views.names import Names, naming


@dataclass(frozen=True)
class Column:
    """One column; `input` asks for a value of its field, None where that is fixed.

    `link`: the association table whose rows the cells list, and `field` its reference.
    """

    name: str
    label: str
    field: Field
    input: Input | None = None
    link: str | None = None


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
    return [of_field(one, names) for one in fields]


def of_field(one: Field, names: Names) -> Column:
    """Return the column of a field."""
    asks = build_one(one, None, Said(), None, "", "") if one.settable else None
    return Column(one.name, names.field(one), one, asks)


def of_name(part: Part, names: Names) -> Column | None:
    """Return the column of a row's own name, where that is one field."""
    named = [part.fields[name] for name in naming(part)]
    return of_field(named[0], names) if len(named) == 1 else None


def of_links(part: Part, names: Names) -> list[Column]:
    """Return a column for each association table that links to one thing only."""
    found = []
    for name in part.children:
        link = names.target.tables[name]
        ends = [one for one in link.fields.values() if one.role != "parent"]
        if link.is_link and len(ends) == 1 and ends[0].references:
            found.append(Column(name, names.parts(name), ends[0], link=name))
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
