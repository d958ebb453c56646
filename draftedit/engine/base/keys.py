"""Row keys: tuples of encoded values, and their form in a path."""

from collections.abc import Sequence
from typing import Any

# Inside a column, the escapes of JSON Pointer (RFC 6901) and one for the comma.
_ESCAPES = (("~", "~0"), ("/", "~1"), (",", "~2"))
# A whole segment that a URL would interpret otherwise gets a prefix.
_MARK, _TAKEN = "~3", frozenset({"", ".", "..", "new"})


def to_path(key: Sequence[Any]) -> str:
    """Serialise a key for a path: columns joined by a comma, each escaped."""
    path = ",".join(_escape(str(value)) for value in key)
    return _MARK + path if path in _TAKEN else path


def from_path(text: str) -> tuple[str, ...]:
    """Parse a key from a path; its columns are still text.

    Raises ValueError for an invalid escape.
    """
    path = text.removeprefix(_MARK) if text.removeprefix(_MARK) in _TAKEN else text
    return tuple(_unescape(part) for part in path.split(","))


def to_list(key: Sequence[Any]) -> list[Any]:
    """Serialise a key for JSON."""
    return list(key)


def _escape(text: str) -> str:
    for character, escape in _ESCAPES:
        text = text.replace(character, escape)
    return text


def _unescape(text: str) -> str:
    if text.replace("~0", "").replace("~1", "").replace("~2", "").count("~"):
        raise ValueError(f"{text!r} is no key")
    for character, escape in reversed(_ESCAPES):
        text = text.replace(escape, character)
    return text
