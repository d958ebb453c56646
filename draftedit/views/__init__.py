"""The pages: they speak HTTP with browsers and leave every decision to the service."""

import hashlib
from importlib.resources import files

from pyramid.config import Configurator
from pyramid.events import BeforeRender
from pyramid.static import QueryStringConstantCacheBuster

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
    config.add_static_view("static", "draftedit:static", cache_max_age=STATIC_SECONDS)
    config.add_cache_buster(
        "draftedit:static/", QueryStringConstantCacheBuster(_digest())
    )


def _digest() -> str:
    """Tell this version of the static files from every other."""
    folder = files("draftedit") / "static"
    found = sorted(folder.iterdir(), key=lambda file: file.name)
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in found))
    return digest.hexdigest()[:12]
