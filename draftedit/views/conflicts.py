"""Conflicts, three sides beside one another, and a choice for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from draftedit import guards
from draftedit.contexts import DraftContext
from draftedit.editing import EditSession
from draftedit.engine.errors import Conflict, Conflicts, Problem
from draftedit.incoming import form_call
from draftedit.security import EDIT
from draftedit.views.answering import about_draft, see_other
from draftedit.views.asking import Asking
from draftedit.views.deciding import Choices, fingerprint
from draftedit.views.differing import Section, sections
from draftedit.views.drafting import draft_values
from draftedit.views.names import Names
from draftedit.views.naming import LiveRows, names_for
from draftedit.views.places import DraftPlaces
from draftedit.views.rebasing import decisions, what_was_dropped

TEMPLATE = "draftedit:templates/conflicts.jinja2"

PREVIEWED = 100  # changed rows; those in conflict come first


@dataclass(frozen=True)
class Preview:
    """What the choices would lead to: how the draft would differ from live.

    `theirs` names the rows in conflict of which nothing would be changed any more;
    `more` counts what is not shown; `dropped` tells of steps that would be lost.
    """

    sections: Sequence[Section]
    theirs: Sequence[str]
    more: int
    dropped: str | None


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


@view_config(
    route_name="draftedit.preview",
    request_method="POST",
    permission=EDIT,
    renderer=TEMPLATE,
    require_csrf=True,
)
def preview(context: DraftContext, request: Request) -> dict[str, Any]:
    """Show what the choices would lead to, on the page that asks; store nothing."""
    edit, choices = context.edit, Choices.from_params(request.POST)
    shown: list[Preview] = []

    def look() -> guards.Answer:
        found, decided = decisions(edit, choices)
        with edit.rebased(decided) as (then, brought):
            names = names_for(request, edit.target, then)
            dropped = brought.dropped
            told = what_was_dropped(dropped, names_for(request, edit.target, edit))
            shown.append(_preview(then, names, found, told if dropped else None))
        return guards.Answer(200, "")

    call = form_call(request, context.owner)
    guards.look(context.drafts, request.dbsession, call, edit, look)
    about_draft(request.response, edit.info.version)
    return page(request, edit, choices) | {"preview": shown[0]}


def _preview(
    then: EditSession, names: Names, found: Sequence[Conflict], dropped: str | None
) -> Preview:
    asked = dict.fromkeys((one.table, one.key) for one in found)
    changes = then.changes()
    changed = {(one.table, one.key) for one in changes}
    changes.sort(key=lambda one: (one.table, one.key) not in asked)
    return Preview(
        sections=sections(changes[:PREVIEWED], names, lambda table, key: None),
        theirs=[names.located(*one) for one in asked if one not in changed],
        more=len(changes[PREVIEWED:]),
        dropped=dropped,
    )


@view_config(route_name="draftedit.preview", request_method="GET", permission=EDIT)
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
