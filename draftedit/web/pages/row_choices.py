"""Choices in the form of a row: values of its references, its links, its place."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from draftedit.engine.base.errors import Key, Unknown
from draftedit.engine.base.keys import from_path, to_path
from draftedit.engine.reading.rows import Row
from draftedit.engine.schema.model import Field, Part
from draftedit.service.session import EditSession
from draftedit.web.form_values import FormInput, asked, searched
from draftedit.web.forms import Choices, Input, Option, build
from draftedit.web.pages.form_operations import FEW, LAST_PLACE, find
from draftedit.web.pages.grid import is_shown
from draftedit.web.pages.labels import Labels

SHOWN = 100  # links of a row in one association table


@dataclass(frozen=True)
class Chooser:
    """Offers choices within one draft."""

    edit: EditSession
    names: Labels

    def references(
        self, part: Part, values: Mapping[str, Any] | None, typed_in: FormInput | None
    ) -> dict[str, Choices]:
        """Return the choices of each reference in a form of `part`.

        All of them if they are few; else the present value, and the results of a
        search.
        """
        return {
            one.name: self.reference(part, one, (values or {}).get(one.name), typed_in)
            for one in asked(part, new=values is None)
            if one.references is not None
        }

    def reference(
        self, part: Part, one: Field, value: Any, typed_in: FormInput | None
    ) -> Choices:
        """Return the choices of one reference, whose present value is `value`."""
        found = self.edit.choices(part.name, one.name, limit=FEW + 1)
        if len(found) <= FEW:
            return Choices(self._options(one, found))
        current = () if value is None else (self._current(one, value),)
        search = typed_in.searches.get(one.name) if typed_in else None
        fitting = find(self.edit, part, one.name, search) if search else []
        options = [o for o in self._options(one, fitting) if o not in current]
        return Choices([*current, *options], complete=False)

    def _current(self, one: Field, value: Any) -> Option:
        return Option(str(value), self.names.reference(one, value))

    def _options(self, one: Field, found: Sequence[Any]) -> list[Option]:
        """Return options; those with equal labels also name their parent."""
        counts = Counter(choice.label for choice in found)
        return [
            Option(
                str(choice.key[0]),
                choice.label
                if counts[choice.label] == 1
                else self._in_full(one, choice),
            )
            for choice in found
        ]

    def _in_full(self, one: Field, choice: Any) -> str:
        if str(one.references) in self.names.target.tables:
            return self.names.located(str(one.references), choice.key)
        return f"{choice.label} ({to_path(choice.key)})"

    def siblings(
        self, part: Part, parent: Key, row: Row | None, search: str | None
    ) -> list[Row]:
        """Return rows that one may be put after: those around it, or those found."""
        around = None
        if row is not None and part.parent_key_of(row.values) == tuple(parent):
            around = row.key
        page = self.edit.page(
            part.name,
            parent=parent,
            limit=FEW,
            search=search,
            around=None if search else around,
        )
        self.names.know(page.rows)
        return page.rows

    def parents(self, part: Part, search: str | None) -> list[Option]:
        """Return rows of the parent's part, anywhere in the object."""
        page = self.edit.page(str(part.parent), limit=FEW, search=search)
        self.names.know(page.rows)
        return [
            Option(to_path(row.key), self.names.located(row.table, row.key))
            for row in page.rows
        ]


@dataclass(frozen=True)
class Linked:
    """One link that exists, or that the draft has deleted."""

    id: str
    label: str
    state: str


@dataclass(frozen=True)
class RowLinks:
    """The links of a row in one association table, and the form to add one."""

    part: Part
    title: str
    one_title: str
    linked: Sequence[Linked]
    inputs: Sequence[Input]
    many: bool


def links_of(
    chooser: Chooser,
    row: Row,
    typed_in: FormInput | None = None,
    table: str | None = None,
) -> list[RowLinks]:
    """Return the links of a row; `typed_in` is the input of the form for `table`."""
    tables = chooser.names.target.tables
    return [
        _links(chooser, tables[name], row, typed_in if name == table else None)
        for name in tables[row.table].children
        if tables[name].is_link
    ]


def _links(
    chooser: Chooser, part: Part, row: Row, typed_in: FormInput | None
) -> RowLinks:
    page = chooser.edit.page(part.name, parent=row.key, limit=SHOWN, gone=True)
    offered = chooser.references(part, None, typed_in)
    return RowLinks(
        part=part,
        title=chooser.names.parts(part.name),
        one_title=chooser.names.part(part.name),
        linked=[
            Linked(to_path(one.key), _link_label(chooser, part, one), one.state)
            for one in page.rows
        ],
        inputs=build(
            part, None, typed_in=typed_in, choices=offered, prefix=f"l-{part.name}-"
        ),
        many=page.next is not None,
    )


def _link_label(chooser: Chooser, part: Part, row: Row) -> str:
    """Return the label of the other end, and any other values of the link."""
    shown = [
        str(chooser.names.value(one, row.values.get(one.name)))
        for one in part.fields.values()
        if is_shown(part, one)
    ]
    return ", ".join(shown)


@dataclass(frozen=True)
class Standing:
    """The places of a row below one parent; `at` is preselected."""

    siblings: Sequence[Option]
    at: str
    last: str = LAST_PLACE
    many: bool = False
    search: str = ""


@dataclass(frozen=True)
class Moving:
    """The form of a move.

    Without `parents` the row stays below its parent, and without `places` the rows have
    no order.
    """

    parent: str
    parents: Sequence[Option]
    places: Standing | None
    parent_title: str = ""
    many_parents: bool = False
    parent_search: str = ""


def moving(
    chooser: Chooser, part: Part, row: Row, asked: Mapping[str, str]
) -> Moving | None:
    """Return the form for a row that can be moved; `asked` is the page's query.

    `to` is the parent whose rows are shown, `pq` and `sq` search parents and rows.
    """
    others = chooser.names.target.has_other_parents(part)
    if part.parent is None or (part.order is None and not others):
        return None
    current = part.parent_key_of(row.values)
    parent = _wanted(chooser, part, asked.get("to")) or current
    found = searched(asked.get("pq", ""))
    options = _parents(chooser, part, parent, found) if others else []
    return Moving(
        parent=to_path(parent),
        parents=options,
        places=standing(chooser, part, parent, row, asked) if part.order else None,
        parent_title=chooser.names.part(part.parent),
        many_parents=len(options) >= FEW or bool(asked.get("pq")),
        parent_search=found,
    )


def standing(
    chooser: Chooser,
    part: Part,
    parent: Key,
    row: Row | None,
    asked: Mapping[str, str],
) -> Standing:
    """Return the possible places of a row, the present or requested one first."""
    search = searched(asked.get("sq", ""))
    rows = chooser.siblings(part, parent, row, search or None)
    keys = [one.key for one in rows]
    at = asked.get("after", LAST_PLACE)
    if row is not None and row.key in keys and "after" not in asked:
        index = keys.index(row.key)
        at = to_path(keys[index - 1]) if index else ""
    siblings = [
        Option(to_path(one.key), chooser.names.row(one))
        for one in rows
        if row is None or one.key != row.key
    ]
    return Standing(siblings, at, many=len(rows) >= FEW or bool(search), search=search)


def _wanted(chooser: Chooser, part: Part, text: str | None) -> Key | None:
    if not text:
        return None
    try:
        return chooser.edit.row(str(part.parent), from_path(text)).key
    except (Unknown, ValueError):
        return None


def _parents(chooser: Chooser, part: Part, parent: Key, search: str) -> list[Option]:
    """Return the parents that the row may move to, with `parent` among them."""
    found = chooser.parents(part, search or None)
    here = Option(to_path(parent), chooser.names.located(str(part.parent), parent))
    return found if here in found else [here, *found]
