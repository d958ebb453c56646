"""Responses of the API: JSON, paginated lists, and caching headers."""

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pyramid.request import Request
from pyramid.response import Response

from draftedit.web.api import json_text, query
from draftedit.web.guards import BadRequest
from draftedit.web.messages import say

_TAG = re.compile(r'(?:W/)?"([^"]*)"')

_PLACE = re.compile(rb"place:([0-9]{1,9})")


def answer(data: Any, status: int = 200) -> Response:
    """Respond with JSON that must not be stored."""
    return answer_text(json_text.dumps(data), status)


def answer_text(text: str, status: int = 200) -> Response:
    """Respond with serialised JSON."""
    response = Response(
        text.encode(), status=status, content_type="application/json", charset=None
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def items(
    found: Iterable[Any], spell: Callable[[Any], Any], following: Any
) -> dict[str, Any]:
    """Serialise a page of a list."""
    return {"items": [spell(item) for item in found], "next": following}


def about_draft(response: Response, version: int) -> Response:
    """Set the version of the draft that a response is about."""
    response.headers["ETag"] = f'"{version}"'
    return response


def about_object(request: Request, data: Any, revision: int) -> Response:
    """Respond with a live object, or 304 if the caller's copy is current."""
    response = answer(data)
    if is_known(request.headers.get("If-None-Match"), str(revision)):
        response = Response(status=304)
    response.headers["ETag"] = f'"{revision}"'
    # A copy may be stored, but must be revalidated each time, and by the same user.
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Authorization, Cookie"
    return response


def is_known(if_none_match: str | None, tag: str) -> bool:
    """Return whether `If-None-Match` names this tag (or any, as `*`)."""
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or tag in _TAG.findall(if_none_match)


def piece(
    request: Request, found: Sequence[Any], spell: Callable[[Any], Any]
) -> dict[str, Any]:
    """Serialise the part of a whole list that `after` and `limit` ask for."""
    start = _read(query.text(request, "after"))
    end = start + query.limit(request)
    return items(found[start:end], spell, _write(end) if end < len(found) else None)


def _write(place: int) -> str:
    return base64.urlsafe_b64encode(b"place:%d" % place).rstrip(b"=").decode()


def _read(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except (ValueError, binascii.Error):
        text = b""
    match = _PLACE.fullmatch(text)
    if match is None:
        raise BadRequest(say("after-not-a-cursor"))
    return int(match[1])
