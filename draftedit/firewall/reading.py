"""Reading a listing from outside: every shape that is wrong is a `BadListing`."""

import json
import re
from collections.abc import Iterator
from typing import Any

from draftedit.firewall.columns import NAME
from draftedit.firewall.errors import BadListing
from draftedit.firewall.tree import Entry

DEEPEST = 100  # nft's expressions nest a dozen levels; Python's JSON about a thousand
_TOO_DEEP = f"this nests more than {DEEPEST} levels deep."
_ENCODER = json.JSONEncoder(allow_nan=False, ensure_ascii=False)
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def load(text: str | bytes) -> Any:
    """Return the JSON of a file, or raise BadListing with the line that is wrong."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise BadListing(f"This is no JSON: {error}") from error
    except UnicodeDecodeError as error:
        raise BadListing(f"This is not UTF-8 text: {error}") from error
    except (RecursionError, ValueError) as error:
        raise BadListing(f"This JSON cannot be read: {error}") from error


def entries(listing: Any) -> Iterator[tuple[int, str, Any]]:
    """Yield (index, kind, body) of every entry: `{"rule": {…}}`."""
    for index, entry in enumerate(_list(listing)):
        if not isinstance(entry, dict) or len(entry) != 1:
            raise BadListing("an entry must be an object with one key.", index)
        _check_storable(entry, index)
        [(kind, body)] = entry.items()
        yield index, kind, body


def others(listing: dict[str, Any]) -> dict[str, Any] | None:
    """Return what stands beside the list."""
    extra = {key: value for key, value in listing.items() if key != "nftables"}
    _check_storable(extra, None)
    return extra or None


def _list(listing: Any) -> list[Any]:
    if not isinstance(listing, dict):
        raise BadListing('This is no listing of nft: an object with "nftables".')
    if not isinstance(listing.get("nftables"), list):
        raise BadListing('This listing has no list "nftables".')
    return listing["nftables"]


def _check_storable(entry: Any, index: int | None) -> None:
    """Refuse what nft refuses in JSON as well, and databases cannot store."""
    try:
        text = _ENCODER.encode(entry)
        text.encode()
    except UnicodeEncodeError as error:
        raise BadListing("a text holds half of a surrogate pair.", index) from error
    except ValueError as error:
        raise BadListing("a number is too large, or none at all.", index) from error
    except TypeError as error:
        raise BadListing("this holds what JSON cannot.", index) from error
    except RecursionError as error:
        raise BadListing(_TOO_DEEP, index) from error
    if "\\u0000" in text and _NUL.search(text):
        raise BadListing("a text holds a NUL character.", index)
    if text.count("[") + text.count("{") > DEEPEST and _depth(entry) > DEEPEST:
        raise BadListing(_TOO_DEEP, index)


def _depth(value: Any) -> int:
    depth = 0
    level = [value]
    while level:
        depth += 1
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return depth


def fields(kind: str, body: Any, index: int, *names: str) -> list[str]:
    """Return these fields of an entry, which must be texts that can be names."""
    if not isinstance(body, dict):
        raise BadListing(f"the {kind} must be an object.", index)
    found = []
    for name in names:
        value = body.get(name)
        if not isinstance(value, str) or not value:
            raise BadListing(f"the {kind} has no {name}, or not as a text.", index)
        if len(value) > NAME:
            raise BadListing(f"the {name} is longer than {NAME} characters.", index)
        found.append(value)
    return found


def statements(body: Entry, index: int) -> list[Entry]:
    """Return a rule's statements."""
    expr = body.get("expr")
    if not isinstance(expr, list):
        raise BadListing('the rule has no list "expr".', index)
    for number, statement in enumerate(expr):
        if not isinstance(statement, dict):
            raise BadListing(f"expr[{number}] of the rule is no object.", index)
    return expr
