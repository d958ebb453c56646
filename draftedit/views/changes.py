"""What would be saved, and the draft as JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from draftedit import exporting
from draftedit.contexts import DraftContext
from draftedit.editing import EditSession
from draftedit.engine.keys import to_path
from draftedit.engine.schema import Field, Part
from draftedit.security import EDIT
from draftedit.views.answering import about_draft
from draftedit.views.drafting import draft_values
from draftedit.views.names import Names
from draftedit.views.naming import names_for
from draftedit.views.places import DraftPlaces
from draftedit.views.showing import Shown

TEMPLATE = "draftedit:templates/changes.jinja2"

SHOWN = 200  # changed rows on one page


@dataclass(frozen=True)
class Difference:
    """One field of a changed row; no `base` for what is new."""

    label: str
    base: Shown | None
    draft: Shown | None


@dataclass(frozen=True)
class Changed:
    """One changed row; `moved`: its place or its parent is another."""

    table: str
    id: str
    kind: str
    name: str
    url: str | None
    moved: bool
    fields: Sequence[Difference]


@dataclass(frozen=True)
class Section:
    """The changed rows of one part."""

    title: str
    rows: Sequence[Changed]


@view_config(
    route_name="draftedit.changes",
    request_method="GET",
    permission=EDIT,
    renderer=TEMPLATE,
)
def show(context: DraftContext, request: Request) -> dict[str, Any]:
    """Show what save would change."""
    about_draft(request.response, context.edit.info.version)
    return page(request, context.edit)


@view_config(route_name="draftedit.export", request_method="GET", permission=EDIT)
def export(context: DraftContext, request: Request) -> Response:
    """Give the whole draft away as a file."""
    about_draft(request.response, context.edit.info.version)
    response = request.response
    data = json.dumps(exporting.export(context.edit), indent=2, ensure_ascii=False)
    response.content_type = "application/json"
    response.body = data.encode()
    name = f"draft-{context.edit.info.key}.json"
    response.content_disposition = f'attachment; filename="{name}"'
    return response


def page(request: Request, edit: EditSession, message: str = "") -> dict[str, Any]:
    """Return what the page shows; `message` is what was typed for the revision."""
    names = names_for(request, edit.target, edit)
    places = DraftPlaces(request, edit.info.key)
    found = edit.changes()
    start = _start(request)
    shown = found[start : start + SHOWN]
    return {
        **draft_values(edit, names, places),
        "sections": _sections(edit, shown, names, places),
        "count": len(found),
        "message": message,
        "deletes": any(
            one.kind == "gone" and one.table == edit.target.name for one in found
        ),
        "first": places.to("changes") if start else None,
        "next": places.to("changes", after=start + SHOWN)
        if start + SHOWN < len(found)
        else None,
    }


def _start(request: Request) -> int:
    text = request.GET.get("after", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


def _sections(
    edit: EditSession,
    found: Sequence[Any],
    names: Names,
    places: DraftPlaces,
) -> list[Section]:
    return [
        Section(
            names.parts(part.name),
            [
                _changed(one, part, names, places)
                for one in found
                if one.table == part.name
            ],
        )
        for part in edit.target.tables.values()
        if any(one.table == part.name for one in found)
    ]


def _changed(one: Any, part: Part, names: Names, places: DraftPlaces) -> Changed:
    fields = [
        _difference(part.fields[name], one.kind, base, draft, names)
        for name, (base, draft) in one.fields.items()
        if name in part.fields and _is_told(part.fields[name], one.kind)
    ]
    roles = {part.fields[name].role for name in one.fields if name in part.fields}
    return Changed(
        table=part.name,
        id=to_path(one.key),
        kind=one.kind,
        name=names.located(part.name, one.key),
        url=None if part.is_link else places.row(part.name, one.key),
        moved=one.kind == "changed" and bool(roles & {"order", "parent"}),
        fields=[d for d in fields if one.kind != "gone" or d.base is not None],
    )


def _is_told(one: Field, kind: str) -> bool:
    """An order key says nothing to people; a parent does where it is another."""
    if one.role == "parent":
        return kind == "changed"
    return one.role != "order" and not one.generated


def _difference(
    one: Field, kind: str, base: Any, draft: Any, names: Names
) -> Difference:
    return Difference(
        label=names.field(one),
        base=None if kind == "new" else _shown(one, base, names),
        draft=_shown(one, draft, names),
    )


def _shown(one: Field, value: Any, names: Names) -> Shown:
    if one.role == "parent" and value is not None:
        part = names.target.tables[one.column.table.name]
        if len(part.parent_fields) == 1:
            return Shown(names.by_key(str(part.parent), (value,), False), "word")
    return names.value(one, value)
