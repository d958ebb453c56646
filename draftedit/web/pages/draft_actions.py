"""Views of the editor's forms: operate, undo, redo, rebase, save, cancel.

Each passes the guards, acts once and redirects to a page. A refusal is raised, and
shown by `draftedit.web.pages.form_errors`.
"""

from collections.abc import Callable

from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import Response
from translationstring import TranslationStringFactory

from draftedit.engine.base.errors import Problem, Refused
from draftedit.engine.base.keys import to_path
from draftedit.service.results import Applied, UndoResult
from draftedit.service.session import EditSession
from draftedit.web import guards
from draftedit.web.guards import BadRequest
from draftedit.web.messages import say
from draftedit.web.pages.flash import flash
from draftedit.web.pages.form_operations import (
    SEVERAL,
    operation_from,
    operation_on_rows,
    ticked,
)
from draftedit.web.pages.navigation import to_change
from draftedit.web.pages.rebase import bring_in, flash_revisions
from draftedit.web.pages.redirects import local_path, see_other
from draftedit.web.pages.urls import DraftUrls
from draftedit.web.permissions import EDIT
from draftedit.web.request_guards import form_call
from draftedit.web.resources import DraftContext

_ = TranslationStringFactory("draftedit")

MAX_MESSAGE = 2000

Act = Callable[[EditSession, Request], str]


def verb(act: Act) -> Callable[[DraftContext, Request], Response]:
    """Build the view of an act that changes a draft and returns the next address."""

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
        return _to_new_row(edit, request, outcome)
    return _back(edit, request)


def _to_rows(edit: EditSession, request: Request) -> str:
    """Return the address of the form for the rows that are ticked."""
    places = DraftUrls(request, edit.info.key)
    table, back = request.POST.get("table", ""), local_path(request.POST.get("back"))
    return places.rows(table, ticked(request.POST), back=back)


def _to_new_row(edit: EditSession, request: Request, outcome: Applied) -> str:
    """Show the row that an insert made where it stands now."""
    made = outcome.operation.rows() if outcome.operation else ()
    for row in outcome.rows:
        if (row.table, row.key) in made:
            parent = edit.target.tables[row.table].parent_key_of(row.values)
            places, key = DraftUrls(request, edit.info.key), to_path(row.key)
            return f"{places.page(row.table, parent, around=key)}#row-{key}"
    return _back(edit, request)


def undo(edit: EditSession, request: Request) -> str:
    """Undo the last operation, or all after the one named."""
    return _to_change(edit, request, edit.undo(**_steps(request)))


def redo(edit: EditSession, request: Request) -> str:
    """Redo what was undone."""
    return _to_change(edit, request, edit.redo(**_steps(request)))


def _to_change(edit: EditSession, request: Request, moved: UndoResult) -> str:
    """Return the address of what was undone or redone, if it is still there."""
    places, back = DraftUrls(request, edit.info.key), _back(edit, request)
    return to_change(places, edit.target, moved.rows, back) or back


def save(edit: EditSession, request: Request) -> str:
    """Write the draft into the live object."""
    message = request.POST.get("message", "").strip()
    if "\0" in message:
        text = say("message-has-nul")
        raise Refused(Problem(text, field="message"))
    if len(message) > MAX_MESSAGE:
        text = say("message-too-long", limit=MAX_MESSAGE)
        raise Refused(Problem(text, field="message"))
    base = edit.info.base
    saved = edit.save(message or None, request.POST.get("accept", ""))
    if saved.merged:
        since = edit.incoming(base=base)
        came = [one for one in since if one.revision in saved.merged]
        flash_revisions(request, came)
    if saved.consequences:
        tables = ", ".join(dict.fromkeys(one.table for one in saved.consequences))
        flash(
            request,
            _(
                "Rows outside the object changed with it: ${tables}.",
                mapping={"tables": tables},
            ),
        )
    where = {"target": edit.target.name, "id": to_path(saved.key)}
    if edit.row(edit.target.name, edit.root).gone:
        flash(request, _("Saved as revision ${n}.", mapping={"n": saved.revision}))
        return str(request.route_path("draftedit.history", **where))
    # The page says so, and links to the changes and to the way back.
    query = {"saved": saved.revision}
    return str(request.route_path("draftedit.object", **where, _query=query))


def rebase(edit: EditSession, request: Request) -> str:
    """Bring in what others have saved, with the choices of the form."""
    bring_in(edit, request)
    return _back(edit, request)


def cancel(edit: EditSession, request: Request) -> str:
    """Cancel the draft; live is not changed."""
    edit.cancel()
    flash(request, _("The draft is cancelled; what is saved stays as it was."))
    path: str = request.route_path("draftedit.drafts")
    return path


def _steps(request: Request) -> dict[str, int]:
    for name in ("to", "count"):
        text = request.POST.get(name)
        if text is not None:
            if not (text.isascii() and text.isdecimal() and len(text) < 10):
                raise BadRequest(say("form-value-not-a-number", name=name))
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
