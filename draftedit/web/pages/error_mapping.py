"""Map an error to its problem type, message and headers."""

from pyramid.authorization import ACLDenied
from pyramid.exceptions import BadCSRFOrigin, BadCSRFToken, PredicateMismatch
from pyramid.httpexceptions import HTTPError, HTTPForbidden, HTTPNotFound
from pyramid.request import Request
from pyramid.security import Denied
from translationstring import TranslationStringFactory

from draftedit.service import problem_details
from draftedit.service.problem_details import ErrorInfo as ErrorInfo
from draftedit.service.problem_types import KINDS, kind_of_status

_ = TranslationStringFactory("draftedit")


def report(error: Exception, request: Request) -> ErrorInfo | None:
    """Return the report of an error; None for an unexpected one."""
    if isinstance(error, HTTPError):
        return _http_error(error, request)
    if isinstance(error, UnicodeDecodeError):
        return ErrorInfo(KINDS["bad-request"], _("The address is not in UTF-8."))
    return problem_details.report(error, request.localizer.translate)


def _http_error(error: HTTPError, request: Request) -> ErrorInfo | None:
    if isinstance(error, PredicateMismatch) and request.matched_route is not None:
        allowed = ", ".join(methods(request))
        return ErrorInfo(
            KINDS["method-not-allowed"],
            _("This address answers: ${methods}.", mapping={"methods": allowed}),
            headers={"Allow": allowed},
        )
    if isinstance(error, HTTPNotFound):
        return ErrorInfo(KINDS["not-found"], _("There is nothing at this address."))
    if isinstance(error, HTTPForbidden):
        return _forbidden(error, request)
    if isinstance(error, BadCSRFToken | BadCSRFOrigin):
        return ErrorInfo(KINDS["csrf"], error.detail or error.explanation)
    kind = kind_of_status(error.code)
    if kind is None:
        return None
    kept = {n: v for n, v in error.headers.items() if n.lower() == "retry-after"}
    return ErrorInfo(kind, error.detail or error.explanation, headers=kept)


def _forbidden(error: HTTPForbidden, request: Request) -> ErrorInfo:
    if request.authenticated_userid is None:
        return ErrorInfo(
            KINDS["unauthenticated"],
            _("Nobody is signed in, and no valid token came with the request."),
            headers={"WWW-Authenticate": "Bearer"},
        )
    return ErrorInfo(KINDS["forbidden"], _why(error))


def _why(error: HTTPForbidden) -> str:
    """Return a policy's reason; that of an ACL is for its author, not for users."""
    if isinstance(error.result, Denied) and not isinstance(error.result, ACLDenied):
        return str(error.result)
    reason: str = _("You are not permitted to do this.")
    return reason


def methods(request: Request) -> list[str]:
    """Return the methods that the request's route accepts."""
    views = request.registry.introspector.get_category("views") or ()
    found: set[str] = set()
    for view in (item["introspectable"] for item in views):
        if view["route_name"] == request.matched_route.name:
            given = view["request_methods"] or ()
            found.update([given] if isinstance(given, str) else given)
    # Pyramid accepts HEAD wherever it accepts GET.
    return sorted(found | ({"HEAD"} if "GET" in found else set()))
