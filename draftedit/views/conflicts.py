"""Conflicts, three sides beside one another, and a choice for each."""

from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from draftedit.contexts import DraftContext
from draftedit.editing import EditSession
from draftedit.engine.errors import Conflicts, Problem
from draftedit.security import EDIT
from draftedit.views.answering import about_draft, see_other
from draftedit.views.asking import Asking
from draftedit.views.deciding import Choices, fingerprint
from draftedit.views.drafting import draft_values
from draftedit.views.naming import LiveRows, names_for
from draftedit.views.places import DraftPlaces

TEMPLATE = "draftedit:templates/conflicts.jinja2"


@view_config(
    route_name="draftedit.conflicts",
    request_method="GET",
    permission=EDIT,
    renderer=TEMPLATE,
)
def show(context: DraftContext, request: Request) -> dict[str, Any] | Response:
    """Look for conflicts and ask about them; a draft that has none left is shown."""
    edit = context.edit
    if not edit.is_open or edit.misfits():
        return see_other(request.route_path("draftedit.draft", key=edit.info.key))
    about_draft(request.response, edit.info.version)
    return page(request, edit)


@view_config(route_name="draftedit.rebase", request_method="GET", permission=EDIT)
def see_conflicts(context: DraftContext, request: Request) -> Response:
    """Lead whoever comes back by the address to the page that asks."""
    key = context.edit.info.key
    return see_other(request.route_path("draftedit.conflicts", key=key))


def page(
    request: Request,
    edit: EditSession,
    choices: Choices | None = None,
    error: Exception | None = None,
) -> dict[str, Any]:
    """Return what the page shows; after an error, with the choices made so far."""
    found = edit.conflicts()
    made = choices or Choices()
    live = LiveRows(request, edit.target, edit.root)
    names = names_for(request, edit.target, edit, live)
    places = DraftPlaces(request, edit.info.key)
    problems: tuple[Problem, ...] = tuple(getattr(error, "problems", ()))
    in_vain = isinstance(error, Conflicts)
    asked = Asking(edit, names, places, made, problems, in_vain).ask(found)
    return {
        **draft_values(edit, names, places),
        "asked": asked,
        "count": sum(len(one.questions) for one in asked),
        "undecided": [(a, q) for a in asked for q in a.questions if q.is_open],
        "wrong": [(a, q) for a in asked for q in a.questions if q.errors],
        "stale": in_vain and made.is_stale(found),
        "rest": made.rest,
        "seen": fingerprint(found),
    }
