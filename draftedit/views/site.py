"""What the frame of every page shows: where one can go, and who one is."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyramid.i18n import TranslationStringFactory
from pyramid.interfaces import ISessionFactory
from pyramid.request import Request

from draftedit.security import EDIT, READ

_ = TranslationStringFactory("draftedit")


WARNINGS = "draftedit.warnings"  # the queue of the session


@dataclass(frozen=True)
class Link:
    """A label and where it leads."""

    label: str
    url: str
    current: bool = False


class Site:
    """The frame's view of a request; everything is asked only when it is shown.

    The host may have none of the routes for signing in: then nothing of it is shown.
    """

    def __init__(self, request: Request) -> None:
        """Keep the request."""
        self._request = request

    @property
    def home(self) -> str:
        """Where the brand leads."""
        return self._request.route_path("draftedit.home")

    @property
    def nav(self) -> Sequence[Link]:
        """The pages this user may open from anywhere."""
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
        """The owner of this user's drafts."""
        return self._request.authenticated_userid

    @property
    def user_name(self) -> str | None:
        """The name to show for the user."""
        return getattr(self._request.identity, "name", None) or self.user

    @property
    def sign_in(self) -> str | None:
        """Where to sign in, if it is here."""
        return self._path("login")

    @property
    def sign_out(self) -> str | None:
        """Where to sign out, if it is here."""
        return self._path("logout")

    @property
    def account(self) -> str | None:
        """Where the user's account is, if it is here."""
        return self._path("account")

    def flash(self) -> Sequence[str]:
        """Return, once, what the last action had to say."""
        if self._request.registry.queryUtility(ISessionFactory) is None:
            return ()
        return self._request.session.pop_flash()

    def warnings(self) -> Sequence[str]:
        """Return, once, what the last action could not do."""
        if self._request.registry.queryUtility(ISessionFactory) is None:
            return ()
        return self._request.session.pop_flash(WARNINGS)

    def _path(self, route: str) -> str | None:
        try:
            return self._request.route_path(route)
        except KeyError:
            return None
