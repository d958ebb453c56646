"""The page that explains a kind of problem: where a problem's `type` leads."""

from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from draftedit.problems import KINDS


@view_config(
    route_name="draftedit.problem",
    request_method="GET",
    permission=NO_PERMISSION_REQUIRED,
    renderer="draftedit:templates/problem.jinja2",
)
def explain(request: Request) -> dict[str, Any]:
    """Explain one kind of problem, and name the others."""
    kind = KINDS.get(request.matchdict["name"])
    if kind is None:
        raise HTTPNotFound(f"There is no problem {request.matchdict['name']}.")
    return {"kind": kind, "kinds": KINDS.values()}
