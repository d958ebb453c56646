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
    config.add_request_method(drafts_of, "drafts", reify=True)
    config.add_request_method(receiver, "draft_receiver")
