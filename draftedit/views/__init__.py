"""The pages: they speak HTTP with browsers and leave every decision to the service."""

import hashlib
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

from pyramid.config import Configurator
from pyramid.events import BeforeRender

PAGES = (
    "changes",
    "checking",
    "conflicts",
    "drafts",
    "editor",
    "handing",
    "history",
    "home",
    "live_row",
    "objects",
    "problems",
    "results",
    "row",
    "rows",
    "stats",
)

STATIC_SECONDS = 7 * 24 * 60 * 60  # their address changes with them


def includeme(config: Configurator) -> None:
    """Add the pages of the editor; signing in belongs to the ready application."""
    config.include("pyramid_jinja2")
    config.add_translation_dirs("draftedit:locale")
    config.add_subscriber("draftedit.views.rendering.add_names", BeforeRender)
    for page in PAGES:
        config.scan(f"draftedit.views.{page}")
    config.include(".verbs")
    config.include(".refusals")
    # The digest is a folder, so that a module imports others of its own version.
    config.add_static_view(
        f"static/{_digest()}", "draftedit:static", cache_max_age=STATIC_SECONDS
    )


def _digest() -> str:
    """Tell this version of the static files from every other."""
    found = _contents(files("draftedit") / "static")
    return hashlib.sha256(b"".join(found)).hexdigest()[:12]


def _contents(folder: Traversable) -> Iterator[bytes]:
    for one in sorted(folder.iterdir(), key=lambda one: one.name):
        if one.is_dir():
            yield from _contents(one)
        else:
            yield one.read_bytes()
