"""What the pages that ask for a password have in common: they can be slowed down."""

import math
from collections.abc import Callable

from pyramid.i18n import TranslationStringFactory
from pyramid.request import Request

from draftedit import sign_in_failures
from draftedit.engine.errors import Problem
from draftedit.views.times import duration

_ = TranslationStringFactory("draftedit")


def slowed(
    request: Request, name: str, field: str, matches: Callable[[], bool], wrong: str
) -> Problem | None:
    """Look at a password unless there were too many wrong ones; say what is wrong.

    The answer's status is set with it; a failure is counted although it is refused.
    """
    attempt = sign_in_failures.begin(request.dbsession, name, request.remote_addr)
    seconds = math.ceil(attempt.wait.total_seconds())
    if seconds > 0:
        request.response.status_int = 429
        request.response.headers["Retry-After"] = str(seconds)
        left = {"time": duration(seconds)}
        return Problem(
            _("There were too many attempts. Try again in ${time}.", mapping=left),
            field=field,
        )
    if not matches():
        attempt.failed()
        request.response.status_int = 422
        # The only thing written is the count, which must not be taken back.
        request.response.headers["X-Tm"] = "commit"
        return Problem(wrong, field=field)
    attempt.succeeded()
    return None


def field_of(request: Request, name: str) -> str:
    """Return a field's text; what is missing or an uploaded file is empty."""
    value = request.POST.get(name, "")
    return value if isinstance(value, str) else ""
