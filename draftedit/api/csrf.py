"""The check that no other site made a browser send an unsafe call."""

from pyramid.csrf import check_csrf_origin, check_csrf_token
from pyramid.request import Request
from pyramid.response import Response

from draftedit.api.endpoint import View
from draftedit.contexts import SAFE_METHODS
from draftedit.security import bearer_token


def csrf_checked(view: View) -> View:
    """Ask for the session's token in `X-CSRF-Token`, unless a bearer token came."""

    def checked(context: object, request: Request) -> Response:
        # A browser adds cookies, and even Basic credentials, by itself; a bearer
        # token only where a script of ours says so.
        if request.method not in SAFE_METHODS and not bearer_token(request):
            check_csrf_origin(request)
            check_csrf_token(request, token=None)
        return view(context, request)

    return checked
