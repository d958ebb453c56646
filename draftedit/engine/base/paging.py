"""Query, page and cursor types for paginated lists.

A cursor is the position of the last item in the order of its list. It is opaque to
callers, safe in a URL, and checked when it comes back.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from draftedit.engine.base.errors import Problem, Refused
from draftedit.engine.base.messages import say

Item = TypeVar("Item")


@dataclass(frozen=True)
class Listing(Generic[Item]):
    """Some items in order, and the cursor of the next page (None: this is the last)."""

    items: list[Item]
    next: str | None


class BadCursor(Refused):
    """The cursor does not belong to this list."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(Problem(say("not-a-cursor")))


def write_cursor(data: Any) -> str | None:
    """Serialise a position for a URL; None stays None."""
    if data is None:
        return None
    text = json.dumps(data, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode("ascii")


def read_cursor(text: str) -> Any:
    """Parse what `write_cursor` wrote; raise BadCursor."""
    try:
        return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        raise BadCursor from None


def read_number(text: str | None) -> int | None:
    """Parse the cursor of a list that is ordered by one number."""
    if text is None:
        return None
    number = read_cursor(text)
    if type(number) is not int or not 0 <= number < 2**63:
        raise BadCursor
    return number
