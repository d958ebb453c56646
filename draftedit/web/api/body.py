"""Parse the JSON body of a request: an object with the expected members."""

from collections.abc import Collection
from typing import Any

from pyramid.request import Request

from draftedit.web import request_guards
from draftedit.web.api import json_text
from draftedit.web.guards import BadRequest, BodyTooLarge
from draftedit.web.messages import say

MAX_OPERATIONS = 1000

_MISSING: Any = object()


class Body:
    """The members of a body; missing and unexpected ones are refused."""

    def __init__(self, request: Request, *members: str) -> None:
        """Parse the body; an empty one is an empty object."""
        self._members = read(request) if request.content_length else {}
        unknown = sorted(set(self._members) - set(members))
        if unknown:
            raise BadRequest(say("body-member-unknown", name=unknown[0]))

    def __contains__(self, name: str) -> bool:
        """Return whether a member was given."""
        return name in self._members

    def text(self, name: str, default: Any = _MISSING) -> Any:
        """Return a member that is a string."""
        return self._typed(name, str, "text", default)

    def number(self, name: str, default: Any = _MISSING) -> Any:
        """Return a member that is a whole number, not negative."""
        value = self._typed(name, int, "a whole number", default)
        if value is not default and (isinstance(value, bool) or value < 0):
            raise BadRequest(say("body-member-not-a-count", name=name))
        return value

    def items(self, name: str) -> list[Any]:
        """Return a member that is a list; [] if it was not given."""
        found: list[Any] = self._typed(name, list, "a list", [])
        return found

    def values(self, name: str) -> dict[str, Any] | None:
        """Return a member that is an object; None if it was not given."""
        found: dict[str, Any] | None = self._typed(name, dict, "an object", None)
        return found

    def key(self, name: str) -> tuple[Any, ...]:
        """Return a member that is a row's key."""
        return key_of(self._members[name], name)

    def _typed(self, name: str, kind: type, kind_name: str, default: Any) -> Any:
        value = self._members.get(name, default)
        if value is _MISSING:
            raise BadRequest(say("body-member-missing", name=name))
        if value is not default and not isinstance(value, kind):
            raise BadRequest(
                say("body-member-of-wrong-type", name=name, type=kind_name)
            )
        return value


def read(request: Request) -> dict[str, Any]:
    """Return the body, which must be a JSON object."""
    request_guards.check_media_type(request, request_guards.JSON)
    data = json_text.loads(request.body)
    if not isinstance(data, dict):
        raise BadRequest(say("body-not-an-object"))
    return data


def operation(request: Request) -> dict[str, Any]:
    """Return a body that is an operation; refuse one with too many."""
    data = read(request)
    if count_operations(data) > MAX_OPERATIONS:
        raise BodyTooLarge(say("too-many-operations", limit=MAX_OPERATIONS))
    return data


def count_operations(data: Any) -> int:
    """Count an operation and those within a batch."""
    inner = data.get("operations") if isinstance(data, dict) else None
    if not isinstance(inner, list):
        return 1
    return sum(count_operations(item) for item in inner)


def key_of(value: Any, name: str) -> tuple[Any, ...]:
    """Parse a key: a list, or its one column."""
    columns: Collection[Any] = value if isinstance(value, list) else [value]
    if not columns or not all(_is_column(column) for column in columns):
        raise BadRequest(say("body-member-not-a-key", name=name))
    return tuple(columns)


def _is_column(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)
