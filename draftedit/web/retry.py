"""Classify transient database errors, and mark them so that the request is retried.

A retryable one (two requests met) repeats the request from its start. An absent
database, or one that was never migrated, is answered with 503 by an exception view.
"""

import re
from collections.abc import Callable
from typing import Any

from pyramid.config import PHASE3_CONFIG, Configurator
from pyramid.exceptions import URLDecodeError
from pyramid.interfaces import IExecutionPolicy, IRoutesMapper
from pyramid.registry import Registry
from pyramid.request import Request
from pyramid.response import Response
from pyramid_retry import RetryableExecutionPolicy, mark_error_retryable
from sqlalchemy.exc import DBAPIError, IntegrityError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from draftedit.engine.base.errors import SaveRace
from draftedit.engine.dialects import error_is

OUR_ROUTES = "draftedit."
STATIC = "draftedit.static"  # in the registry: the name of our static files' route
ATTEMPTS = 3

Handler = Callable[[Request], Response]

# What a database that does not do its work is noticed by.
DATABASE_ERRORS = (DBAPIError, PendingRollbackError, PoolTimeout)

# Two requests under one key meet at its primary key: the second tries again and is then
# answered by what the first did. All other records of ours are made without raising.
RACED_TABLES = frozenset({"request"})
_INSERT = re.compile(r"\s*INSERT\s+INTO\s+[\"`]?(\w+)[\"`]?[\s(]", re.IGNORECASE)


def is_retryable(error: BaseException | None) -> bool:
    """Return whether the same request, done again, may well succeed."""
    if isinstance(error, SaveRace):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error_is(error, "savepoint_lost"):
        return is_retryable(error.__context__)
    if isinstance(error, IntegrityError):
        is_unique = error_is(error, "unique")
        return is_unique and _inserted_into(error) in RACED_TABLES
    return error_is(error, "retryable")


def is_away(error: BaseException | None) -> bool:
    """Return whether there is no database to talk to just now."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or error_is(error, "away")


def is_not_migrated(error: BaseException | None) -> bool:
    """Return whether a table or column is not there (yet)."""
    return isinstance(error, DBAPIError) and error_is(error, "not_migrated")


def _inserted_into(error: DBAPIError) -> str | None:
    # By the statement: MariaDB does not report the table.
    found = _INSERT.match(error.statement or "")
    return found[1].lower() if found else None


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
