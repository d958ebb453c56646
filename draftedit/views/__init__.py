"""The pages: they speak HTTP with browsers and leave every decision to the service."""

from pyramid.config import Configurator
from pyramid.events import BeforeRender

PAGES: tuple[str, ...] = ()


def includeme(config: Configurator) -> None:
    """Add the pages of the editor; signing in belongs to the ready application."""
    config.include("pyramid_jinja2")
    config.add_translation_dirs("draftedit:locale")
    config.add_subscriber("draftedit.views.rendering.add_names", BeforeRender)
    for page in PAGES:
        config.scan(f"draftedit.views.{page}")
