"""Lists that the service gives whole, answered in pieces like every other."""

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from typing import Any

from pyramid.request import Request

from draftedit.api import query
from draftedit.api.answers import items
from draftedit.guards import BadRequest

_PLACE = re.compile(rb"place:([0-9]{1,9})")


def piece(
    request: Request, found: Sequence[Any], spell: Callable[[Any], Any]
) -> dict[str, Any]:
    """Spell the piece that `after` and `limit` ask for."""
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
        raise BadRequest("“after” is no cursor of this list.")
    return int(match[1])
