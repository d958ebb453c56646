"""Write the report of an error as `application/problem+json` (RFC 9457)."""

from typing import Any

from pyramid.response import Response

from draftedit.engine.base.texts import Translate
from draftedit.web.api import json_text
from draftedit.web.problem_types import ErrorInfo


def response(
    found: ErrorInfo, translate: Translate, type_: str, members: dict[str, Any]
) -> Response:
    """Return the response; `type_`: the address that explains the kind of problem."""
    problem = {
        "type": type_,
        "title": translate(found.kind.title),
        "status": found.kind.status,
        "detail": translate(found.detail),
        "code": found.kind.name,
        **members,
    }
    return Response(
        json_text.dumps(problem).encode(),
        status=found.kind.status,
        content_type="application/problem+json",
        charset=None,
    )
