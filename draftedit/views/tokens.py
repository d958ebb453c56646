"""One's own tokens, for programs: making one and ending one."""

import re
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from draftedit import accounts
from draftedit.engine.errors import Refused
from draftedit.security import READ
from draftedit.views.account import TEMPLATE, TOKEN_QUEUE, account_of, page
from draftedit.views.signing_in import field_of

_ = TranslationStringFactory("draftedit")

_ID = re.compile(r"[1-9][0-9]{0,17}")


@view_config(
    route_name="account_tokens",
    request_method="POST",
    renderer=TEMPLATE,
    permission=READ,
)
def create(request: Request) -> dict[str, Any] | Response:
    """Make a token; the page after it shows the text, and no page after that."""
    user = account_of(request)
    try:
        _token, text = accounts.new_token(
            request.dbsession, user, field_of(request, "label")
        )
    except Refused as refused:
        return page(request, user, *refused.problems)
    # In the cookie for one redirect: a page that is the answer to a POST would make
    # another token each time it is loaded again.
    request.session.flash(text, TOKEN_QUEUE)
    return HTTPSeeOther(request.route_path("account", _anchor="tokens"))


@view_config(route_name="account_token_revoke", request_method="POST", permission=READ)
def revoke(request: Request) -> Response:
    """End a token."""
    user, number = account_of(request), request.matchdict["id"]
    if not _ID.fullmatch(number):
        raise HTTPNotFound(f"There is no token {number}.")
    accounts.revoke(request.dbsession, user, int(number))
    request.session.flash(_("The token is revoked."))
    return HTTPSeeOther(request.route_path("account", _anchor="tokens"))
