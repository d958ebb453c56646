"""The host that the commands work for: the bundled one, or one that the ini names."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click
from pyramid.util import DottedNameResolver

from draftedit.settings import BadSettings, Settings

# By name: the package works without this folder, and so do most commands.
BUNDLED = "draftedit.firewall"


def is_bundled() -> bool:
    """Tell whether a host comes with the package."""
    return find_spec(BUNDLED) is not None


def bundled(module: str, name: str) -> Any:
    """Return what a module of the bundled host calls so, or say that there is none."""
    if not is_bundled():
        raise click.ClickException("there is no bundled host; this needs one")
    return getattr(import_module(f"{BUNDLED}.{module}"), name)


def refusals() -> tuple[type[Exception], ...]:
    """Return what the bundled host raises, with a message, for what it cannot take."""
    names = ("BadListing", "BadValue", "NameRefused")
    return tuple(bundled("errors", name) for name in names)


def drafts_of(settings: Settings) -> Any:
    """Return the application's `Drafts`; `draftedit.drafts` names another host's."""
    named = str(settings.get("draftedit.drafts") or "").strip()
    if not named and not is_bundled():
        raise BadSettings("the ini file does not set draftedit.drafts")
    named = named or f"{BUNDLED}.drafts"
    try:
        return DottedNameResolver().resolve(named)
    except (ImportError, AttributeError) as error:
        raise BadSettings(f"draftedit.drafts = {named}: {error}") from error
