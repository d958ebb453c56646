"""Show a refused form again on its page, with what was typed and the reason.

Whatever the refused act has begun is rolled back first, so that the page shows the
draft as it is.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pyramid.config import Configurator
from pyramid.exceptions import PredicateMismatch
from pyramid.renderers import render_to_response
from pyramid.request import Request
from pyramid.response import Response

from draftedit.engine.base.errors import DraftError, NeedsConsent, Problem, Unknown
from draftedit.engine.base.keys import from_path
from draftedit.service.session import EditSession
from draftedit.web.form_values import FormInput
from draftedit.web.pages import bulk_form, changes, editor, row_page, transfer
from draftedit.web.pages.conflicts import conflicts_page as conflicts
from draftedit.web.pages.conflicts.form import ConflictChoices
from draftedit.web.pages.error_mapping import report
from draftedit.web.pages.error_views import answer_person
from draftedit.web.pages.form_operations import SEVERAL
from draftedit.web.pages.redirects import about_draft, local_path
from draftedit.web.pages.row_page import Refusal
from draftedit.web.pages.rows_page import keys
from draftedit.web.resources import DraftContext, HandOnContext
from draftedit.web.retry import DATABASE_ERRORS

Page = tuple[str, dict[str, Any]]


def show(error: DraftError, request: Request) -> Response:
    """Show the page of a form that was refused, with the reason on it.

    If the database fails meanwhile, that is shown instead.
    """
    try:
        return _show(error, request)
    except DATABASE_ERRORS as failure:
        return answer_person(failure, request)


def _show(error: DraftError, request: Request) -> Response:
    found = report(error, request)
    context: Any = getattr(request, "context", None)
    if found is None or not _has_draft(context):
        # Refused before the draft was found, so there is none to show.
        raise PredicateMismatch("not on the page of a draft")
    start_over(request)
    is_mine = isinstance(context, DraftContext) or context.is_mine
    edit = context.drafts.resume(
        request.dbsession,
        request.matchdict["key"],
        owner=context.owner if is_mine else None,
    )
    show_page = PAGES[request.matched_route.name] if is_mine else _on_open_drafts
    template, values = show_page(request, edit, error)
    values["refused"] = found
    values.setdefault("problems", _problems(error))
    values.setdefault("conflicts", getattr(error, "conflicts", ()))
    response = render_to_response(template, values, request)
    about_draft(response, edit.info.version)
    response.status_int = found.kind.status
    response.headers.update(found.headers)
    return response


def _has_draft(context: Any) -> bool:
    if isinstance(context, HandOnContext):
        return context.is_there
    return isinstance(context, DraftContext)


def start_over(request: Request) -> None:
    """Roll back what the refused act has begun, and begin a new transaction."""
    request.tm.abort()
    request.tm.begin()


def _on_operation(request: Request, edit: EditSession, error: DraftError) -> Page:
    """Show the row's form again if the operation came from one."""
    if request.POST.get("form") == SEVERAL:
        return _on_several(request, edit, error)
    params = _texts(request.POST)
    op = params.get("op")
    of_row = op in ("set", "insert", "move")
    table = params.get("form_table") or (params.get("table") if of_row else None)
    if table is None:
        return _on_editor(request, edit, error)
    refusal = Refusal(
        FormInput.from_params(params), _problems(error), params.get("table")
    )
    here = local_path(params.get("here")) or ""
    asked = {"back": params.get("back", ""), **dict(parse_qsl(urlsplit(here).query))}
    if op == "insert" and table == params.get("table"):
        key = None
        asked |= {n: params[n] for n in ("parent", "after") if n in params}
    else:
        key = params.get("form_id") or params.get("id")
    try:
        values = row_page.form(
            request, edit, table, from_path(key) if key else None, asked, refusal, here
        )
    except (Unknown, ValueError):
        return _on_editor(request, edit, error)
    return row_page.TEMPLATE, values


def _on_several(request: Request, edit: EditSession, error: DraftError) -> Page:
    """Show the form for several rows again, with the choices made."""
    params = request.POST
    try:
        values = bulk_form.form(
            request,
            edit,
            params.get("table", ""),
            keys("/".join(params.getall("id"))),
            _texts(params),
            FormInput.from_params(params),
            _problems(error),
            params.getall("with"),
        )
    except (Unknown, ValueError):
        return _on_editor(request, edit, error)
    return bulk_form.TEMPLATE, values


def _on_editor(request: Request, edit: EditSession, _error: DraftError) -> Page:
    back = local_path(request.POST.get("back"))
    here = back or request.route_path("draftedit.draft", key=edit.info.key)
    query = dict(parse_qsl(urlsplit(here).query))
    values = editor.page_or_start(request, edit, query, here)
    return editor.TEMPLATE, values | {
        "typed": FormInput.from_params(request.POST).texts
    }


def _on_hand_on(request: Request, edit: EditSession, error: DraftError) -> Page:
    """Show the editor with the form open, and the name that was typed."""
    template, values = _on_editor(request, edit, error)
    return template, values | {"hand_on_to": request.POST.get("to", "")}


def _on_open_drafts(request: Request, edit: EditSession, _error: DraftError) -> Page:
    """Show an admin the list again, which has no content of the draft."""
    values = transfer.page(request, edit.target, edit.root)
    typed = {"key": edit.info.key, "to": request.POST.get("to", "")}
    return transfer.TEMPLATE, values | {"typed": typed}


def _on_save(request: Request, edit: EditSession, error: DraftError) -> Page:
    values = changes.page(request, edit, request.POST.get("message", ""))
    if isinstance(error, NeedsConsent):
        values |= {"consequences": error.consequences, "consent": error.consent}
    return changes.TEMPLATE, values


def _on_rebase(request: Request, edit: EditSession, error: DraftError) -> Page:
    """Show the conflicts with the choices made; for a closed draft, show the draft."""
    if not edit.is_open or edit.misfits():
        return _on_editor(request, edit, error)
    choices = ConflictChoices.from_params(request.POST)
    return conflicts.TEMPLATE, conflicts.page(request, edit, choices, error)


def _problems(error: DraftError) -> tuple[Problem, ...]:
    return tuple(getattr(error, "problems", ()))


def _texts(params: Mapping[str, Any]) -> dict[str, str]:
    """Return the parameters that are texts, without uploaded files."""
    return {name: text for name, text in params.items() if isinstance(text, str)}


PAGES: dict[str, Callable[[Request, EditSession, DraftError], Page]] = {
    "draftedit.operations": _on_operation,
    "draftedit.undo": _on_editor,
    "draftedit.redo": _on_editor,
    "draftedit.cancel": _on_editor,
    "draftedit.fork": _on_editor,
    "draftedit.hand_on": _on_hand_on,
    "draftedit.check": _on_save,
    "draftedit.rebase": _on_rebase,
    "draftedit.preview": _on_rebase,
    "draftedit.save": _on_save,
}


def includeme(config: Configurator) -> None:
    """Register views that show a refusal on the page of its form."""
    for name in PAGES:
        config.add_exception_view(show, context=DraftError, route_name=name)
