"""A new object whose key its user chooses: the form that asks for it."""

from collections.abc import Sequence
from typing import Any

from pyramid.renderers import render_to_response
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from draftedit.engine.base.errors import Problem, Refused
from draftedit.service.session import EditSession
from draftedit.web.form_values import FormInput, read
from draftedit.web.forms import build
from draftedit.web.pages.drafts import opened
from draftedit.web.pages.form_errors import start_over
from draftedit.web.pages.labels import names_for
from draftedit.web.pages.redirects import once
from draftedit.web.permissions import EDIT
from draftedit.web.resources import NewObjectContext

TEMPLATE = "draftedit.web:templates/new_object.jinja2"


@view_config(
    route_name="draftedit.new_object",
    request_method="GET",
    permission=EDIT,
    renderer=TEMPLATE,
)
def ask(context: NewObjectContext, request: Request) -> dict[str, Any]:
    """Ask for the columns of the key that nothing generates."""
    return _form(context, request)


@view_config(
    route_name="draftedit.new_object",
    request_method="POST",
    permission=EDIT,
    require_csrf=True,
)
def open_draft(context: NewObjectContext, request: Request) -> Response:
    """Open a draft on a new object of that key, and redirect to it."""
    try:
        return once(context, request, lambda: opened(request, _open(context, request)))
    except Refused as refusal:
        start_over(request)
        values = _form(context, request, refusal.problems)
        response = render_to_response(TEMPLATE, values, request)
        response.status_int = 422
        return response


def _open(context: NewObjectContext, request: Request) -> EditSession:
    typed_in = FormInput.from_params(request.POST)
    values, problems = read(context.target.root, typed_in, None)
    if problems:
        raise Refused(*problems)
    edit: EditSession = context.drafts.open(
        request.dbsession, context.target.name, owner=context.owner, values=values
    )
    return edit


def _form(
    context: NewObjectContext, request: Request, problems: Sequence[Problem] = ()
) -> dict[str, Any]:
    part = context.target.root
    wanted = context.drafts.keys_to_give(part.name)
    inputs = build(
        part,
        None,
        typed_in=FormInput.from_params(request.POST),
        problems=problems,
    )
    return {
        "target": context.target,
        "names": names_for(request, context.target),
        "inputs": [one for one in inputs if one.field.name in wanted],
        "problems": problems,
    }
