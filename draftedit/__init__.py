"""draftedit: edit live relational data in private drafts.

`config.include("draftedit")` adds pages and API to a host's own application;
`draftedit.app` is the ready one.
"""

from typing import TYPE_CHECKING

from draftedit.engine.base.errors import Problem
from draftedit.engine.draft.checks import DraftReader
from draftedit.engine.draft.notes import Note
from draftedit.engine.operations import Batch, Delete, Insert, Move, Restore, Set
from draftedit.engine.schema.task import Finding
from draftedit.engine.tasks.revision_reader import RevisionReader
from draftedit.engine.values.order_key import OrderKey
from draftedit.service.drafts import Drafts
from draftedit.service.dry_run import is_check
from draftedit.service.session import EditSession

if TYPE_CHECKING:  # the engine is used without Pyramid, too
    from pyramid.config import Configurator

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
]


def includeme(config: "Configurator") -> None:
    """Add pages and API to a host, under the `route_prefix` of its choice.

    The host has a `request.dbsession` in the transaction of pyramid_tm and a security
    policy, and calls `config.add_drafts(drafts)` once, which says what is missing.
    """
    config.include(".web")
