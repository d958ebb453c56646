"""Find the host that commands work for: the bundled one, or the one of the ini."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click
from pyramid.util import DottedNameResolver

from draftedit.settings import BadSettings, Settings
from draftedit.settings.table import DRAFTS

# Imported by name: the package and most commands work without this folder.
BUNDLED = "draftedit.firewall"


def is_bundled() -> bool:
    """Return whether a host comes with the package."""
    return find_spec(BUNDLED) is not None


def bundled(module: str, name: str) -> Any:
    """Return an attribute of a module of the bundled host; refuse without a host."""
    if not is_bundled():
        raise click.ClickException("there is no bundled host; this needs one")
    return getattr(import_module(f"{BUNDLED}.{module}"), name)


def refusals() -> tuple[type[Exception], ...]:
    """Return the exceptions, with messages, by which the bundled host refuses input."""
    names = ("BadListing", "BadValue", "NameRefused")
    return tuple(bundled("errors", name) for name in names)


def drafts_of(settings: Settings) -> Any:
    """Return the application's `Drafts`; `draftedit.drafts` names another host's."""
    named = DRAFTS.read(settings)
    if not named and not is_bundled():
        raise BadSettings("the ini file does not set draftedit.drafts")
    named = named or f"{BUNDLED}.drafts"
    try:
        return DottedNameResolver().resolve(named)
    except (ImportError, AttributeError) as error:
        raise BadSettings(f"draftedit.drafts = {named}: {error}") from error
