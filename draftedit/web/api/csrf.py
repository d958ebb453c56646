"""Demand a CSRF token of the API's unsafe calls.

The views of pages demand it by `require_csrf`; the ready application's policy, in
`draftedit.app.security`, by default for all views.
"""

from pyramid.csrf import check_csrf_origin, check_csrf_token
from pyramid.request import Request
from pyramid.response import Response

from draftedit.web.api.endpoint import View
from draftedit.web.permissions import bearer_token
from draftedit.web.resources import SAFE_METHODS


def csrf_checked(view: View) -> View:
    """Refuse unsafe calls that another site made a browser send.

    They need the session's token in `X-CSRF-Token`, or a bearer token.
    """

    def checked(context: object, request: Request) -> Response:
        # A browser adds cookies, and even Basic credentials, by itself; a bearer token
        # only if a script of ours does so.
        if request.method not in SAFE_METHODS and not bearer_token(request):
            check_csrf_origin(request)
            check_csrf_token(request, token=None)
        return view(context, request)

    return checked
