"""The page of conflicts: three sides beside one another, and a choice for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from draftedit.engine.base.errors import Conflict, Conflicts, Problem
from draftedit.service.session import EditSession
from draftedit.web import guards
from draftedit.web.pages.conflicts.form import ConflictChoices, fingerprint
from draftedit.web.pages.conflicts.questions import Asking
from draftedit.web.pages.diff import Section, sections
from draftedit.web.pages.draft_header import draft_values
from draftedit.web.pages.labels import Labels, LiveRows, names_for
from draftedit.web.pages.rebase import decisions, what_was_dropped
from draftedit.web.pages.redirects import about_draft, see_other
from draftedit.web.pages.urls import DraftUrls
from draftedit.web.permissions import EDIT
from draftedit.web.request_guards import form_call
from draftedit.web.resources import DraftContext

TEMPLATE = "draftedit.web:templates/conflicts.jinja2"

PREVIEWED = 100  # changed rows; those in conflict come first


@dataclass(frozen=True)
class Preview:
    """The result that the choices would have: the draft's differences from live.

    `theirs` names the rows in conflict that would have no changes any more; `more`
    counts what is not shown; `dropped` describes steps that would be lost.
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
    """Show the conflicts and their choices; redirect to the draft if there are none."""
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
    """Show the result of the choices on the page of conflicts; store nothing."""
    edit, choices = context.edit, ConflictChoices.from_params(request.POST)
    shown: list[Preview] = []

    def look() -> guards.Answer:
        found, decided = decisions(edit, choices)
        with edit.rebased(decided) as (then, brought):
            names = names_for(request, edit.target, then)
            dropped = brought.dropped
            described = what_was_dropped(dropped, names_for(request, edit.target, edit))
            shown.append(_preview(then, names, found, described if dropped else None))
        return guards.Answer(200, "")

    call = form_call(request, context.owner)
    guards.look(context.drafts, request.dbsession, call, edit, look)
    about_draft(request.response, edit.info.version)
    return page(request, edit, choices) | {"preview": shown[0]}


def _preview(
    then: EditSession, names: Labels, found: Sequence[Conflict], dropped: str | None
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
    """Redirect a GET of this address to the page of conflicts."""
    key = context.edit.info.key
    return see_other(request.route_path("draftedit.conflicts", key=key))


def page(
    request: Request,
    edit: EditSession,
    choices: ConflictChoices | None = None,
    error: Exception | None = None,
) -> dict[str, Any]:
    """Return the template variables; after an error, with the choices made so far."""
    found = edit.conflicts()
    made = choices or ConflictChoices()
    live = LiveRows(request, edit.target, edit.root)
    names = names_for(request, edit.target, edit, live)
    places = DraftUrls(request, edit.info.key)
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
