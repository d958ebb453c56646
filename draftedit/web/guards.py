"""Guards of unsafe requests, in one order for forms and JSON.

The route's factory (`web.resources`) has authenticated the user, and found and locked
their draft. Here: the request key, the draft's state, its version; the act itself reads
the body. A refused request stores nothing, not even its key.
"""

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from draftedit.engine.base.errors import DraftError
from draftedit.engine.store import request_keys
from draftedit.engine.store.request_keys import Stored
from draftedit.service.drafts import Drafts
from draftedit.service.session import EditSession
from draftedit.service.unit_of_work import verb
from draftedit.web.messages import say

_KEY = re.compile(r"[!-~]{1,128}")
_VERSION = re.compile(r"0|[1-9][0-9]{0,17}")
_ETAG = re.compile(rf'"({_VERSION.pattern})"')


class GuardError(DraftError):
    """The request itself is refused, independent of what it asks for."""


class BadRequest(GuardError):
    """The request is not in the expected form."""

    problem_type = "bad-request"


class BodyTooLarge(GuardError):
    """The request carries more than one call may."""

    problem_type = "too-large"


class WrongMediaType(GuardError):
    """The body is not declared as JSON."""

    problem_type = "media-type"


class BadRequestKey(GuardError):
    """The request key is not 1 to 128 visible ASCII characters."""

    problem_type = "bad-request-key"


class RequestKeyReused(GuardError):
    """Another request was made with this request key."""

    problem_type = "request-key-reused"


class VersionRequired(GuardError):
    """The request does not name the version of the draft that it was made for."""

    problem_type = "version-required"


class BadVersion(GuardError):
    """The given version of the draft is malformed."""

    problem_type = "bad-version"


@dataclass(frozen=True)
class Call:
    """One unsafe request; `version` is parsed only when it is needed.

    `has_key`, `has_version`: the caller gave them; a missing key is generated, and not
    required if the request may be repeated.
    """

    owner: str
    key: str
    digest: str
    version: Callable[[], int]
    has_key: bool = False
    has_version: bool = False


@dataclass(frozen=True)
class Answer:
    """A response, new or stored; `text` is JSON or a location."""

    status: int
    text: str
    draft: int | None = None
    replayed: bool = False


Act = Callable[[], Answer]


@verb
def once(drafts: Drafts, dbsession: Session, call: Call, act: Act) -> Answer:
    """Act, or return the stored response to a request seen before."""
    stored = request_keys.find(dbsession, drafts.tables, call.owner, call.key)
    if stored is None:
        answer = act()
        # In the act's own transaction: both are committed, or neither. Of two
        # concurrent requests, the primary key refuses one, which is retried and finds
        # the response.
        stored = Stored(call.digest, answer.status, answer.text)
        request_keys.store(
            dbsession, drafts.tables, call.owner, call.key, stored, answer.draft
        )
        return answer
    if stored.digest != call.digest:
        raise RequestKeyReused(say("request-key-reused"))
    return Answer(stored.status, stored.answer, replayed=True)


def change(
    drafts: Drafts, dbsession: Session, call: Call, edit: EditSession, act: Act
) -> Answer:
    """Act once on an open draft, if it is at the version that the caller last saw."""

    def guarded() -> Answer:
        edit.require_open()
        edit.expect(call.version())
        return replace(act(), draft=edit.key)

    return once(drafts, dbsession, call, guarded)


def look(
    drafts: Drafts, dbsession: Session, call: Call, edit: EditSession, act: Act
) -> Answer:
    """Act on an open draft without changing it.

    Repeating it does no harm: a version is checked only if one is given, and a response
    is stored only for a caller who gave a key.
    """

    def guarded() -> Answer:
        edit.require_open()
        if call.has_version:
            edit.expect(call.version())
        return replace(act(), draft=edit.key)

    return once(drafts, dbsession, call, guarded) if call.has_key else guarded()


def new_request_key() -> str:
    """Generate a key for a request that came without one."""
    return secrets.token_urlsafe(24)


def request_key(text: str) -> str:
    """Validate a request key."""
    if not _KEY.fullmatch(text):
        raise BadRequestKey(say("bad-request-key"))
    return text


def digest(method: str, path: str, body: bytes) -> str:
    """Return a digest that identifies a request."""
    # A length before each piece, so that different requests never give the same bytes.
    pieces = (method.encode(), path.encode(), body)
    whole = b"".join(b"%d:%b" % (len(piece), piece) for piece in pieces)
    return hashlib.sha256(whole).hexdigest()


def version_of_etag(header: str | None) -> int:
    """Parse `If-Match`: one strong entity tag that holds the draft's version."""
    if header is None or header.strip() in ("", "*"):
        raise VersionRequired(say("if-match-missing"))
    match = _ETAG.fullmatch(header.strip())
    if match is None:
        raise BadVersion(say("bad-if-match"))
    return int(match[1])


def version_of_field(text: str | None) -> int:
    """Parse a form's hidden field."""
    if text is None or not text.strip():
        raise VersionRequired(say("form-version-missing"))
    if not _VERSION.fullmatch(text.strip()):
        raise BadVersion(say("form-version-not-a-number"))
    return int(text)
