"""draftedit: edit live relational data in private drafts.

`main` is the ready application; `config.include("draftedit")` brings pages and API
into an application of one's own.
"""

from collections.abc import Mapping
from typing import Any

from pyramid.config import Configurator
from pyramid.router import Router

from draftedit.checking import is_check
from draftedit.drafts import Drafts
from draftedit.editing import EditSession
from draftedit.engine.checks import DraftReader, Note
from draftedit.engine.errors import Problem
from draftedit.engine.operations import Batch, Delete, Insert, Move, Restore, Set
from draftedit.engine.order import OrderKey
from draftedit.engine.tasks.base import Finding
from draftedit.engine.tasks.reader import RevisionReader
from draftedit.settings import BadSettings

__all__ = [
    "Batch",
    "Delete",
    "DraftReader",
    "Drafts",
    "EditSession",
    "Finding",
    "Insert",
    "Move",
    "Note",
    "OrderKey",
    "Problem",
    "Restore",
    "RevisionReader",
    "Set",
    "includeme",
    "is_check",
    "main",
]


def main(global_config: Mapping[str, str], **settings: Any) -> Router:
    """Build the ready application that an ini file describes."""
    try:
        with Configurator(settings=settings) as config:
            config.include(".models")
            config.include(".retry")
            config.include(".security")
            config.include(".headers.everywhere")
            config.include(".incoming.everywhere")
            config.include(".languages")
            config.include(".views.people")
            if any(name.startswith("draftedit.throttle.") for name in settings):
                # Only then: it brings a library along.
                config.include(".throttling.application")
            config.include("draftedit")
            config.include(".waking")
            config.include("draftedit.views.errors.everywhere")
            config.add_drafts("draftedit.firewall.drafts")
            config.set_draft_receivers("draftedit.security.find_editor")
            return config.make_wsgi_app()
    except BadSettings as error:
        # For whoever starts a server: one line, not the way there.
        raise SystemExit(f"draftedit: {error}") from None


def includeme(config: Configurator) -> None:
    """Add pages and API to a host, under the `route_prefix` of its choice.

    The host has a `request.dbsession` in the transaction of pyramid_tm, and calls
    `config.add_drafts(drafts)` once.
    """
    config.include(".registry")
    config.include(".headers")
    config.include(".incoming")
    config.include(".routes")
    config.include(".views")
    config.include(".views.errors")
    config.include(".api")
