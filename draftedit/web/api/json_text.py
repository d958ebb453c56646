"""JSON according to the contract: strictly parsed, exactly written.

Python's parser accepts more than JSON and loses some of what was sent: NaN, the last of
two equal names, lone surrogates. What is accepted here can be stored and returned on
every database; anything else is refused at once.
"""

from collections.abc import Iterable
from typing import Any

from draftedit.engine.base import strict_json
from draftedit.engine.base.errors import Problem, Refused
from draftedit.engine.base.strict_json import MAX_DEPTH
from draftedit.engine.base.strict_json import write as dumps
from draftedit.web.guards import BadRequest
from draftedit.web.messages import say

__all__ = ["check_text", "dumps", "loads"]


def loads(text: bytes) -> Any:
    """Parse JSON, or refuse it with the reason."""
    try:
        data = strict_json.parse(text)
    # Not JSON, not UTF-8, or an integer of thousands of digits.
    except ValueError as error:
        raise BadRequest(say("body-not-json", why=error)) from error
    _check(data, MAX_DEPTH)
    return data


def _check(data: Any, depth: int) -> None:
    if isinstance(data, str):
        check_text(data)
        return
    if not isinstance(data, dict | list):
        return
    if depth == 0:
        raise BadRequest(say("body-too-deep", limit=MAX_DEPTH))
    inner: Iterable[Any] = data
    if isinstance(data, dict):
        inner = (item for pair in data.items() for item in pair)
    for item in inner:
        _check(item, depth - 1)


def check_text(text: str) -> None:
    """Refuse text that a database cannot store or UTF-8 cannot encode."""
    if "\0" in text:
        raise Refused(Problem(say("body-has-nul")))
    if not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text):
        raise BadRequest(say("body-has-half-surrogate"))
