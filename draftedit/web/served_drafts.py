"""Configurator directives of a host: its drafts, their new owners, the task queue."""

from collections.abc import Iterator
from typing import Any

from pyramid.config import PHASE3_CONFIG, Configurator
from pyramid.csrf import LegacySessionCSRFStoragePolicy, SessionCSRFStoragePolicy
from pyramid.exceptions import ConfigurationError
from pyramid.interfaces import (
    ICSRFStoragePolicy,
    IRequestExtensions,
    IRequestFactory,
    ISecurityPolicy,
    ISessionFactory,
)
from pyramid.registry import Registry
from pyramid.request import Request
from translationstring import TranslationStringFactory

from draftedit.engine.base.errors import Problem, Refused
from draftedit.web.messages import say

_ = TranslationStringFactory("draftedit")

_DRAFTS = "draftedit.drafts"
_RECEIVERS = "draftedit.receivers"
_WAKE = "draftedit.wake"
LONGEST_NAME = 255  # characters of an owner's name


def add_drafts(config: Configurator, drafts: Any) -> None:
    """Serve these drafts (a `Drafts`, or its dotted name); once in an application.

    A second call is a conflict that names both places. Raises ConfigurationError for a
    host that lacks something the pages and the API need, and names it.
    """
    drafts = config.maybe_dotted(drafts)

    def register() -> None:
        config.registry[_DRAFTS] = drafts

    introspectable = config.introspectable(
        "draftedit", _DRAFTS, ", ".join(drafts.targets), "drafts"
    )
    introspectable["targets"] = tuple(drafts.targets)
    config.action(_DRAFTS, register, introspectables=(introspectable,))
    # After all of the host's configuration, in any order.
    config.action(None, check_host, (config.registry,), order=PHASE3_CONFIG + 10)


def check_host(registry: Registry) -> None:
    """Raise ConfigurationError for everything that the host lacks, all at once."""
    lacks = [need for is_there, need in _needs(registry) if not is_there]
    if lacks:
        raise ConfigurationError(f"draftedit needs of its host: {'; '.join(lacks)}")


def _needs(registry: Registry) -> Iterator[tuple[bool, str]]:
    has_policy = registry.queryUtility(ISecurityPolicy) is not None
    yield _has(registry, "tm"), "pyramid_tm, by config.include('pyramid_tm')"
    dbsession = "request.dbsession, joined to request.tm, by config.add_request_method"
    yield _has(registry, "dbsession"), dbsession
    # Without one, Pyramid permits everything to everybody.
    yield has_policy, "a security policy, by config.set_security_policy"
    yield (
        _keeps_csrf_tokens(registry),
        (
            "a session factory, by config.set_session_factory, or a CSRF storage policy"
            " that needs no session"
        ),
    )


def _keeps_csrf_tokens(registry: Registry) -> bool:
    """Return whether each page can have the CSRF token that its forms send."""
    policy = registry.queryUtility(ICSRFStoragePolicy)
    needs_session = isinstance(
        policy, LegacySessionCSRFStoragePolicy | SessionCSRFStoragePolicy
    )
    return not needs_session or registry.queryUtility(ISessionFactory) is not None


def _has(registry: Registry, name: str) -> bool:
    """Return whether requests have an attribute, of the host's or of their class."""
    added = registry.queryUtility(IRequestExtensions)
    kind = registry.queryUtility(IRequestFactory) or Request
    return hasattr(kind, name) or (
        added is not None and (name in added.descriptors or name in added.methods)
    )


def set_receivers(config: Configurator, find: Any) -> None:
    """Set who may be handed a draft (a callable, or its dotted name).

    `find(request, name)` returns the owner of this name, or None if no such user may
    edit drafts. Without it, any name is accepted.
    """
    find = config.maybe_dotted(find)

    def register() -> None:
        config.registry[_RECEIVERS] = find

    config.action(_RECEIVERS, register)


def set_task_queue(config: Configurator, wake: Any) -> None:
    """Set how workers are woken (a callable, or its dotted name).

    `wake(target, root, task)` is called after the commit of a request for a result.
    Without it, workers find requests when they next poll.
    """
    wake = config.maybe_dotted(wake)

    def register() -> None:
        config.registry[_WAKE] = wake

    config.action(_WAKE, register)


def wake_worker(request: Request, place: Any) -> None:
    """Wake a worker after the request is committed; never before.

    If the queue raises then, the transaction logs it, and nothing is lost: the request
    is stored, and a worker finds it.
    """
    wake = request.registry.get(_WAKE)
    if wake is not None:

        def committed(succeeded: bool) -> None:
            if succeeded:
                wake(place.target, place.root, place.task)

        request.tm.get().addAfterCommitHook(committed)


def receiver(request: Request, name: str) -> str:
    """Return the owner that a draft is to be handed to; raise Refused."""
    find = request.registry.get(_RECEIVERS, _anybody)
    owner: str | None = find(request, name)
    if owner is None:
        message = say("no-such-owner")
        raise Refused(Problem(message, field="to"))
    return owner


def _anybody(_request: Request, name: str) -> str | None:
    """Accept any name that can be an owner's: one line, no blanks around it."""
    is_name = name.isprintable() and name == name.strip()
    return name if is_name and 0 < len(name) <= LONGEST_NAME else None


def drafts_of(request: Request) -> Any:
    """Return the `Drafts` that the application serves."""
    drafts = request.registry.get(_DRAFTS)
    if drafts is None:
        raise ConfigurationError(
            "config.include('draftedit') needs config.add_drafts(...) beside it"
        )
    return drafts


def includeme(config: Configurator) -> None:
    """Add the directives of a host, and `request.drafts`."""
    config.add_directive("add_drafts", add_drafts)
    config.add_directive("set_draft_receivers", set_receivers)
    config.add_directive("set_task_queue", set_task_queue)
    config.add_request_method(wake_worker, "wake_worker")
    config.add_request_method(drafts_of, "drafts", reify=True)
    config.add_request_method(receiver, "draft_receiver")
