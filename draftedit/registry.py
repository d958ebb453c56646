"""How a host says which drafts the pages and the API serve, and who may get one."""

from typing import Any

from pyramid.config import Configurator
from pyramid.exceptions import ConfigurationError
from pyramid.i18n import TranslationStringFactory
from pyramid.request import Request

from draftedit.engine.errors import Problem, Refused

_ = TranslationStringFactory("draftedit")

_DRAFTS = "draftedit.drafts"
_RECEIVERS = "draftedit.receivers"
_WAKE = "draftedit.wake"
LONGEST_NAME = 255  # characters of an owner's name


def add_drafts(config: Configurator, drafts: Any) -> None:
    """Serve these drafts (a `Drafts`, or its dotted name); once in an application.

    A second call is a conflict that names both places.
    """
    drafts = config.maybe_dotted(drafts)

    def register() -> None:
        config.registry[_DRAFTS] = drafts

    introspectable = config.introspectable(
        "draftedit", _DRAFTS, ", ".join(drafts.targets), "drafts"
    )
    introspectable["targets"] = tuple(drafts.targets)
    config.action(_DRAFTS, register, introspectables=(introspectable,))


def set_receivers(config: Configurator, find: Any) -> None:
    """Say who may be handed a draft (a callable, or its dotted name).

    `find(request, name)` returns the owner that this name stands for, None where
    nobody of that name may edit drafts. Without it, any name is taken.
    """
    find = config.maybe_dotted(find)

    def register() -> None:
        config.registry[_RECEIVERS] = find

    config.action(_RECEIVERS, register)


def set_task_queue(config: Configurator, wake: Any) -> None:
    """Say how workers are woken (a callable, or its dotted name).

    `wake(target, root, task)` is called after the commit of a request that wants a
    result. Without it, workers find what is wanted when they next look.
    """
    wake = config.maybe_dotted(wake)

    def register() -> None:
        config.registry[_WAKE] = wake

    config.action(_WAKE, register)


def wake_worker(request: Request, place: Any) -> None:
    """Wake a worker once what this request wants is committed; never before.

    What the queue raises then is logged by the transaction and harms nobody: the wish
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
        message = _("There is nobody of this name who edits drafts.")
        raise Refused(Problem(message, field="to"))
    return owner


def _anybody(_request: Request, name: str) -> str | None:
    """Take any name that can be an owner's: one line, no blanks around it."""
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
