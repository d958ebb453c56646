"""Refusals of the service as problems: which kind one is, and what it says."""

from collections.abc import Callable
from typing import Any

from draftedit import guards
from draftedit.engine import errors
from draftedit.engine.listing import BadCursor
from draftedit.problem_kinds import KINDS, Kind

Translate = Callable[[str], str]

_NAMES: dict[type[errors.DraftError], str] = {
    BadCursor: "bad-request",
    errors.BadOperation: "bad-operation",
    errors.BaseMoved: "base-moved",
    errors.Conflicts: "conflicts",
    errors.DoesNotFit: "does-not-fit",
    errors.NotOpen: "not-open",
    errors.NotThatMany: "not-that-many",
    errors.Refused: "refused",
    errors.SaveRace: "busy",
    errors.StaleVersion: "stale-version",
    errors.TooManyWrites: "too-many-writes",
    errors.Unknown: "not-found",
    guards.BadRequest: "bad-request",
    guards.BadRequestKey: "bad-request-key",
    guards.BadVersion: "bad-version",
    guards.RequestKeyReused: "request-key-reused",
    guards.TooLarge: "too-large",
    guards.VersionRequired: "version-required",
    guards.WrongMediaType: "media-type",
}


def kind_of(error: errors.DraftError) -> Kind:
    """Return the kind of a refusal, by its class or the nearest one above."""
    names = (_NAMES[base] for base in type(error).__mro__ if base in _NAMES)
    # An error that a host adds to the tree without a kind is a refusal like any other.
    return KINDS[next(names, "refused")]


def members(error: errors.DraftError, translate: Translate = str) -> dict[str, Any]:
    """Return what a refusal says beyond its message: its problems, conflicts …"""
    if isinstance(error, errors.Refused | errors.DoesNotFit):
        return {"problems": [problem(item, translate) for item in error.problems]}
    if isinstance(error, errors.Conflicts):
        return {"conflicts": [conflict(item) for item in error.conflicts]}
    if isinstance(error, errors.BaseMoved):
        return {"incoming": [incoming(item) for item in error.incoming]}
    return {}


def problem(item: errors.Problem, translate: Translate = str) -> dict[str, Any]:
    """Spell a problem; the place in a batch only where it was one."""
    spelled: dict[str, Any] = {
        "table": item.table,
        "id": _id(item.key),
        "field": item.field,
        "message": translate(item.message),
    }
    if item.operation is not None:
        spelled["operation"] = item.operation
    if item.other is not None:
        spelled["other"] = _id(item.other)
    return spelled


def note(item: Any, translate: Translate = str) -> dict[str, Any]:
    """Spell a note; about the whole object, where it names no row."""
    return {
        "table": item.table,
        "id": _id(item.key),
        "field": item.field,
        "message": translate(item.message),
    }


def finding(item: Any, translate: Translate = str) -> dict[str, Any]:
    """Spell what a task found, and the other row that it has to do with."""
    return {
        "kind": item.kind,
        "table": item.table,
        "id": _id(item.key),
        "other": _id(item.other),
        "message": translate(item.message),
    }


def conflict(item: errors.Conflict) -> dict[str, Any]:
    """Spell a conflict with its three sides."""
    spelled = {
        "table": item.table,
        "id": _id(item.key),
        "field": item.field,
        "kind": item.kind,
        "base": item.base,
        "draft": item.draft,
        "live": item.live,
        "live_by": item.live_by,
        "live_at": item.live_at,
    }
    if item.other is not None:
        spelled["other"] = _id(item.other)
    return spelled


def incoming(item: Any) -> dict[str, Any]:
    """Spell a revision that others have saved since a draft's base."""
    return {
        "revision": item.revision,
        "saved_by": item.saved_by,
        "saved_at": item.saved_at,
        "message": item.message,
        "changes": item.changes,
    }


def _id(key: errors.Key | None) -> list[Any] | None:
    return None if key is None else list(key)
