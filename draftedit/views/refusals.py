"""A refused form is answered with its page and what was typed, never a redirect.

Everything that the refused act may have begun is undone first, so that the page shows
the draft as it is.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pyramid.config import Configurator
from pyramid.exceptions import PredicateMismatch
from pyramid.renderers import render_to_response
from pyramid.request import Request
from pyramid.response import Response

from draftedit.contexts import DraftContext, HandOnContext
from draftedit.editing import EditSession
from draftedit.engine.errors import DraftError, Problem, Unknown
from draftedit.engine.keys import from_path
from draftedit.said import Said
from draftedit.views import changes, conflicts, editor, handing, row, rows
from draftedit.views.answering import about_draft
from draftedit.views.back import local_path
from draftedit.views.deciding import Choices
from draftedit.views.reports import report
from draftedit.views.row_page import Refusal
from draftedit.views.several import SEVERAL
from draftedit.views.wanted import keys

Page = tuple[str, dict[str, Any]]


def show(error: DraftError, request: Request) -> Response:
    """Show the page of a form that was refused, with the reason on it."""
    found = report(error, request)
    context: Any = getattr(request, "context", None)
    if found is None or not _has_draft(context):
        # There is no draft to show: refused before it was found.
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
    """Undo what the refused act has begun, and read on in a new transaction."""
    request.tm.abort()
    request.tm.begin()


def _on_operation(request: Request, edit: EditSession, error: DraftError) -> Page:
    """Show the row's form again where the operation came from one."""
    if request.POST.get("form") == SEVERAL:
        return _on_several(request, edit, error)
    params = _texts(request.POST)
    op = params.get("op")
    of_row = op in ("set", "insert", "move")
    table = params.get("form_table") or (params.get("table") if of_row else None)
    if table is None:
        return _on_editor(request, edit, error)
    refusal = Refusal(Said.from_params(params), _problems(error), params.get("table"))
    here = local_path(params.get("here")) or ""
    asked = {"back": params.get("back", ""), **dict(parse_qsl(urlsplit(here).query))}
    if op == "insert" and table == params.get("table"):
        key = None
        asked |= {n: params[n] for n in ("parent", "after") if n in params}
    else:
        key = params.get("form_id") or params.get("id")
    try:
        values = row.form(
            request, edit, table, from_path(key) if key else None, asked, refusal, here
        )
    except (Unknown, ValueError):
        return _on_editor(request, edit, error)
    return row.TEMPLATE, values


def _on_several(request: Request, edit: EditSession, error: DraftError) -> Page:
    """Show the form for several rows again, with what was chosen in it."""
    params = request.POST
    try:
        values = rows.form(
            request,
            edit,
            params.get("table", ""),
            keys("/".join(params.getall("id"))),
            _texts(params),
            Said.from_params(params),
            _problems(error),
            params.getall("with"),
        )
    except (Unknown, ValueError):
        return _on_editor(request, edit, error)
    return rows.TEMPLATE, values


def _on_editor(request: Request, edit: EditSession, _error: DraftError) -> Page:
    back = local_path(request.POST.get("back"))
    here = back or request.route_path("draftedit.draft", key=edit.info.key)
    query = dict(parse_qsl(urlsplit(here).query))
    values = editor.page_or_start(request, edit, query, here)
    return editor.TEMPLATE, values | {"typed": Said.from_params(request.POST).texts}


def _on_hand_on(request: Request, edit: EditSession, error: DraftError) -> Page:
    """Show the editor with the form open, and the name that was typed in it."""
    template, values = _on_editor(request, edit, error)
    return template, values | {"hand_on_to": request.POST.get("to", "")}


def _on_open_drafts(request: Request, edit: EditSession, _error: DraftError) -> Page:
    """Show an admin the list again, which tells nothing of what is in the draft."""
    values = handing.page(request, edit.target, edit.root)
    typed = {"key": edit.info.key, "to": request.POST.get("to", "")}
    return handing.TEMPLATE, values | {"typed": typed}


def _on_save(request: Request, edit: EditSession, _error: DraftError) -> Page:
    values = changes.page(request, edit, request.POST.get("message", ""))
    return changes.TEMPLATE, values


def _on_rebase(request: Request, edit: EditSession, error: DraftError) -> Page:
    """Ask again, with the choices made; of a draft that takes none, show what it is."""
    if not edit.is_open or edit.misfits():
        return _on_editor(request, edit, error)
    choices = Choices.from_params(request.POST)
    return conflicts.TEMPLATE, conflicts.page(request, edit, choices, error)


def _problems(error: DraftError) -> tuple[Problem, ...]:
    return tuple(getattr(error, "problems", ()))


def _texts(params: Mapping[str, Any]) -> dict[str, str]:
    """Leave out what is no text, but an uploaded file."""
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
    """Answer refusals of the editor's forms with their pages."""
    for name in PAGES:
        config.add_exception_view(show, context=DraftError, route_name=name)
