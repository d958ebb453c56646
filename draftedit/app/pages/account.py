"""The user's own account: change the password, create and revoke tokens."""

import re
from typing import Any

from pyramid.httpexceptions import HTTPForbidden, HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from translationstring import TranslationStringFactory

from draftedit.app import accounts, passwords
from draftedit.app.messages import say
from draftedit.app.models.user import LABEL_LENGTH, UserAccount
from draftedit.app.pages.login import field_of, slowed
from draftedit.app.passwords import SHORTEST
from draftedit.app.security import keep_session
from draftedit.engine.base.errors import Problem, Refused
from draftedit.web.pages.flash import flash, pop, warn
from draftedit.web.permissions import READ, bearer_token
from draftedit.web.release import released

_ = TranslationStringFactory("draftedit")

TEMPLATE = "draftedit.web:templates/account.jinja2"
TOKEN_QUEUE = "draftedit.token"  # noqa: S105 — the name of a queue of messages

ROLE_NAMES = {"reader": _("Reader"), "editor": _("Editor"), "admin": _("Administrator")}

MOST_WAITING = 3  # tokens in the session that were not shown yet; it may be a cookie

_ID = re.compile(r"[1-9][0-9]{0,18}")


def account_of(request: Request) -> UserAccount:
    """Return the user of this browser session.

    A token is not enough: a stolen one must not be able to create more.
    """
    if bearer_token(request) is not None:
        raise HTTPForbidden("An account is changed in a browser, signed in.")
    return accounts.find(request.dbsession, request.authenticated_userid)


def page(request: Request, user: UserAccount, *problems: Problem) -> dict[str, Any]:
    """Return the template variables of the account page."""
    request.response.cache_control = "no-store"
    if problems and request.response.status_int == 200:
        request.response.status_int = 422
    return {
        "account": user,
        "tokens": accounts.tokens(request.dbsession, user),
        "new_tokens": pop(request, TOKEN_QUEUE),
        "label": field_of(request, "label"),
        "label_length": LABEL_LENGTH,
        "roles": ROLE_NAMES,
        "shortest": SHORTEST,
        "problems": problems,
    }


@view_config(
    route_name="draftedit_app.account",
    request_method="GET",
    renderer=TEMPLATE,
    permission=READ,
)
def show(request: Request) -> dict[str, Any]:
    """Show the account, including the text of a token that was just created."""
    return page(request, account_of(request))


@view_config(
    route_name="draftedit_app.account_password",
    request_method="POST",
    renderer=TEMPLATE,
    permission=READ,
)
def change_password(request: Request) -> dict[str, Any] | Response:
    """Change the password; this session stays, all others of this user end."""
    user = account_of(request)
    new = field_of(request, "password")
    if new != field_of(request, "again"):
        problem = Problem(say("password-typed-in-two-ways"), field="again")
        return page(request, user, problem)
    name, current = user.name, field_of(request, "current")
    try:
        with released(request):
            new_hash = passwords.hash_password(new)
    except Refused as refused:
        return page(request, user, *refused.problems)
    wrong = _("This is not your password.")
    found = slowed(request, name, current, "current", wrong)
    if isinstance(found, Problem):
        return page(request, user, found)
    accounts.set_password_hash(found, new_hash)
    keep_session(request, found)
    flash(request, _("Your password is changed; other sessions have ended."))
    return HTTPSeeOther(request.route_path("draftedit_app.account"))


@view_config(
    route_name="draftedit_app.account_tokens",
    request_method="POST",
    renderer=TEMPLATE,
    permission=READ,
)
def create(request: Request) -> dict[str, Any] | Response:
    """Create a token; its text is shown once, on the next page."""
    user = account_of(request)
    try:
        _token, text = accounts.new_token(
            request.dbsession, user, field_of(request, "label")
        )
    except Refused as refused:
        return page(request, user, *refused.problems)
    # Kept in the cookie for one redirect: reloading a page that answers a POST would
    # create another token.
    _show_once(request, text)
    return HTTPSeeOther(request.route_path("draftedit_app.account", _anchor="tokens"))


def _show_once(request: Request, text: str) -> None:
    waiting = [*request.session.pop_flash(TOKEN_QUEUE), text]
    for one in waiting[-MOST_WAITING:]:
        request.session.flash(one, TOKEN_QUEUE)
    if len(waiting) > MOST_WAITING:
        warn(request, _("A token that was made before was never shown: revoke it."))


@view_config(
    route_name="draftedit_app.account_token_revoke",
    request_method="POST",
    permission=READ,
)
def revoke(request: Request) -> Response:
    """Revoke a token."""
    user, number = account_of(request), request.matchdict["id"]
    if not _ID.fullmatch(number):
        raise HTTPNotFound(f"There is no token {number}.")
    accounts.revoke(request.dbsession, user, int(number))
    flash(request, _("The token is revoked."))
    return HTTPSeeOther(request.route_path("draftedit_app.account", _anchor="tokens"))
