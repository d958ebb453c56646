"""How a host says which drafts the pages and the API serve."""

from typing import Any

from pyramid.config import Configurator
from pyramid.exceptions import ConfigurationError
from pyramid.request import Request

_DRAFTS = "draftedit.drafts"


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


def drafts_of(request: Request) -> Any:
    """Return the `Drafts` that the application serves."""
    drafts = request.registry.get(_DRAFTS)
    if drafts is None:
        raise ConfigurationError(
            "config.include('draftedit') needs config.add_drafts(...) beside it"
        )
    return drafts


def includeme(config: Configurator) -> None:
    """Add the directive `config.add_drafts` and `request.drafts`."""
    config.add_directive("add_drafts", add_drafts)
    config.add_request_method(drafts_of, "drafts", reify=True)
