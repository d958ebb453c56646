"""Convert refusals of the service into problem details."""

from collections.abc import Mapping
from typing import Any

from draftedit.engine.base import errors
from draftedit.engine.base.paging import BadCursor
from draftedit.engine.base.texts import Text, Translate, translated
from draftedit.web import guards
from draftedit.web.problem_types import KINDS, ProblemType

_NAMES: dict[type[errors.DraftError], str] = {
    BadCursor: "bad-request",
    errors.BadOperation: "bad-operation",
    errors.BaseMoved: "base-moved",
    errors.Conflicts: "conflicts",
    errors.SchemaChanged: "does-not-fit",
    errors.NeedsConsent: "needs-consent",
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
    guards.BodyTooLarge: "too-large",
    guards.VersionRequired: "version-required",
    guards.WrongMediaType: "media-type",
}


def kind_of(error: errors.DraftError) -> ProblemType:
    """Return the problem type of a refusal, by its class or the nearest base class."""
    names = (_NAMES[base] for base in type(error).__mro__ if base in _NAMES)
    # An error that a host adds without a type of its own is a refusal like any other.
    return KINDS[next(names, "refused")]


def members(error: errors.DraftError, translate: Translate) -> dict[str, Any]:
    """Return what a refusal has beyond its message: problems, conflicts and others."""
    if isinstance(error, errors.Refused | errors.SchemaChanged):
        return {"problems": [problem(item, translate) for item in error.problems]}
    if isinstance(error, errors.Conflicts):
        return {"conflicts": [conflict(item) for item in error.conflicts]}
    if isinstance(error, errors.NeedsConsent):
        outside = [consequence(item, translate) for item in error.consequences]
        return {"consequences": outside, "consent": error.consent}
    if isinstance(error, errors.BaseMoved):
        return {"incoming": [incoming(item) for item in error.incoming]}
    return {}


def plain(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a message as plain data: numbers and texts, in English."""
    return {
        name: value if isinstance(value, int | float) else _english(value)
        for name, value in params.items()
    }


def _english(value: Any) -> str:
    return str(Text(value)) if isinstance(value, str) else str(value)


def problem(item: errors.Problem, translate: Translate) -> dict[str, Any]:
    """Serialise a problem; the index in a batch only if it was in one."""
    spelled: dict[str, Any] = {
        "table": item.table,
        "id": _id(item.key),
        "field": item.field,
        "code": item.code,
        "params": plain(item.params),
        "message": translated(item.message, translate),
    }
    if item.operation is not None:
        spelled["operation"] = item.operation
    if item.other is not None:
        spelled["other"] = _id(item.other)
    return spelled


def note(item: Any, translate: Translate) -> dict[str, Any]:
    """Serialise a note; it is about the whole object if it names no row."""
    return {
        "table": item.table,
        "id": _id(item.key),
        "field": item.field,
        "message": translated(item.message, translate),
    }


def finding(item: Any, translate: Translate) -> dict[str, Any]:
    """Serialise a finding of a task, and the other row that it is about."""
    return {
        "kind": item.kind,
        "table": item.table,
        "id": _id(item.key),
        "other": _id(item.other),
        "message": translated(item.message, translate),
    }


def conflict(item: errors.Conflict) -> dict[str, Any]:
    """Serialise a conflict with its three sides."""
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


def consequence(item: errors.Consequence, translate: Translate) -> dict[str, Any]:
    """Serialise what a save does to rows outside the object."""
    return {
        "table": item.table,
        "effect": item.effect,
        "count": item.count,
        "more": item.more,
        "rows": [{"id": _id(one.key), "label": one.label} for one in item.rows],
        "kept": item.kept,
        "reason": item.reason and translated(item.reason, translate),
    }


def incoming(item: Any) -> dict[str, Any]:
    """Serialise a revision that others have saved since a draft's base."""
    return {
        "revision": item.revision,
        "saved_by": item.saved_by,
        "saved_at": item.saved_at,
        "message": item.message,
        "changes": item.changes,
    }


def _id(key: errors.Key | None) -> list[Any] | None:
    return None if key is None else list(key)
