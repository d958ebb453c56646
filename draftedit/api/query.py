"""What comes after the question mark: read strictly, refused by name."""

import re
from collections.abc import Collection
from datetime import date
from typing import Any, TypedDict

from pyramid.request import Request

from draftedit.engine import keys
from draftedit.guards import BadRequest

DEFAULT_LIMIT = 50
MAX_LIMIT = 500
MAX_SEARCH = 200

_NUMBER = re.compile(r"[1-9][0-9]{0,2}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FLAGS = {"": False, "0": False, "1": True}


class Listed(TypedDict):
    """Which piece of a list is wanted."""

    after: str | None
    limit: int


def text(request: Request, name: str) -> str | None:
    """Return a parameter, None where it is missing or empty."""
    value: str | None = request.GET.get(name)
    if value and "\0" in value:
        raise BadRequest(f"“{name}” holds the character NUL.")
    return value or None


def listed(request: Request) -> Listed:
    """Return `after` and `limit`."""
    return {"after": text(request, "after"), "limit": limit(request)}


def limit(request: Request) -> int:
    """Return how many items are wanted."""
    value = text(request, "limit")
    if value is None:
        return DEFAULT_LIMIT
    if not _NUMBER.fullmatch(value) or int(value) > MAX_LIMIT:
        raise BadRequest(f"“limit” is a number from 1 to {MAX_LIMIT}.")
    return int(value)


def search(request: Request) -> str | None:
    """Return what is looked for."""
    value = text(request, "q")
    if value is not None and len(value) > MAX_SEARCH:
        raise BadRequest(f"“q” has at most {MAX_SEARCH} characters.")
    return value


def choice(request: Request, name: str, choices: Collection[str]) -> str | None:
    """Return one of a few words."""
    value = text(request, name)
    if value is not None and value not in choices:
        raise BadRequest(f"“{name}” is one of: {', '.join(choices)}.")
    return value


def day(request: Request, name: str) -> date | None:
    """Return a day, spelled as 2026-03-01."""
    value = text(request, name)
    if value is None:
        return None
    try:
        # Of the ways to spell a day in ISO 8601, the one that everybody reads.
        return date.fromisoformat(value if _DAY.fullmatch(value) else "")
    except ValueError as error:
        raise BadRequest(f"“{name}” is a day, like 2026-03-01.") from error


def flag(request: Request, name: str) -> bool:
    """Return yes or no."""
    value = text(request, name) or ""
    if value not in _FLAGS:
        raise BadRequest(f"“{name}” is 1 or 0.")
    return _FLAGS[value]


def key(request: Request, name: str) -> tuple[Any, ...] | None:
    """Return a row's key, spelled as in paths."""
    value = text(request, name)
    if value is None:
        return None
    try:
        return keys.from_path(value)
    except ValueError as error:
        raise BadRequest(f"“{name}” is no key: {error}.") from error
