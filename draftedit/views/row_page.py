"""What the page of one row shows: its fields, its links, its place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from draftedit.editing import EditSession
from draftedit.engine.errors import Problem, Unknown
from draftedit.engine.keys import from_path, to_path
from draftedit.engine.rows import Row
from draftedit.engine.schema import Part
from draftedit.forms import build
from draftedit.said import Said
from draftedit.views.back import local_path
from draftedit.views.browsing import Fact
from draftedit.views.choosing import Chooser
from draftedit.views.drafting import draft_values
from draftedit.views.grid import cell
from draftedit.views.links import links_of
from draftedit.views.moving import moving, standing
from draftedit.views.names import Names
from draftedit.views.places import DraftPlaces
from draftedit.views.site import Link


@dataclass(frozen=True)
class Refusal:
    """What was said in a form that was refused, and why; `table` is the form's."""

    said: Said = field(default_factory=Said)
    problems: Sequence[Problem] = ()
    table: str | None = None


@dataclass(frozen=True)
class RowPage:
    """Everything on the page of one row, or of one to be."""

    edit: EditSession
    part: Part
    names: Names
    places: DraftPlaces
    asked: Mapping[str, str]
    refusal: Refusal | None
    here: str

    @property
    def chooser(self) -> Chooser:
        """What offers choices within the draft."""
        return Chooser(self.edit, self.names)

    def new(self) -> dict[str, Any]:
        """The form of a new row below the parent that the query names."""
        parent = self._parent()
        place = None
        if self.part.order is not None:
            place = standing(self.chooser, self.part, parent.key, None, self.asked)
        return {
            **self._common(parent),
            "row": None,
            "heading": self.names.part(self.part.name),
            "parent": to_path(parent.key),
            "inputs": self._inputs(None, None),
            "place": place,
            "facts": [],
            "links": [],
            "moving": None,
        }

    def existing(self, row: Row) -> dict[str, Any]:
        """The form of a row; what is deleted or closed is only shown."""
        parent = (
            self.names.known(str(self.part.parent), self.part.parent_key_of(row.values))
            if self.part.parent
            else None
        )
        editable = self.edit.is_open and self.edit.in_sight(row)
        inputs = self._inputs(row.values, row.origin) if editable else []
        return {
            **self._common(parent),
            "row": row,
            "id": to_path(row.key),
            "heading": self.names.title(row),
            "can_change": editable,
            "can_restore": self.edit.is_open and row.gone,
            "inputs": inputs,
            # There is no form any more to keep it in.
            "typed": self.refusal.said.texts if self.refusal and not editable else {},
            "facts": self._facts(row, {one.field.name for one in inputs}),
            "links": self._links(row),
            "moving": moving(self.chooser, self.part, row, self.asked)
            if editable
            else None,
            "add_after": self._add_after(row, parent) if editable else None,
        }

    def _common(self, parent: Row | None) -> dict[str, Any]:
        back = local_path(self.asked.get("back"))
        if back is None and parent is not None:
            back = self.places.page(self.part.name, parent.key)
        return {
            **draft_values(self.edit, self.names, self.places),
            "part": self.part,
            "part_title": self.names.part(self.part.name),
            "crumbs": self._crumbs(parent),
            "back": back or self.places.to("draft"),
            "here": self.here,
            "asked": self.asked,
            "problems": self.refusal.problems if self.refusal else (),
            "refused_table": self.refusal.table if self.refusal else None,
        }

    def _inputs(
        self, values: Mapping[str, Any] | None, origin: Mapping[str, Any] | None
    ) -> list[Any]:
        said = self._said()
        return build(
            self.part,
            values,
            said=said,
            choices=self.chooser.references(self.part, values, said),
            origin=origin,
            problems=self.refusal.problems if said and self.refusal else (),
        )

    def _said(self) -> Said | None:
        """What was said in the row's own form, not in that of one of its links."""
        if self.refusal is None or self.refusal.table != self.part.name:
            return None
        return self.refusal.said

    def _facts(self, row: Row, asked: set[str]) -> list[Fact]:
        return [
            Fact(self.names.field(one), cell(one, row, self.names))
            for one in self.part.fields.values()
            if one.role in ("value", "key")
            and not one.generated
            and one.name not in asked
        ]

    def _links(self, row: Row) -> list[Any]:
        if self.refusal is None:
            return links_of(self.chooser, row)
        return links_of(self.chooser, row, self.refusal.said, self.refusal.table)

    def _parent(self) -> Row:
        above = str(self.part.parent)
        if above == self.edit.target.name:
            return self.edit.row(above, self.edit.root)
        try:
            return self.edit.row(above, from_path(self.asked.get("parent", "")))
        except ValueError as error:
            raise Unknown(above, self.asked.get("parent")) from error

    def _crumbs(self, parent: Row | None) -> list[Link]:
        if parent is None:
            return []
        above = [*self.edit.path(parent.table, parent.key), parent]
        tables = self.edit.target.tables
        links = []
        for row in above:
            shown = [n for n in tables[row.table].children if not tables[n].is_link]
            on_way = self.part.name if row is parent else ""
            child = on_way if on_way in shown else next(iter(shown), "")
            links.append(Link(self.names.row(row), self.places.page(child, row.key)))
        return links

    def _add_after(self, row: Row, parent: Row | None) -> str | None:
        if self.part.order is None or parent is None:
            return None
        return self.places.new(
            self.part.name,
            parent=to_path(parent.key),
            after=to_path(row.key),
            back=local_path(self.asked.get("back")),
        )
