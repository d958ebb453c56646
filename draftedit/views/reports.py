"""What is said about an error: its kind, its words, the headers that go with it."""

from dataclasses import dataclass, field
from typing import Any

from pyramid.exceptions import BadCSRFOrigin, BadCSRFToken, PredicateMismatch
from pyramid.httpexceptions import HTTPError, HTTPForbidden, HTTPNotFound
from pyramid.i18n import TranslationStringFactory
from pyramid.request import Request

from draftedit import problems, retry
from draftedit.engine.errors import (
    DoesNotFit,
    DraftError,
    Refused,
    SaveRace,
    TooManyWrites,
)
from draftedit.problem_kinds import KINDS, Kind, kind_of_status

_ = TranslationStringFactory("draftedit")

AWAY_SECONDS, BUSY_SECONDS = "5", "1"


@dataclass(frozen=True)
class Report:
    """An error as it is answered."""

    kind: Kind
    detail: str
    members: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


def report(error: Exception, request: Request) -> Report | None:
    """Say what is answered to an error; None: it is a fault of ours, or of a host."""
    if isinstance(error, DraftError):
        return _refusal(error, request)
    if isinstance(error, HTTPError):
        return _http_error(error, request)
    if isinstance(error, UnicodeDecodeError):
        return Report(KINDS["bad-request"], _("The address is not in UTF-8."))
    if isinstance(error, retry.DATABASE_ERRORS):
        return _database_error(error)
    return None


def _refusal(error: DraftError, request: Request) -> Report:
    translate = request.localizer.translate
    detail = str(error)
    if isinstance(error, Refused | DoesNotFit) and error.problems:
        detail = translate(error.problems[0].message)
    members = problems.members(error, translate)
    headers = {"Retry-After": BUSY_SECONDS} if isinstance(error, SaveRace) else {}
    if isinstance(error, TooManyWrites):
        headers = {"Retry-After": str(error.retry_after)}
    return Report(problems.kind_of(error), detail, members, headers)


def _http_error(error: HTTPError, request: Request) -> Report | None:
    if isinstance(error, PredicateMismatch) and request.matched_route is not None:
        allowed = ", ".join(methods(request))
        return Report(
            KINDS["method-not-allowed"],
            _("This address answers: ${methods}.", mapping={"methods": allowed}),
            headers={"Allow": allowed},
        )
    if isinstance(error, HTTPNotFound):
        return Report(KINDS["not-found"], _("There is nothing at this address."))
    if isinstance(error, HTTPForbidden):
        return _forbidden(error, request)
    if isinstance(error, BadCSRFToken | BadCSRFOrigin):
        return Report(KINDS["csrf"], error.detail or error.explanation)
    kind = kind_of_status(error.code)
    if kind is None:
        return None
    kept = {n: v for n, v in error.headers.items() if n.lower() == "retry-after"}
    return Report(kind, error.detail or error.explanation, headers=kept)


def _forbidden(error: HTTPForbidden, request: Request) -> Report:
    if request.authenticated_userid is None:
        return Report(
            KINDS["unauthenticated"],
            _("Nobody is signed in, and no valid token came with the request."),
            headers={"WWW-Authenticate": "Bearer"},
        )
    return Report(KINDS["forbidden"], str(error.result or error.detail))


def _database_error(error: Exception) -> Report | None:
    if retry.is_away(error) or retry.is_not_migrated(error):
        what = _("The database is away.")
        if retry.is_not_migrated(error):
            what = _("The database is not migrated: run “draftedit init”.")
        return Report(KINDS["unavailable"], what, headers={"Retry-After": AWAY_SECONDS})
    if retry.is_retryable(error):
        return Report(
            KINDS["busy"],
            _("The same was being done by another request. Try again."),
            headers={"Retry-After": BUSY_SECONDS},
        )
    return None


def methods(request: Request) -> list[str]:
    """Return the methods that the request's route answers."""
    views = request.registry.introspector.get_category("views") or ()
    found: set[str] = set()
    for view in (item["introspectable"] for item in views):
        if view["route_name"] == request.matched_route.name:
            given = view["request_methods"] or ()
            found.update([given] if isinstance(given, str) else given)
    # Pyramid answers HEAD wherever it answers GET.
    return sorted(found | ({"HEAD"} if "GET" in found else set()))
