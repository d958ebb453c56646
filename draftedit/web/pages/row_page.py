"""The page of one row, existing or new: its fields, its links, its place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from draftedit.engine.base.errors import Key, Problem, Unknown
from draftedit.engine.base.keys import from_path, to_path
from draftedit.engine.reading.rows import Row
from draftedit.engine.schema.model import Part
from draftedit.service.session import EditSession
from draftedit.web.form_values import FormInput
from draftedit.web.forms import build
from draftedit.web.pages.draft_header import draft_values
from draftedit.web.pages.grid import cell
from draftedit.web.pages.labels import Labels, names_for
from draftedit.web.pages.layout import Link
from draftedit.web.pages.redirects import about_draft, local_path
from draftedit.web.pages.row_choices import Chooser, links_of, moving, standing
from draftedit.web.pages.rows_page import Fact
from draftedit.web.pages.urls import DraftUrls
from draftedit.web.permissions import EDIT
from draftedit.web.resources import DraftContext, path_key

TEMPLATE = "draftedit.web:templates/row.jinja2"


@dataclass(frozen=True)
class Refusal:
    """The input of a refused form, and the problems; `table` is the form's."""

    typed_in: FormInput = field(default_factory=FormInput)
    problems: Sequence[Problem] = ()
    table: str | None = None


@dataclass(frozen=True)
class RowPage:
    """Builds the page of one row, existing or new."""

    edit: EditSession
    part: Part
    names: Labels
    places: DraftUrls
    asked: Mapping[str, str]
    refusal: Refusal | None
    here: str

    @property
    def chooser(self) -> Chooser:
        """Return the chooser for the draft."""
        return Chooser(self.edit, self.names)

    def new(self) -> dict[str, Any]:
        """Return the form of a new row below the parent that the query names."""
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
        """Return the form of a row; read-only if it is deleted or the draft closed."""
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
            "typed": self.refusal.typed_in.texts
            if self.refusal and not editable
            else {},
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
        typed_in = self._typed_in()
        return build(
            self.part,
            values,
            typed_in=typed_in,
            choices=self.chooser.references(self.part, values, typed_in),
            origin=origin,
            problems=self.refusal.problems if typed_in and self.refusal else (),
        )

    def _typed_in(self) -> FormInput | None:
        """Return the input of the row's own form, not of that of one of its links."""
        if self.refusal is None or self.refusal.table != self.part.name:
            return None
        return self.refusal.typed_in

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
        return links_of(self.chooser, row, self.refusal.typed_in, self.refusal.table)

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


@view_config(
    route_name="draftedit.row",
    request_method="GET",
    permission=EDIT,
    renderer=TEMPLATE,
)
def edit_row(context: DraftContext, request: Request) -> dict[str, Any]:
    """Show the form of an existing row."""
    about_draft(request.response, context.edit.info.version)
    key = path_key(request.matchdict["id"])
    table = request.matchdict["table"]
    return form(request, context.edit, table, key, request.GET, here=request.path_qs)


@view_config(
    route_name="draftedit.row_new",
    request_method="GET",
    permission=EDIT,
    renderer=TEMPLATE,
)
def new_row(context: DraftContext, request: Request) -> dict[str, Any]:
    """Show the form of a new row."""
    about_draft(request.response, context.edit.info.version)
    table = request.matchdict["table"]
    return form(request, context.edit, table, None, request.GET, here=request.path_qs)


def form(
    request: Request,
    edit: EditSession,
    table: str,
    key: Key | None,
    asked: Mapping[str, str],
    refusal: Refusal | None = None,
    here: str | None = None,
) -> dict[str, Any]:
    """Return the template variables of a row's page, with the input of a refused form.

    `asked` is the query of the page at `here`.
    """
    part = edit.target.tables.get(table)
    if part is None or (key is None and part.parent is None):
        raise Unknown("table", table)
    names = names_for(request, edit.target, edit)
    places = DraftUrls(request, edit.info.key)
    own = places.row(table, key) if key else places.new(table)
    page = RowPage(edit, part, names, places, asked, refusal, here or str(own))
    return page.new() if key is None else page.existing(edit.row(table, key))
