"""One's own account: the password, and the list of tokens."""

from typing import Any

from pyramid.httpexceptions import HTTPForbidden, HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from draftedit import accounts
from draftedit.engine.errors import Problem, Refused
from draftedit.models.user import LABEL_LENGTH, UserAccount
from draftedit.passwords import SHORTEST
from draftedit.security import READ, bearer_token, keep_session
from draftedit.views.signing_in import field_of, slowed

_ = TranslationStringFactory("draftedit")

TEMPLATE = "draftedit:templates/account.jinja2"
TOKEN_QUEUE = "draftedit.token"  # noqa: S105 — the name of a queue of messages

ROLE_NAMES = {"reader": _("Reader"), "editor": _("Editor"), "admin": _("Administrator")}


def account_of(request: Request) -> UserAccount:
    """Return the user of this browser session.

    A token is not enough: whoever found one must not make more of them with it.
    """
    if bearer_token(request) is not None:
        raise HTTPForbidden("An account is changed in a browser, signed in.")
    return accounts.find(request.dbsession, request.authenticated_userid)


def page(request: Request, user: UserAccount, *problems: Problem) -> dict[str, Any]:
    """Return what the page of the account shows."""
    request.response.cache_control = "no-store"
    if problems and request.response.status_int == 200:
        request.response.status_int = 422
    shown_once = request.session.pop_flash(TOKEN_QUEUE)
    return {
        "account": user,
        "tokens": accounts.tokens(request.dbsession, user),
        "new_token": shown_once[0] if shown_once else None,
        "label": field_of(request, "label"),
        "label_length": LABEL_LENGTH,
        "roles": ROLE_NAMES,
        "shortest": SHORTEST,
        "problems": problems,
    }


@view_config(
    route_name="account", request_method="GET", renderer=TEMPLATE, permission=READ
)
def show(request: Request) -> dict[str, Any]:
    """Show the account, and once a token that was just made."""
    return page(request, account_of(request))


@view_config(
    route_name="account_password",
    request_method="POST",
    renderer=TEMPLATE,
    permission=READ,
)
def change_password(request: Request) -> dict[str, Any] | Response:
    """Change the password; all other sessions of this user end, this one goes on."""
    user = account_of(request)
    new = field_of(request, "password")
    if new != field_of(request, "again"):
        problem = Problem(_("The new password was typed in two ways."), field="again")
        return page(request, user, problem)
    wrong = slowed(
        request,
        user.name,
        "current",
        lambda: accounts.check_password(user, field_of(request, "current")),
        _("This is not your password."),
    )
    if wrong is not None:
        return page(request, user, wrong)
    try:
        accounts.set_password(user, new)
    except Refused as refused:
        return page(request, user, *refused.problems)
    keep_session(request, user)
    request.session.flash(_("Your password is changed; other sessions have ended."))
    return HTTPSeeOther(request.route_path("account"))
