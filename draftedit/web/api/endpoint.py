"""One endpoint of the API: the view of a method at a route, and its description.

The views and the OpenAPI description are both made from the same table of these.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pyramid.request import Request
from pyramid.response import Response

View = Callable[[Any, Request], Response]


@dataclass(frozen=True)
class Endpoint:
    """A method of a route.

    `route` is the name after `draftedit.api.`; `answer` and `body` name schemas of
    `draftedit.web.api.schemas`; `listed` wraps the response in a list with a cursor.
    `guards` are the headers of an unsafe call, the version of a draft only if it is
    `version_required`. Without a permission it is public.
    """

    method: str
    route: str
    view: View
    permission: str | None
    summary: str
    answer: str
    status: int = 200
    listed: bool = False
    query: tuple[str, ...] = ()
    body: str | None = None
    body_required: bool = False
    guards: tuple[str, ...] = ()
    version_required: bool = True
    about_draft: bool = False
