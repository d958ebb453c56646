"""Mark retryable errors of a database, so that the request is repeated.

Which they are: `draftedit.service.database_errors`, whose names are here, too.
"""

from collections.abc import Callable
from typing import Any

from pyramid.config import PHASE3_CONFIG, Configurator
from pyramid.exceptions import URLDecodeError
from pyramid.interfaces import IExecutionPolicy, IRoutesMapper
from pyramid.registry import Registry
from pyramid.request import Request
from pyramid.response import Response
from pyramid_retry import RetryableExecutionPolicy, mark_error_retryable
from sqlalchemy.exc import DBAPIError

from draftedit.engine.base.errors import SaveRace
from draftedit.service.database_errors import DATABASE_ERRORS as DATABASE_ERRORS
from draftedit.service.database_errors import is_away as is_away
from draftedit.service.database_errors import is_not_migrated as is_not_migrated
from draftedit.service.database_errors import is_retryable as is_retryable

OUR_ROUTES = "draftedit."
STATIC = "draftedit.static"  # in the registry: the name of our static files' route
ATTEMPTS = 3

Handler = Callable[[Request], Response]


def retry_tween_factory(handler: Handler, _registry: Registry) -> Handler:
    """Mark retryable errors for pyramid_retry, raised through or shown by a view.

    pyramid_tm marks some of them, but not when an exception view answered, as its
    commit veto comes first, and not at the commit.
    """

    def retry_tween(request: Request) -> Response:
        try:
            response = handler(request)
        except (DBAPIError, SaveRace) as error:
            _mark(error)
            raise
        _mark(request.exception)
        return response

    return retry_tween


def _mark(error: Exception | None) -> None:
    if error is not None and is_retryable(error):
        mark_error_retryable(error)


def includeme(config: Configurator) -> None:
    """Put the tween over pyramid_tm, so that it sees what a commit raises, too.

    A host that has no execution policy gets one that repeats requests to our routes.
    """
    config.add_tween(
        "draftedit.web.retry.retry_tween_factory", over="pyramid_tm.tm_tween_factory"
    )
    # After the configuration of the host and of pyramid_retry, in any order.
    config.action(None, _repeat_ours, (config.registry,), order=PHASE3_CONFIG + 10)


def _repeat_ours(registry: Registry) -> None:
    if registry.queryUtility(IExecutionPolicy) is None:
        attempts = int(registry.settings.get("retry.attempts") or ATTEMPTS)
        policy = RetryableExecutionPolicy(attempts, activate_hook=_attempts)
        registry.registerUtility(policy, IExecutionPolicy)


def _attempts(request: Request) -> int | None:
    """Return how often to try a request: None: as set; once for a host's own."""
    return None if is_to_us(request) else 1


def is_to_us(request: Request) -> bool:
    """Whether the path leads to a route of ours, before the router has looked."""
    try:
        route = request.registry.getUtility(IRoutesMapper)(request)["route"]
    except URLDecodeError:
        return False
    return is_ours(route, request.registry)


def is_ours(route: Any, registry: Registry) -> bool:
    """Return whether a route is one of ours, that of our static files among them."""
    name = "" if route is None else str(route.name)
    return name.startswith(OUR_ROUTES) or name == registry.get(STATIC)
