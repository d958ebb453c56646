"""Parse query parameters strictly; errors name the parameter."""

import re
from collections.abc import Collection
from datetime import date
from typing import Any, TypedDict

from pyramid.request import Request

from draftedit.engine.base import keys
from draftedit.web.guards import BadRequest
from draftedit.web.messages import say

DEFAULT_LIMIT = 50
MAX_LIMIT = 500
MAX_SEARCH = 200

_NUMBER = re.compile(r"[1-9][0-9]{0,2}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FLAGS = {"": False, "0": False, "1": True}


class Listed(TypedDict):
    """The cursor and size of a requested page."""

    after: str | None
    limit: int


def text(request: Request, name: str) -> str | None:
    """Return a parameter, None if it is missing or empty."""
    value: str | None = request.GET.get(name)
    if value and "\0" in value:
        raise BadRequest(say("parameter-has-nul", name=name))
    return value or None


def listed(request: Request) -> Listed:
    """Return `after` and `limit`."""
    return {"after": text(request, "after"), "limit": limit(request)}


def limit(request: Request) -> int:
    """Return the requested number of items."""
    value = text(request, "limit")
    if value is None:
        return DEFAULT_LIMIT
    if not _NUMBER.fullmatch(value) or int(value) > MAX_LIMIT:
        raise BadRequest(say("limit-out-of-range", limit=MAX_LIMIT))
    return int(value)


def search(request: Request) -> str | None:
    """Return the search text."""
    value = text(request, "q")
    if value is not None and len(value) > MAX_SEARCH:
        raise BadRequest(say("search-too-long", limit=MAX_SEARCH))
    return value


def choice(request: Request, name: str, choices: Collection[str]) -> str | None:
    """Return one of a few words."""
    value = text(request, name)
    if value is not None and value not in choices:
        raise BadRequest(
            say("parameter-not-a-choice", name=name, choices=", ".join(choices))
        )
    return value


def day(request: Request, name: str) -> date | None:
    """Return a day in the form 2026-03-01."""
    value = text(request, name)
    if value is None:
        return None
    try:
        # Of the forms of a day in ISO 8601, the one that everybody reads.
        return date.fromisoformat(value if _DAY.fullmatch(value) else "")
    except ValueError as error:
        raise BadRequest(say("parameter-not-a-day", name=name)) from error


def flag(request: Request, name: str) -> bool:
    """Return a boolean."""
    value = text(request, name) or ""
    if value not in _FLAGS:
        raise BadRequest(say("parameter-not-a-flag", name=name))
    return _FLAGS[value]


def key(request: Request, name: str) -> tuple[Any, ...] | None:
    """Return a row's key in the form of paths."""
    value = text(request, name)
    if value is None:
        return None
    try:
        return keys.from_path(value)
    except ValueError as error:
        raise BadRequest(say("parameter-not-a-key", name=name, why=error)) from error
