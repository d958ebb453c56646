"""What a row is linked to through association tables, as its own form shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from draftedit.engine.keys import to_path
from draftedit.engine.rows import Row
from draftedit.engine.schema import Part
from draftedit.forms import Input, build
from draftedit.said import Said
from draftedit.views.choosing import Chooser
from draftedit.views.grid import is_shown

SHOWN = 100


@dataclass(frozen=True)
class Linked:
    """One link that there is, or that the draft took away."""

    id: str
    label: str
    state: str


@dataclass(frozen=True)
class Links:
    """The links of a row in one association table, and the form to add one."""

    part: Part
    title: str
    one_title: str
    linked: Sequence[Linked]
    inputs: Sequence[Input]
    many: bool


def links_of(
    chooser: Chooser, row: Row, said: Said | None = None, table: str | None = None
) -> list[Links]:
    """Return the links of a row; `said` was said in the form for `table`."""
    tables = chooser.names.target.tables
    return [
        _links(chooser, tables[name], row, said if name == table else None)
        for name in tables[row.table].children
        if tables[name].is_link
    ]


def _links(chooser: Chooser, part: Part, row: Row, said: Said | None) -> Links:
    page = chooser.edit.page(part.name, parent=row.key, limit=SHOWN, gone=True)
    offered = chooser.references(part, None, said)
    return Links(
        part=part,
        title=chooser.names.parts(part.name),
        one_title=chooser.names.part(part.name),
        linked=[
            Linked(to_path(one.key), _label(chooser, part, one), one.state)
            for one in page.rows
        ],
        inputs=build(part, None, said=said, choices=offered, prefix=f"l-{part.name}-"),
        many=page.next is not None,
    )


def _label(chooser: Chooser, part: Part, row: Row) -> str:
    """Name the other end, and whatever else the link says."""
    shown = [
        str(chooser.names.value(one, row.values.get(one.name)))
        for one in part.fields.values()
        if is_shown(part, one)
    ]
    return ", ".join(shown)
