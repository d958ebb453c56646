"""JSON as the contract has it: strict when read, exact when written.

Python's parser takes more than JSON and keeps less than was sent: NaN, the last of two
equal names, halves of surrogate pairs. What is taken here can be stored and given
back on every database, or is refused before anything looks at it.
"""

import json
import math
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NoReturn

from draftedit.engine.errors import Problem, Refused
from draftedit.guards import BadRequest

# MariaDB's JSON functions stop at 32 levels, with the journal's own around.
MAX_DEPTH = 28


def loads(text: bytes) -> Any:
    """Read JSON, or refuse it with the reason."""
    try:
        data = json.loads(
            text.decode("utf-8"),
            parse_constant=_refuse_constant,
            parse_float=_finite,
            object_pairs_hook=_once_each,
        )
    # RecursionError: nested deeper than Python's parser goes. ValueError: no JSON,
    # no UTF-8, or an integer of thousands of digits.
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"The body is not JSON: {error}.") from error
    _check(data, MAX_DEPTH)
    return data


def dumps(data: Any) -> str:
    """Write JSON; times become UTC in RFC 3339."""
    return json.dumps(data, default=_spell, ensure_ascii=False, allow_nan=False)


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


def _check(data: Any, depth: int) -> None:
    if isinstance(data, str):
        check_text(data)
        return
    if not isinstance(data, dict | list):
        return
    if depth == 0:
        raise BadRequest(f"The body is nested deeper than {MAX_DEPTH} levels.")
    inner: Iterable[Any] = data
    if isinstance(data, dict):
        inner = (item for pair in data.items() for item in pair)
    for item in inner:
        _check(item, depth - 1)


def check_text(text: str) -> None:
    """Refuse text that a database cannot hold or UTF-8 cannot spell."""
    if "\0" in text:
        raise Refused(Problem("Text cannot hold the character NUL."))
    if not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text):
        raise BadRequest("The body has half of a surrogate pair.")


def _spell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    raise TypeError(f"{type(value).__name__} has no JSON form")
