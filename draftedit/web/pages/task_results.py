"""The findings of long tasks in an object, and the buttons that request a run."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from translationstring import TranslationStringFactory

from draftedit.engine.base.errors import Key, Unknown
from draftedit.engine.base.keys import to_path
from draftedit.service import task_results
from draftedit.service.task_results import TaskResult
from draftedit.settings.table import TASK_LEASE
from draftedit.web import guards
from draftedit.web.guards import BadRequest
from draftedit.web.messages import say
from draftedit.web.pages.flash import flash
from draftedit.web.pages.labels import LiveRows, names_for
from draftedit.web.pages.redirects import once
from draftedit.web.pages.urls import LiveUrls
from draftedit.web.permissions import EDIT, READ
from draftedit.web.resources import ObjectContext, ResultsContext

_ = TranslationStringFactory("draftedit")

SHOWN = 50


@dataclass(frozen=True)
class Named:
    """The label of a row, and its address, if it still exists."""

    name: str
    url: str | None


@dataclass(frozen=True)
class FindingText:
    """One finding, with the rows that it is about."""

    message: str
    row: Named | None
    other: Named | None


@dataclass(frozen=True)
class TaskCard:
    """One task with a page of its findings.

    `asks_in_vain`: it waits, and no worker has been seen lately.
    """

    result: TaskResult
    findings: Sequence[FindingText] = ()
    first: str | None = None
    next: str | None = None
    asks_in_vain: bool = False


@view_config(
    route_name="draftedit.results",
    request_method="GET",
    permission=READ,
    renderer="draftedit.web:templates/results.jinja2",
)
def show(context: ResultsContext, request: Request) -> dict[str, Any]:
    """Show each task of the object: its progress and its findings."""
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
    """Request a run of a task, and redirect to its result."""

    def act() -> guards.Answer:
        task = request.POST.get("task", "")
        if task not in context.target.tasks:
            raise BadRequest(say("form-without-task"))
        where = (context.drafts, request.dbsession, context.target.name, context.key)
        request.wake_worker(task_results.want(*where, task, by=context.owner))
        flash(request, _("It will be looked at; this page says how far it is."))
        return guards.Answer(303, request.path)

    return once(context, request, act)


def summary(context: ObjectContext, request: Request) -> list[TaskCard]:
    """Return the result of each task of the object, without its findings."""
    return [
        TaskCard(one, asks_in_vain=_without_worker(one, request))
        for one in _known(context, request)
    ]


def _known(context: ObjectContext, request: Request) -> list[TaskResult]:
    return task_results.listing(
        context.drafts, request.dbsession, context.target.name, context.key
    )


def _without_worker(result: TaskResult, request: Request) -> bool:
    """Return whether it waits and no worker has been seen lately."""
    if result.state != task_results.QUEUED:
        return False
    lately = timedelta(seconds=TASK_LEASE.read(request.registry.settings))
    return result.seen_at is None or datetime.now(UTC) - result.seen_at > lately


def _shown(
    result: TaskResult, request: Request, context: ResultsContext, start: int
) -> TaskCard:
    page = result.findings[start : start + SHOWN]
    following = start + SHOWN
    has_more = following < len(result.findings)
    return TaskCard(
        result=result,
        findings=_named_findings(page, result, request, context),
        first=_page(request, result, 0) if start else None,
        next=_page(request, result, following) if has_more else None,
        asks_in_vain=_without_worker(result, request),
    )


def _page(request: Request, result: TaskResult, start: int) -> str:
    query = {"task": result.name, "start": start} if start else {}
    path: str = request.current_route_path(_query=query)
    return path


def _start(request: Request) -> int:
    text = request.GET.get("start", "0")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise BadRequest(say("form-start-not-a-number"))
    return int(text)


def _named_findings(
    findings: Sequence[Any],
    result: TaskResult,
    request: Request,
    context: ResultsContext,
) -> list[FindingText]:
    """Label rows as they are; deleted ones as the result's revision had them."""
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
        FindingText(one.message, named(one.table, one.key), named(one.table, one.other))
        for one in findings
    ]


def _places(context: ResultsContext, request: Request) -> LiveUrls:
    return LiveUrls(request, context.target.name, context.object.key)


def place_of(request: Request, target: str, key: Key) -> str:
    """Return the address of the results of an object."""
    path: str = request.route_path("draftedit.results", target=target, id=to_path(key))
    return path
