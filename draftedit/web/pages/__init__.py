"""HTML pages for browsers; every decision is left to the service."""

import hashlib
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

from pyramid.config import Configurator
from pyramid.events import BeforeRender

from draftedit.web.retry import STATIC

STATIC_SECONDS = 7 * 24 * 60 * 60  # their address changes with their content


def includeme(config: Configurator) -> None:
    """Add the pages of the editor; signing in belongs to the ready application."""
    config.include("pyramid_jinja2")
    config.add_translation_dirs("draftedit.web:locale")
    config.add_subscriber("draftedit.web.pages.layout.add_names", BeforeRender)
    config.scan("draftedit.web.pages")
    config.include(".draft_actions")
    config.include(".form_errors")
    # The digest is a folder, so that a module imports others of its own version.
    name = f"static/{_digest()}"
    config.add_static_view(name, "draftedit.web:static", cache_max_age=STATIC_SECONDS)
    prefix = f"{config.route_prefix}/" if config.route_prefix else ""
    config.registry[STATIC] = f"__{prefix}{name}/"  # as Pyramid names the route


def _digest() -> str:
    """Return a digest of the static files."""
    found = _contents(files("draftedit.web") / "static")
    return hashlib.sha256(b"".join(found)).hexdigest()[:12]


def _contents(folder: Traversable) -> Iterator[bytes]:
    for one in sorted(folder.iterdir(), key=lambda one: one.name):
        if one.is_dir():
            yield from _contents(one)
        else:
            yield one.read_bytes()
