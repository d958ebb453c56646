"""The frame of every page, and the names that each template may use.

The names are added when a page is rendered, not to the host's Jinja2 environment: the
host's own templates, its globals and its translation domain are not affected.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from markupsafe import Markup
from pyramid.events import BeforeRender
from pyramid.request import Request
from translationstring import TranslationStringFactory

from draftedit.engine.base.texts import translated
from draftedit.web.guards import new_request_key
from draftedit.web.pages.flash import WARNINGS, pop
from draftedit.web.pages.formatting import spelled_number, when
from draftedit.web.permissions import EDIT, READ

_ = TranslationStringFactory("draftedit")

PACKAGE = "draftedit"


@dataclass(frozen=True)
class Link:
    """A label and an address."""

    label: str
    url: str
    current: bool = False


class PageFrame:
    """The frame's view of a request; everything is read only when it is shown.

    A host may lack the routes for signing in: then nothing of them is shown.
    """

    def __init__(self, request: Request) -> None:
        """Keep the request."""
        self._request = request

    @property
    def home(self) -> str:
        """Return the address of the brand link."""
        return str(self._request.route_path("draftedit.home"))

    @property
    def nav(self) -> Sequence[Link]:
        """Return links to the pages this user may open from anywhere."""
        pages = (
            (_("Objects"), "draftedit.home", READ),
            (_("My drafts"), "draftedit.drafts", EDIT),
            (_("Statistics"), "draftedit.stats", READ),
        )
        here = getattr(self._request.matched_route, "name", None)
        return [
            Link(label, self._request.route_path(route), route == here)
            for label, route, permission in pages
            if self._request.has_permission(permission)
        ]

    @property
    def user(self) -> str | None:
        """Return the owner name of this user's drafts."""
        owner: str | None = self._request.authenticated_userid
        return owner

    @property
    def user_name(self) -> str | None:
        """Return the name to show for the user."""
        return getattr(self._request.identity, "name", None) or self.user

    @property
    def sign_in(self) -> str | None:
        """Return the address of the sign-in form, if there is one."""
        return self._path("draftedit_app.login")

    @property
    def sign_out(self) -> str | None:
        """Return the address to sign out, if there is one."""
        return self._path("draftedit_app.logout")

    @property
    def account(self) -> str | None:
        """Return the address of the user's account, if there is one."""
        return self._path("draftedit_app.account")

    def flash(self) -> Sequence[str]:
        """Return the messages of the last action, and remove them."""
        return pop(self._request)

    def warnings(self) -> Sequence[str]:
        """Return the warnings of the last action, and remove them."""
        return pop(self._request, WARNINGS)

    def _path(self, route: str) -> str | None:
        try:
            return str(self._request.route_path(route))
        except KeyError:
            return None


def add_names(event: BeforeRender) -> None:
    """Add the names if the template is ours; leave the host's alone."""
    info, request = event["renderer_info"], event["request"]
    package = getattr(info.package, "__name__", "")
    spec, colon, _path = (event["renderer_name"] or "").partition(":")
    if request is None or (spec if colon else package).split(".")[0] != PACKAGE:
        return
    event.update(names(request))


def names(request: Request) -> dict[str, Any]:
    """Return the names, bound to the request's language."""
    localizer = request.localizer

    def in_our_domain(text: Any) -> str:
        return str(localizer.translate(text, domain=PACKAGE) or "")

    def gettext(message: Any, **variables: Any) -> str:
        text = translated(message, in_our_domain) or ""
        return _filled(text, variables)

    def ngettext(singular: str, plural: str, n: int, **variables: Any) -> str:
        text = localizer.pluralize(singular, plural, n, domain=PACKAGE)
        return _filled(text, variables)

    return {
        "_": gettext,
        "gettext": gettext,
        "ngettext": ngettext,
        "site": PageFrame(request),
        "request_key": new_request_key,
        "when": partial(when, translate=gettext),
        "number": partial(spelled_number, translate=gettext),
    }


def _filled(text: str, variables: dict[str, Any]) -> str:
    # There are variables only if Jinja2's "newstyle" is on; the text is that of a
    # template or of its translation, and the values are escaped.
    return Markup(text) % variables if variables else text  # noqa: S704 — a template's own text
