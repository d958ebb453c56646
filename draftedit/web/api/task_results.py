"""Endpoints of long tasks: list their results, and request a run."""

from pyramid.request import Request
from pyramid.response import Response

from draftedit.engine.base.errors import Problem, Refused, Unknown
from draftedit.engine.base.texts import text_of
from draftedit.service import task_results
from draftedit.web import guards
from draftedit.web.api import body, json_text, responses, serializers
from draftedit.web.api.endpoint import Endpoint
from draftedit.web.api.unsafe_calls import respond
from draftedit.web.permissions import EDIT, READ
from draftedit.web.request_guards import json_call
from draftedit.web.resources import ResultsContext


def listing(context: ResultsContext, request: Request) -> Response:
    """List the result of each task of an object."""
    return responses.answer(
        responses.piece(
            request,
            _all(context, request),
            lambda one: serializers.result(request, one),
        )
    )


def want(context: ResultsContext, request: Request) -> Response:
    """Request a run of a task."""

    def act() -> guards.Answer:
        task = body.Body(request, "task").text("task")
        where = (context.drafts, request.dbsession, context.target.name, context.key)
        try:
            place = task_results.want(*where, task, by=context.owner)
        except Unknown as error:
            # The body is wrong, not the URL.
            raise Refused(Problem(text_of(error), field="task")) from error
        request.wake_worker(place)
        [known] = [one for one in _all(context, request) if one.name == task]
        return guards.Answer(202, json_text.dumps(serializers.result(request, known)))

    call = json_call(request, context.owner)
    return respond(guards.once(context.drafts, request.dbsession, call, act))


def _all(context: ResultsContext, request: Request) -> list[task_results.TaskResult]:
    return task_results.listing(
        context.drafts, request.dbsession, context.target.name, context.key
    )


ENDPOINTS = (
    Endpoint(
        "GET",
        "results",
        listing,
        READ,
        "List what long tasks have found in an object, and whether that is of now.",
        "Result",
        listed=True,
    ),
    Endpoint(
        "POST",
        "results",
        want,
        EDIT,
        "Ask for a long task to be run on an object.",
        "Result",
        status=202,
        body="Wish",
        body_required=True,
        guards=("Idempotency-Key",),
    ),
)
