"""Strict JSON, parsed and written, for forms, the API and listings.

Python's parser accepts more than JSON and loses some of what was sent: NaN, the last of
two equal names, any depth. What is accepted here means the same on every database.
"""

import json
import math
from datetime import UTC, datetime
from typing import Any, NoReturn

from draftedit.engine.dialects import ALL

# What the database takes whose functions read the fewest levels.
MAX_DEPTH = min(one.json_levels for one in ALL if one.json_levels is not None)


def parse(text: str | bytes) -> Any:
    """Parse JSON; raise ValueError if it is invalid or ambiguous."""
    if isinstance(text, bytes):
        text = text.decode()
    try:
        return json.loads(
            text,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            object_pairs_hook=_once_each,
        )
    except RecursionError as error:
        raise ValueError(f"it nests more than {MAX_DEPTH} levels deep") from error


def parse_value(text: str) -> Any:
    """Parse the JSON of one value, which may nest as deep as values may."""
    data = parse(text)
    if depth(data) > MAX_DEPTH:
        raise ValueError(f"it nests more than {MAX_DEPTH} levels deep")
    return data


def depth(data: Any) -> int:
    """Return the nesting depth of lists and objects."""
    found, level = 0, [data]
    while level := [one for one in level if isinstance(one, dict | list)]:
        found += 1
        level = [
            inner
            for one in level
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return found


def write(data: Any) -> str:
    """Write JSON; times become UTC in RFC 3339."""
    return json.dumps(data, default=_spell, ensure_ascii=False, allow_nan=False)


def _spell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:20]} is no finite number")
    return number


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("an object has the same name twice")
    return members
