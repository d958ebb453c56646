"""What long tasks have found in an object, and the buttons that ask for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pyramid.i18n import TranslationStringFactory
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from draftedit import guards, results
from draftedit.contexts import ObjectContext, ResultsContext
from draftedit.engine.errors import Key, Unknown
from draftedit.engine.keys import to_path
from draftedit.guards import BadRequest
from draftedit.results import Result
from draftedit.security import EDIT, READ
from draftedit.settings import task_lease
from draftedit.views.answering import flash, once
from draftedit.views.naming import LiveRows, names_for
from draftedit.views.places import LivePlaces

_ = TranslationStringFactory("draftedit")

SHOWN = 50


@dataclass(frozen=True)
class Named:
    """A row by its name, and where it is shown, if it is still there."""

    name: str
    url: str | None


@dataclass(frozen=True)
class Told:
    """One finding, with the rows that it is about."""

    message: str
    row: Named | None
    other: Named | None


@dataclass(frozen=True)
class Shown:
    """One task with a page of what it found.

    `asks_in_vain`: it waits, and no worker has been seen lately.
    """

    result: Result
    told: Sequence[Told] = ()
    first: str | None = None
    next: str | None = None
    asks_in_vain: bool = False


@view_config(
    route_name="draftedit.results",
    request_method="GET",
    permission=READ,
    renderer="draftedit:templates/results.jinja2",
)
def show(context: ResultsContext, request: Request) -> dict[str, Any]:
    """Show each task of the object: how far it is, and what it found."""
    request.response.headers["Cache-Control"] = "no-store"
    start = _start(request)
    return {
        "label": context.object.label,
        "places": _places(context, request),
        "tasks": [
            _shown(one, request, context, start if is_named else 0)
            for one in _known(context, request)
            for is_named in [request.GET.get("task") == one.name]
        ],
        "may_edit": request.has_permission(EDIT),
        "action": request.path,
    }


@view_config(
    route_name="draftedit.results",
    request_method="POST",
    permission=EDIT,
    require_csrf=True,
)
def want(context: ResultsContext, request: Request) -> Response:
    """Ask for a task, and lead to where its result will be."""

    def act() -> guards.Answer:
        task = request.POST.get("task", "")
        if task not in context.target.tasks:
            raise BadRequest("The form names no task.")
        where = (context.drafts, request.dbsession, context.target.name, context.key)
        request.wake_worker(results.want(*where, task, by=context.owner))
        flash(request, _("It will be looked at; this page says how far it is."))
        return guards.Answer(303, request.path)

    return once(context, request, act)


def summary(context: ObjectContext, request: Request) -> list[Shown]:
    """Return what is known of each task of the object, without what they found."""
    return [
        Shown(one, asks_in_vain=_without_worker(one, request))
        for one in _known(context, request)
    ]


def _known(context: ObjectContext, request: Request) -> list[Result]:
    return results.listing(
        context.drafts, request.dbsession, context.target.name, context.key
    )


def _without_worker(result: Result, request: Request) -> bool:
    """Tell whether it waits while no worker has been seen lately."""
    if result.state != results.QUEUED:
        return False
    lately = timedelta(seconds=task_lease(request.registry.settings))
    return result.seen_at is None or datetime.now(UTC) - result.seen_at > lately


def _shown(
    result: Result, request: Request, context: ResultsContext, start: int
) -> Shown:
    page = result.findings[start : start + SHOWN]
    following = start + SHOWN
    has_more = following < len(result.findings)
    return Shown(
        result=result,
        told=_told(page, result, request, context),
        first=_page(request, result, 0) if start else None,
        next=_page(request, result, following) if has_more else None,
        asks_in_vain=_without_worker(result, request),
    )


def _page(request: Request, result: Result, start: int) -> str:
    query = {"task": result.name, "start": start} if start else {}
    path: str = request.current_route_path(_query=query)
    return path


def _start(request: Request) -> int:
    text = request.GET.get("start", "0")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise BadRequest("“start” is not a number.")
    return int(text)


def _told(
    findings: Sequence[Any],
    result: Result,
    request: Request,
    context: ResultsContext,
) -> list[Told]:
    """Name rows as they are; those that are gone as the result's revision had them."""
    live = LiveRows(request, context.target, context.key)
    then = LiveRows(request, context.target, context.key, result.revision)
    names = names_for(request, context.target, live, then)
    places = _places(context, request)

    def named(table: str | None, key: Key | None) -> Named | None:
        if table is None or key is None:
            return None
        try:
            live.row(table, key)
        except Unknown:
            return Named(names.located(table, key), None)
        return Named(names.located(table, key), places.row(table, key))

    return [
        Told(one.message, named(one.table, one.key), named(one.table, one.other))
        for one in findings
    ]


def _places(context: ResultsContext, request: Request) -> LivePlaces:
    return LivePlaces(request, context.target.name, context.object.key)


def place_of(request: Request, target: str, key: Key) -> str:
    """Return where the results of an object are shown."""
    path: str = request.route_path("draftedit.results", target=target, id=to_path(key))
    return path
