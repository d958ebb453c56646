"""draftedit: edit live relational data in private drafts.

`config.include("draftedit")` adds pages and API to a host's own application;
`draftedit.app` is the ready one.
"""

from typing import TYPE_CHECKING

from draftedit.engine.base.errors import (
    BadModel,
    BadOperation,
    BaseMoved,
    Conflict,
    ConflictKind,
    Conflicts,
    Consequence,
    DraftError,
    Incoming,
    NeedsConsent,
    NothingToSave,
    NotOpen,
    NotThatMany,
    OutsideRow,
    Problem,
    Refused,
    SaveRace,
    SchemaChanged,
    StaleVersion,
    TooManyWrites,
    Unknown,
)
from draftedit.engine.base.paging import BadCursor, Listing
from draftedit.engine.draft.checks import DraftReader
from draftedit.engine.draft.notes import Note
from draftedit.engine.operations import Batch, Delete, Insert, Move, Restore, Set
from draftedit.engine.reading.listing import Page, Query
from draftedit.engine.reading.rows import Row
from draftedit.engine.rebasing import Dropped, Resolution
from draftedit.engine.saving import Saved
from draftedit.engine.schema.task import Finding
from draftedit.engine.tasks.revision_reader import RevisionReader
from draftedit.engine.values.order_key import OrderKey
from draftedit.service.database_errors import is_away, is_not_migrated, is_retryable
from draftedit.service.drafts import Drafts
from draftedit.service.dry_run import CheckResult, is_check
from draftedit.service.engines import make_async_engine, make_engine
from draftedit.service.objects import Objects
from draftedit.service.problem_details import ProblemDetails, problem_details
from draftedit.service.results import Applied, DraftInfo, RebaseResult, UndoResult
from draftedit.service.session import EditSession
from draftedit.service.transactions import in_async_transaction, in_transaction
from draftedit.settings import BadSettings

if TYPE_CHECKING:  # the engine is used without Pyramid, too
    from pyramid.config import Configurator

__all__ = [
    "Applied",
    "BadCursor",
    "BadModel",
    "BadOperation",
    "BadSettings",
    "BaseMoved",
    "Batch",
    "CheckResult",
    "Conflict",
    "ConflictKind",
    "Conflicts",
    "Consequence",
    "Delete",
    "DraftError",
    "DraftInfo",
    "DraftReader",
    "Drafts",
    "Dropped",
    "EditSession",
    "Finding",
    "Incoming",
    "Insert",
    "Listing",
    "Move",
    "NeedsConsent",
    "NotOpen",
    "NotThatMany",
    "Note",
    "NothingToSave",
    "Objects",
    "OrderKey",
    "OutsideRow",
    "Page",
    "Problem",
    "ProblemDetails",
    "Query",
    "RebaseResult",
    "Refused",
    "Resolution",
    "Restore",
    "RevisionReader",
    "Row",
    "SaveRace",
    "Saved",
    "SchemaChanged",
    "Set",
    "StaleVersion",
    "TooManyWrites",
    "UndoResult",
    "Unknown",
    "in_async_transaction",
    "in_transaction",
    "includeme",
    "is_away",
    "is_check",
    "is_not_migrated",
    "is_retryable",
    "make_async_engine",
    "make_engine",
    "problem_details",
]


def includeme(config: "Configurator") -> None:
    """Add pages and API to a host, under the `route_prefix` of its choice.

    The host has a `request.dbsession` in the transaction of pyramid_tm and a security
    policy, and calls `config.add_drafts(drafts)` once, which says what is missing.
    """
    config.include(".web")
