"""The JSON body of a request: an object with the members that belong there."""

from collections.abc import Collection
from typing import Any

from pyramid.request import Request

from draftedit import incoming
from draftedit.api import json_text
from draftedit.guards import BadRequest, TooLarge

MAX_OPERATIONS = 1000

_MISSING: Any = object()


class Body:
    """The members of a body; what is asked for and missing, or too much, is refused."""

    def __init__(self, request: Request, *members: str) -> None:
        """Read the body; none at all is an empty object."""
        self._members = read(request) if request.content_length else {}
        unknown = sorted(set(self._members) - set(members))
        if unknown:
            raise BadRequest(f"There is no member “{unknown[0]}” here.")

    def __contains__(self, name: str) -> bool:
        """Tell whether a member was given."""
        return name in self._members

    def text(self, name: str, default: Any = _MISSING) -> Any:
        """Return a member that is text."""
        return self._typed(name, str, "text", default)

    def number(self, name: str, default: Any = _MISSING) -> Any:
        """Return a member that is a whole number, not negative."""
        value = self._typed(name, int, "a whole number", default)
        if value is not default and (isinstance(value, bool) or value < 0):
            raise BadRequest(f"“{name}” is a whole number, 0 or more.")
        return value

    def items(self, name: str) -> list[Any]:
        """Return a member that is a list; none where it was not given."""
        found: list[Any] = self._typed(name, list, "a list", [])
        return found

    def key(self, name: str) -> tuple[Any, ...]:
        """Return a member that is a row's key."""
        return key_of(self._members[name], name)

    def _typed(self, name: str, kind: type, kind_name: str, default: Any) -> Any:
        value = self._members.get(name, default)
        if value is _MISSING:
            raise BadRequest(f"“{name}” is missing.")
        if value is not default and not isinstance(value, kind):
            raise BadRequest(f"“{name}” is not {kind_name}.")
        return value


def read(request: Request) -> dict[str, Any]:
    """Return the body, which must be a JSON object."""
    incoming.check_media_type(request, incoming.JSON)
    data = json_text.loads(request.body)
    if not isinstance(data, dict):
        raise BadRequest("The body is not a JSON object.")
    return data


def operation(request: Request) -> dict[str, Any]:
    """Return a body that is an operation, unless it holds too many."""
    data = read(request)
    if count_operations(data) > MAX_OPERATIONS:
        raise TooLarge(f"A call carries at most {MAX_OPERATIONS} operations.")
    return data


def count_operations(data: Any) -> int:
    """Count an operation and, in a batch, those within."""
    inner = data.get("operations") if isinstance(data, dict) else None
    if not isinstance(inner, list):
        return 1
    return sum(count_operations(item) for item in inner)


def key_of(value: Any, name: str) -> tuple[Any, ...]:
    """Read a key: a list, or the one column of it."""
    columns: Collection[Any] = value if isinstance(value, list) else [value]
    if not columns or not all(_is_column(column) for column in columns):
        raise BadRequest(f"“{name}” is no key: a list of texts and whole numbers.")
    return tuple(columns)


def _is_column(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)
