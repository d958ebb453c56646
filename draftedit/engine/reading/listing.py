"""Query, page and cursor types for paginated lists of rows.

A position is the values of the columns that order the rows.
"""

from dataclasses import dataclass
from typing import Any

from draftedit.engine.base.errors import Key
from draftedit.engine.base.paging import BadCursor, read_cursor
from draftedit.engine.reading.rows import Row
from draftedit.engine.reading.union_branches import sort_columns
from draftedit.engine.schema.model import Part

Position = tuple[Any, ...]


@dataclass(frozen=True)
class Page:
    """Some rows in order, and the cursor of the next page (None: this is the last).

    `begun`: the page begins after a cursor, so that there are rows before.
    """

    rows: list[Row]
    next: str | None
    begun: bool = False


@dataclass(frozen=True)
class Query:
    """What to list: rows of `table` below `parent`, from a cursor on.

    `search` finds text case-insensitively; `changed` keeps what the draft changed;
    `gone` includes deleted rows and rows below them.
    """

    table: str
    parent: Key | None = None
    after: str | None = None
    limit: int = 50
    search: str | None = None
    changed: bool = False
    gone: bool = False


def position_of(part: Part, row: Row) -> Position:
    """Return the position of a row in the order of its siblings."""
    return tuple(row.values[name] for name in sort_columns(part))


def read_position(part: Part, text: str | None, dialect: str) -> Position | None:
    """Parse the cursor of a page; raise BadCursor."""
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
