"""Answers of the API: JSON, and the headers that say how long it holds."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from pyramid.request import Request
from pyramid.response import Response

from draftedit.api import json_text

_TAG = re.compile(r'(?:W/)?"([^"]*)"')


def answer(data: Any, status: int = 200) -> Response:
    """Answer with JSON that nobody keeps."""
    return answer_text(json_text.dumps(data), status)


def answer_text(text: str, status: int = 200) -> Response:
    """Answer with JSON that is spelled already."""
    response = Response(
        text.encode(), status=status, content_type="application/json", charset=None
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def items(found: Iterable[Any], spell: Callable[[Any], Any], following: Any) -> Any:
    """Spell a piece of a list."""
    return {"items": [spell(item) for item in found], "next": following}


def about_draft(response: Response, version: int) -> Response:
    """Say which version of the draft an answer is about."""
    response.headers["ETag"] = f'"{version}"'
    return response


def about_object(request: Request, data: Any, revision: int) -> Response:
    """Answer with a live object, or that the caller's copy is still good."""
    response = answer(data)
    if is_known(request.headers.get("If-None-Match"), str(revision)):
        response = Response(status=304)
    response.headers["ETag"] = f'"{revision}"'
    # A copy may be kept, but is asked for anew each time, and by the same user.
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Authorization, Cookie"
    return response


def is_known(if_none_match: str | None, tag: str) -> bool:
    """Tell whether `If-None-Match` names this tag (or any, as `*`)."""
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or tag in _TAG.findall(if_none_match)
