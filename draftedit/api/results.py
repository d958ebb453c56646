"""Results of long tasks: what is known of them, and asking for one."""

from pyramid.request import Request
from pyramid.response import Response

from draftedit import guards, results
from draftedit.api import answers, body, json_text, pieces, spelling
from draftedit.api.endpoint import Endpoint
from draftedit.api.verbs import respond
from draftedit.contexts import ResultsContext
from draftedit.engine.errors import Problem, Refused, Unknown
from draftedit.incoming import json_call
from draftedit.security import EDIT, READ


def listing(context: ResultsContext, request: Request) -> Response:
    """List what is known of each task of an object."""
    return answers.answer(
        pieces.piece(
            request, _all(context, request), lambda one: spelling.result(request, one)
        )
    )


def want(context: ResultsContext, request: Request) -> Response:
    """Ask for a task to be run."""

    def act() -> guards.Answer:
        task = body.Body(request, "task").text("task")
        where = (context.drafts, request.dbsession, context.target.name, context.key)
        try:
            place = results.want(*where, task, by=context.owner)
        except Unknown as error:
            # Not the address is wrong but what the body names.
            raise Refused(Problem(str(error), field="task")) from error
        request.wake_worker(place)
        [known] = [one for one in _all(context, request) if one.name == task]
        return guards.Answer(202, json_text.dumps(spelling.result(request, known)))

    call = json_call(request, context.owner)
    return respond(guards.once(context.drafts, request.dbsession, call, act))


def _all(context: ResultsContext, request: Request) -> list[results.Result]:
    return results.listing(
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
