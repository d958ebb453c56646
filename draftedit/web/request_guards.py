"""Read the guards of an unsafe request: its owner, request key and draft version.

The same for forms (hidden fields `key` and `version`) and for JSON (the headers
`Idempotency-Key` and `If-Match`).
"""

import json
import re

from pyramid.request import Request

from draftedit.web import guards
from draftedit.web.messages import say

FORM = "application/x-www-form-urlencoded"
UPLOAD = "multipart/form-data"
UNREAD = "application/octet-stream"
JSON = "application/json"

OUR_ROUTES = "draftedit."

# pyramid_retry repeats a request with the same environ: a key made at the first attempt
# is known at the next, whatever happened to the COMMIT in between.
_MADE_KEY = "draftedit.request_key"

# Fields about a form's request, which may differ when it is sent again.
_ABOUT = frozenset({"csrf_token", "key"})

_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([^\s;\"]*)", re.IGNORECASE)
_UTF8 = frozenset({"utf-8", "utf8", "us-ascii"})


def json_call(request: Request, owner: str) -> guards.Call:
    """Read the guards of a request of the API."""
    return guards.Call(
        owner=owner,
        key=_request_key(request, request.headers.get("Idempotency-Key")),
        digest=guards.digest(request.method, request.path_qs, request.body),
        # The raw header: WebOb's if_match accepts a missing one and any unquoted text.
        version=lambda: guards.version_of_etag(request.headers.get("If-Match")),
        has_key="Idempotency-Key" in request.headers,
        has_version="If-Match" in request.headers,
    )


def form_call(request: Request, owner: str) -> guards.Call:
    """Read the guards of a form."""
    return guards.Call(
        owner=owner,
        key=_request_key(request, request.POST.get("key")),
        digest=guards.digest(request.method, request.path_qs, _fields(request)),
        version=lambda: guards.version_of_field(request.POST.get("version")),
        has_version="version" in request.POST,
    )


def check_media_type(request: Request, expected: str) -> None:
    """Refuse a body that is not of the expected type, or not UTF-8."""
    if request.content_length and _media_type(request) != expected:
        raise guards.WrongMediaType(say("wrong-media-type", expected=expected))


def disarm(request: Request) -> None:
    """Prevent WebOb from parsing a body that is not a form of ours.

    WebOb fails at malformed uploads and other charsets in any code that reads: the CSRF
    check, or the error page when it negotiates the language.
    """
    if _media_type(request) in (UPLOAD, UNREAD):
        request.environ["CONTENT_TYPE"] = UNREAD


def _media_type(request: Request) -> str:
    header = request.environ.get("CONTENT_TYPE", "")
    charset = _CHARSET.search(header)
    if charset and charset[1].lower() not in _UTF8:
        return UNREAD
    return str(header).partition(";")[0].strip().lower()


def _request_key(request: Request, given: str | None) -> str:
    if given is not None:
        return guards.request_key(given)
    made: str = request.environ.setdefault(_MADE_KEY, guards.new_request_key())
    return made


def _fields(request: Request) -> bytes:
    fields = [item for item in request.POST.items() if item[0] not in _ABOUT]
    return json.dumps(fields).encode()
