"""Questions and answers of lists: a query, a page of rows, a cursor to go on from.

A cursor is the position of the last row, the values of the columns that order the
rows. It is opaque to callers, safe in a URL, and checked when it comes back.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from draftedit.engine.branches import sort_columns
from draftedit.engine.errors import Key, Problem, Refused
from draftedit.engine.rows import Row
from draftedit.engine.schema import Part

Position = tuple[Any, ...]
Item = TypeVar("Item")


@dataclass(frozen=True)
class Page:
    """Some rows in order, and the cursor to go on from (None: that was all).

    `begun`: the page begins after a cursor, so that there are rows before.
    """

    rows: list[Row]
    next: str | None
    begun: bool = False


@dataclass(frozen=True)
class Listing(Generic[Item]):
    """Some items in order, and the cursor to go on from (None: that was all)."""

    items: list[Item]
    next: str | None


@dataclass(frozen=True)
class Query:
    """What to list: rows of `table` below `parent`, from a cursor on.

    `search` finds text whatever its case; `changed` keeps what the draft changed;
    `gone` lists the rows put out of sight, too.
    """

    table: str
    parent: Key | None = None
    after: str | None = None
    limit: int = 50
    search: str | None = None
    changed: bool = False
    gone: bool = False


class BadCursor(Refused):
    """This is not a cursor of this list."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(Problem("This is not a cursor of this list."))


def write_cursor(data: Any) -> str | None:
    """Spell a position for a URL; None stays None."""
    if data is None:
        return None
    text = json.dumps(data, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode("ascii")


def read_cursor(text: str) -> Any:
    """Read what `write_cursor` wrote; raise BadCursor."""
    try:
        return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        raise BadCursor from None


def read_number(text: str | None) -> int | None:
    """Read the cursor of a list that is ordered by one number."""
    if text is None:
        return None
    number = read_cursor(text)
    if type(number) is not int or not 0 <= number < 2**63:
        raise BadCursor
    return number


def position_of(part: Part, row: Row) -> Position:
    """Return where a row stands in the order of its siblings."""
    return tuple(row.values[name] for name in sort_columns(part))


def read_position(part: Part, text: str | None, dialect: str) -> Position | None:
    """Read the cursor of a page; raise BadCursor."""
    return None if text is None else check_position(part, read_cursor(text), dialect)


def check_position(part: Part, data: Any, dialect: str) -> Position:
    """Check that `data` is a position among the rows of `part`."""
    names = sort_columns(part)
    if not isinstance(data, list) or len(data) != len(names):
        raise BadCursor
    try:
        return tuple(
            part.fields[name].codec.parse(value, dialect)
            for name, value in zip(names, data, strict=True)
        )
    except ValueError:
        raise BadCursor from None
