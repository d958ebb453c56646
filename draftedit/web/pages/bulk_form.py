"""The form for several rows: values to set in all of them, or a new place."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from draftedit.engine.base.errors import Key, Problem, Unknown
from draftedit.engine.base.keys import to_path
from draftedit.engine.reading.rows import Row
from draftedit.engine.schema.model import Part
from draftedit.service.session import EditSession
from draftedit.web.form_values import FormInput
from draftedit.web.forms import build
from draftedit.web.pages.draft_header import draft_values
from draftedit.web.pages.labels import names_for
from draftedit.web.pages.redirects import about_draft, local_path
from draftedit.web.pages.row_choices import Chooser, Moving, moving
from draftedit.web.pages.rows_page import MOST, keys
from draftedit.web.pages.urls import DraftUrls
from draftedit.web.permissions import EDIT
from draftedit.web.resources import DraftContext

TEMPLATE = "draftedit.web:templates/several.jinja2"
NAMED = 12  # rows that the page names; the others are counted


@view_config(
    route_name="draftedit.rows",
    request_method="GET",
    permission=EDIT,
    renderer=TEMPLATE,
)
def edit_rows(context: DraftContext, request: Request) -> dict[str, Any]:
    """Show the form for the rows that `id` names."""
    about_draft(request.response, context.edit.info.version)
    found = keys(request.GET.get("id", ""))
    return form(request, context.edit, request.matchdict["table"], found, request.GET)


def form(
    request: Request,
    edit: EditSession,
    table: str,
    found: Sequence[Key],
    asked: Mapping[str, str],
    typed_in: FormInput | None = None,
    problems: Sequence[Problem] = (),
    wanted: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the template variables; `typed_in` and `problems` are of a refused form.

    `wanted` are the columns that were chosen to be set.
    """
    part = edit.target.tables.get(table)
    if part is None or part.parent is None or not found:
        raise Unknown("table", table)
    rows = [edit.row(table, key) for key in found[:MOST]]
    names, places = (
        names_for(request, edit.target, edit),
        DraftUrls(request, edit.info.key),
    )
    names.know(rows)
    chooser = Chooser(edit, names)
    parent = part.parent_key_of(rows[0].values)
    back = local_path(asked.get("back")) or places.page(part.name, parent)
    return {
        **draft_values(edit, names, places),
        "part": part,
        "rows": rows,
        "ids": [to_path(row.key) for row in rows],
        "named": [names.row(row) for row in rows[:NAMED]],
        "more": len(rows) - NAMED,
        "part_title": names.parts(part.name),
        "back": back,
        "can_change": edit.is_open,
        "inputs": _inputs(chooser, part, rows, typed_in, problems),
        "wanted": wanted,
        "moving": _moving(chooser, part, rows, asked),
        "problems": problems,
    }


def _moving(
    chooser: Chooser, part: Part, rows: Sequence[Row], asked: Mapping[str, str]
) -> Moving | None:
    """Offer places beside rows other than those that are moved."""
    found = moving(chooser, part, rows[-1], asked)
    if found is None or found.places is None:
        return found
    ids = {to_path(row.key) for row in rows}
    others = [one for one in found.places.siblings if one.value not in ids]
    at = found.places.last if found.places.at in ids else found.places.at
    return replace(found, places=replace(found.places, siblings=others, at=at))


def _inputs(
    chooser: Chooser,
    part: Part,
    rows: Sequence[Row],
    typed_in: FormInput | None,
    problems: Sequence[Problem],
) -> list[Any]:
    """Build inputs for the fields of all rows at once; empty if the rows differ."""
    values = {
        name: rows[0].values[name]
        if all(row.values[name] == rows[0].values[name] for row in rows)
        else None
        for name in part.fields
    }
    return build(
        part,
        values,
        typed_in=typed_in,
        choices=chooser.references(part, values, typed_in),
        problems=problems,
    )
