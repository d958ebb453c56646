"""Say what an error means to a client: problem details (RFC 9457), on any framework.

`problem_details(error)` is what an application without Pyramid answers; draftedit's own
pages and API begin with `report` and add what they know of the request.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from translationstring import TranslationString, TranslationStringFactory

from draftedit.engine.base import errors, strict_json
from draftedit.engine.base.errors import HOST_CHECK
from draftedit.engine.base.paging import BadCursor
from draftedit.engine.base.texts import Text, Translate, translated
from draftedit.service import database_errors
from draftedit.service.problem_types import KINDS, ProblemType

_ = TranslationStringFactory("draftedit")

AWAY_SECONDS, BUSY_SECONDS = "5", "1"

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
}


@dataclass(frozen=True)
class ErrorInfo:
    """An error as it is reported to the client."""

    kind: ProblemType
    detail: str
    members: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ProblemDetails:
    """An answer of the type application/problem+json.

    `members` are those of the JSON object; `headers` has the content type and, if the
    client should come back later, Retry-After.
    """

    status: int
    members: dict[str, Any]
    headers: dict[str, str]

    @property
    def text(self) -> str:
        """The body, as JSON."""
        return strict_json.write(self.members)


def problem_details(
    error: Exception, translate: Translate | None = None, type_: str = "about:blank"
) -> ProblemDetails | None:
    """Return what to answer to an error of draftedit or of its database.

    None: the error is neither, or a fault that nobody but a programmer can mend.
    `translate` is given a translation string and returns it in the client's language,
    values filled in; without it, texts are English. `type_` is the address of a page of
    yours about the problem.
    """
    found = report(error, translate or english)
    return None if found is None else details_of(found, translate or english, type_)


def details_of(
    found: ErrorInfo, translate: Translate, type_: str, **more: Any
) -> ProblemDetails:
    """Return the answer for a report, with `more` members."""
    members = {
        "type": type_,
        "title": translate(found.kind.title),
        "status": found.kind.status,
        "detail": translate(found.detail),
        "code": found.kind.name,
        **found.members,
        **more,
    }
    headers = {"Content-Type": "application/problem+json", **found.headers}
    return ProblemDetails(found.kind.status, members, headers)


def english(text: str) -> str:
    """Return a text as it was written, its values filled in."""
    return text.interpolate() if isinstance(text, TranslationString) else str(text)


def report(error: Exception, translate: Translate) -> ErrorInfo | None:
    """Return what an error of ours, or of the database, means; None: neither."""
    if isinstance(error, errors.DraftError):
        return _refusal(error, translate)
    if isinstance(error, database_errors.DATABASE_ERRORS):
        return _database_error(error)
    return None


def _refusal(error: errors.DraftError, translate: Translate) -> ErrorInfo:
    text = error.text
    if isinstance(error, errors.Refused | errors.SchemaChanged) and error.problems:
        text = Text(error.problems[0].message)
    kind = kind_of(error)
    code = text.code or (HOST_CHECK if isinstance(error, errors.Refused) else kind.name)
    described = {"code": code, "params": plain(text.params)}
    more = members(error, translate)
    headers = _retry_after(error)
    return ErrorInfo(kind, translated(text, translate), described | more, headers)


def _retry_after(error: errors.DraftError) -> dict[str, str]:
    if isinstance(error, errors.SaveRace):
        return {"Retry-After": BUSY_SECONDS}
    if isinstance(error, errors.TooManyWrites):
        return {"Retry-After": str(error.retry_after)}
    return {}


def _database_error(error: Exception) -> ErrorInfo | None:
    is_not_migrated = database_errors.is_not_migrated(error)
    if is_not_migrated or database_errors.is_away(error):
        what = _("The database is away.")
        if is_not_migrated:
            what = _("The database is not migrated: run “draftedit init”.")
        return ErrorInfo(
            KINDS["unavailable"], what, headers={"Retry-After": AWAY_SECONDS}
        )
    if database_errors.is_retryable(error):
        return ErrorInfo(
            KINDS["busy"],
            _("The same was being done by another request. Try again."),
            headers={"Retry-After": BUSY_SECONDS},
        )
    return None


def kind_of(error: errors.DraftError) -> ProblemType:
    """Return the problem type of a refusal, by its class or the nearest base class.

    An error of another layer or a host names its own as `problem_type`.
    """
    names = (
        vars(base).get("problem_type") or _NAMES[base]
        for base in type(error).__mro__
        if "problem_type" in vars(base) or base in _NAMES
    )
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
