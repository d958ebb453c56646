"""What an unsafe request passes before it may act, in one order for forms and JSON.

Who it is, and that the draft is theirs and locked, the route's factory has settled
(`draftedit.contexts`). Here: the request key, the draft's state, its version; the body
is read by the act itself. A refused request stores nothing, not even its key.
"""

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from draftedit.drafts import Drafts
from draftedit.editing import EditSession
from draftedit.engine import requests
from draftedit.engine.errors import DraftError
from draftedit.engine.requests import Stored
from draftedit.engine.verbs import verb

_KEY = re.compile(r"[!-~]{1,128}")
_VERSION = re.compile(r"0|[1-9][0-9]{0,17}")
_ETAG = re.compile(rf'"({_VERSION.pattern})"')


class GuardError(DraftError):
    """The request itself is refused, whatever it asks for."""


class BadRequest(GuardError):
    """The request is not in the form that is expected."""


class TooLarge(GuardError):
    """The request carries more than one call may."""


class WrongMediaType(GuardError):
    """The body is not JSON, and does not say it is."""


class BadRequestKey(GuardError):
    """The request key is not 1 to 128 visible ASCII characters."""


class RequestKeyReused(GuardError):
    """Another request was made under this request key."""


class VersionRequired(GuardError):
    """The request does not say for which version of the draft it was made."""


class BadVersion(GuardError):
    """What should be the draft's version is none."""


@dataclass(frozen=True)
class Call:
    """One unsafe request; `version` is read only once it is its turn.

    `has_key`, `has_version`: the caller gave them; a missing key is made, and for what
    may be done again it is not asked for.
    """

    owner: str
    key: str
    digest: str
    version: Callable[[], int]
    has_key: bool = False
    has_version: bool = False


@dataclass(frozen=True)
class Answer:
    """What a request is answered, now or again; `text` is JSON or a location."""

    status: int
    text: str
    draft: int | None = None
    replayed: bool = False


Act = Callable[[], Answer]


@verb
def once(drafts: Drafts, dbsession: Session, call: Call, act: Act) -> Answer:
    """Act, or give the first answer again to a request seen before."""
    stored = requests.find(dbsession, drafts.tables, call.owner, call.key)
    if stored is None:
        answer = act()
        # In the act's own transaction: both are there afterwards, or neither. Two at
        # once meet at the primary key; the loser is tried again and finds the answer.
        stored = Stored(call.digest, answer.status, answer.text)
        requests.store(
            dbsession, drafts.tables, call.owner, call.key, stored, answer.draft
        )
        return answer
    if stored.digest != call.digest:
        raise RequestKeyReused("This request key was used for another request.")
    return Answer(stored.status, stored.answer, replayed=True)


def change(
    drafts: Drafts, dbsession: Session, call: Call, edit: EditSession, act: Act
) -> Answer:
    """Act once on an open draft that is as the caller last saw it."""

    def guarded() -> Answer:
        edit.require_open()
        edit.expect(call.version())
        return replace(act(), draft=edit.key)

    return once(drafts, dbsession, call, guarded)


def look(
    drafts: Drafts, dbsession: Session, call: Call, edit: EditSession, act: Act
) -> Answer:
    """Act on an open draft without changing it.

    Nothing is lost where it is done again: a version is checked where one is given,
    and an answer is kept only for a caller who gave a key.
    """

    def guarded() -> Answer:
        edit.require_open()
        if call.has_version:
            edit.expect(call.version())
        return replace(act(), draft=edit.key)

    return once(drafts, dbsession, call, guarded) if call.has_key else guarded()


def new_request_key() -> str:
    """Make a key for a request that came without one."""
    return secrets.token_urlsafe(24)


def request_key(text: str) -> str:
    """Read a request key."""
    if not _KEY.fullmatch(text):
        raise BadRequestKey("A request key is 1 to 128 visible ASCII characters.")
    return text


def digest(method: str, path: str, body: bytes) -> str:
    """Tell a request from every other."""
    # A length before each piece: no two requests run together to the same bytes.
    pieces = (method.encode(), path.encode(), body)
    whole = b"".join(b"%d:%b" % (len(piece), piece) for piece in pieces)
    return hashlib.sha256(whole).hexdigest()


def version_of_etag(header: str | None) -> int:
    """Read `If-Match`: one strong entity tag that holds the draft's version."""
    if header is None or header.strip() in ("", "*"):
        raise VersionRequired('Say which version you changed: If-Match: "17".')
    match = _ETAG.fullmatch(header.strip())
    if match is None:
        raise BadVersion('If-Match takes one version in double quotes, like "17".')
    return int(match[1])


def version_of_field(text: str | None) -> int:
    """Read a form's hidden field."""
    if text is None or not text.strip():
        raise VersionRequired("The form does not say which version it was made for.")
    if not _VERSION.fullmatch(text.strip()):
        raise BadVersion("The form's version is not a number.")
    return int(text)
