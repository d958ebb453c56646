"""Read a listing from outside; every malformed shape raises `BadListing`."""

import json
import re
from collections.abc import Iterator
from typing import Any

from draftedit.engine.base import strict_json
from draftedit.firewall.errors import BadListing
from draftedit.firewall.nft_types import NAME
from draftedit.firewall.ruleset_values import Entry

DEEPEST = strict_json.MAX_DEPTH  # nft's expressions nest a dozen levels
_TOO_DEEP = f"this nests more than {DEEPEST} levels deep."
_ENCODER = json.JSONEncoder(allow_nan=False, ensure_ascii=False)
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def load(text: str | bytes) -> Any:
    """Parse the JSON of a file; raise BadListing with the line that is wrong."""
    try:
        return strict_json.parse(text)
    except json.JSONDecodeError as error:
        raise BadListing(f"This is no JSON: {error}") from error
    except UnicodeDecodeError as error:
        raise BadListing(f"This is not UTF-8 text: {error}") from error
    except ValueError as error:
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
    """Return the members beside the list."""
    extra = {key: value for key, value in listing.items() if key != "nftables"}
    _check_storable(extra, None)
    return extra or None


def _list(listing: Any) -> list[Any]:
    if not isinstance(listing, dict):
        raise BadListing('This is no listing of nft: an object with "nftables".')
    entries = listing.get("nftables")
    if not isinstance(entries, list):
        raise BadListing('This listing has no list "nftables".')
    return entries


def _check_storable(entry: Any, index: int | None) -> None:
    """Raise BadListing for JSON that nft refuses too, or databases cannot store."""
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
    """Return these fields of an entry, which must be texts usable as names."""
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


def statements(body: Entry, index: int) -> list[Any] | None:
    """Return a rule's statements; None for a rule that nft lists without any.

    A statement for which nft has no JSON is listed as a text in nft's own language.
    """
    if "expr" not in body:
        return None
    expr = body["expr"]
    if not isinstance(expr, list):
        raise BadListing('"expr" of the rule is no list.', index)
    for number, statement in enumerate(expr):
        if not isinstance(statement, dict | str):
            where = f"expr[{number}] of the rule"
            raise BadListing(f"{where} is neither an object nor a text.", index)
    return expr
