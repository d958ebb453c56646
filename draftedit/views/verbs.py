"""The verbs of the editor's forms: operate, undo, redo, rebase, save, cancel.

Each goes through the guards, acts once and leads to a page. What is refused is raised,
and shown by `draftedit.views.refusals`.
"""

from collections.abc import Callable
from typing import Any

from pyramid.config import Configurator
from pyramid.i18n import TranslationStringFactory
from pyramid.request import Request
from pyramid.response import Response

from draftedit import guards
from draftedit.contexts import DraftContext
from draftedit.editing import EditSession
from draftedit.engine.errors import Problem, Refused
from draftedit.engine.keys import to_path
from draftedit.engine.operations import Insert
from draftedit.guards import BadRequest
from draftedit.incoming import form_call
from draftedit.outcomes import Moved
from draftedit.security import EDIT
from draftedit.views.answering import flash, see_other
from draftedit.views.back import local_path
from draftedit.views.leading import to_change
from draftedit.views.operating import operation_from
from draftedit.views.places import DraftPlaces
from draftedit.views.rebasing import bring_in, tell_what_came
from draftedit.views.several import SEVERAL, operation_on_rows, ticked

_ = TranslationStringFactory("draftedit")

MAX_MESSAGE = 2000

Act = Callable[[EditSession, Request], str]


def verb(act: Act) -> Callable[[DraftContext, Request], Response]:
    """Make the view of an act that changes a draft and returns where to go."""

    def view(context: DraftContext, request: Request) -> Response:
        edit = context.edit

        def guarded() -> guards.Answer:
            return guards.Answer(303, act(edit, request))

        call = form_call(request, context.owner)
        answer = guards.change(context.drafts, request.dbsession, call, edit, guarded)
        return see_other(answer.text)

    return view


def operate(edit: EditSession, request: Request) -> str:
    """Apply the form's operation; `several` is about the rows of a table."""
    if request.POST.get("each") == "choose":
        return _to_rows(edit, request)
    read = operation_on_rows if request.POST.get("op") == SEVERAL else operation_from
    outcome = edit.apply(read(request.POST, edit))
    if outcome.sequence is None:
        flash(request, _("Nothing was changed: it was like that already."))
    if request.POST.get("op") == "insert" and "row" in request.POST:
        return _to_new_row(edit, request, outcome.operation)
    return _back(edit, request)


def _to_rows(edit: EditSession, request: Request) -> str:
    """Ask what is to be done with the rows that are ticked."""
    places = DraftPlaces(request, edit.info.key)
    table, back = request.POST.get("table", ""), local_path(request.POST.get("back"))
    return places.rows(table, ticked(request.POST), back=back)


def _to_new_row(edit: EditSession, request: Request, operation: Any) -> str:
    """Show a new row where it stands now."""
    for one in getattr(operation, "operations", (operation,)):
        if isinstance(one, Insert) and one.key is not None:
            places = DraftPlaces(request, edit.info.key)
            page = places.page(one.table, one.parent, around=to_path(one.key))
            return f"{page}#row-{to_path(one.key)}"
    return _back(edit, request)


def undo(edit: EditSession, request: Request) -> str:
    """Take back the last operation, or all after the one named."""
    return _to_change(edit, request, edit.undo(**_steps(request)))


def redo(edit: EditSession, request: Request) -> str:
    """Do again what was taken back."""
    return _to_change(edit, request, edit.redo(**_steps(request)))


def _to_change(edit: EditSession, request: Request, moved: Moved) -> str:
    """Show what was undone or redone, where there is something left of it to show."""
    places, back = DraftPlaces(request, edit.info.key), _back(edit, request)
    return to_change(places, edit.target, moved.rows, back) or back


def save(edit: EditSession, request: Request) -> str:
    """Swap the draft in for the live object."""
    message = request.POST.get("message", "").strip()
    if "\0" in message:
        text = _("The message holds a NUL character.")
        raise Refused(Problem(text, field="message"))
    if len(message) > MAX_MESSAGE:
        text = _("A message has at most ${n} characters.", mapping={"n": MAX_MESSAGE})
        raise Refused(Problem(text, field="message"))
    base = edit.info.base
    saved = edit.save(message=message or None)
    if saved.merged:
        since = edit.incoming(base=base)
        came = [one for one in since if one.revision in saved.merged]
        tell_what_came(request, came)
    where = {"target": edit.target.name, "id": to_path(saved.key)}
    if edit.row(edit.target.name, edit.root).gone:
        flash(request, _("Saved as revision ${n}.", mapping={"n": saved.revision}))
        return str(request.route_path("draftedit.history", **where))
    # The page says so, and leads to what changed and to the way back.
    query = {"saved": saved.revision}
    return str(request.route_path("draftedit.object", **where, _query=query))


def rebase(edit: EditSession, request: Request) -> str:
    """Bring in what others have saved, as the form decides."""
    bring_in(edit, request)
    return _back(edit, request)


def cancel(edit: EditSession, request: Request) -> str:
    """Close the draft; live stays as it is."""
    edit.cancel()
    flash(request, _("The draft is cancelled; what is saved stays as it was."))
    path: str = request.route_path("draftedit.drafts")
    return path


def _steps(request: Request) -> dict[str, int]:
    for name in ("to", "count"):
        text = request.POST.get(name)
        if text is not None:
            if not (text.isascii() and text.isdecimal() and len(text) < 10):
                raise BadRequest(f"“{name}” is not a number.")
            return {name: int(text)}
    return {"count": 1}


def _back(edit: EditSession, request: Request) -> str:
    path: str = local_path(request.POST.get("back")) or request.route_path(
        "draftedit.draft", key=edit.info.key
    )
    return path


VERBS: dict[str, Act] = {
    "operations": operate,
    "undo": undo,
    "redo": redo,
    "rebase": rebase,
    "save": save,
    "cancel": cancel,
}


def includeme(config: Configurator) -> None:
    """Add the views of all verbs."""
    for name, act in VERBS.items():
        config.add_view(
            verb(act),
            route_name=f"draftedit.{name}",
            request_method="POST",
            permission=EDIT,
            require_csrf=True,
        )
