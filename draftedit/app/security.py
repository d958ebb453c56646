"""Authentication and permissions of the ready application.

Every view of draftedit names one of three permissions. A host decides with a policy of
its own who has them; the ready application decides here, by the roles of its users.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pyramid.config import Configurator
from pyramid.csrf import SessionCSRFStoragePolicy, new_csrf_token
from pyramid.request import Request, RequestLocalCache
from pyramid.security import Allowed, Denied
from pyramid.session import SignedCookieSessionFactory

from draftedit.app import accounts
from draftedit.app.models.user import UserAccount
from draftedit.settings import BadSettings, Settings
from draftedit.settings.table import PRODUCTION, SECRET
from draftedit.web.permissions import ADMIN, EDIT, READ, bearer_token

PERMISSIONS: Mapping[str, frozenset[str]] = {
    "reader": frozenset({READ}),
    "editor": frozenset({READ, EDIT}),
    "admin": frozenset({READ, EDIT, ADMIN}),
}

# The secret in the shipped ini files; anyone who reads them can sign cookies with it.
SAMPLE_SECRET = "a-sample-secret-for-development-only"  # noqa: S105 — public, no secret
SHORTEST_SECRET = 32

SESSION_SECONDS = 12 * 60 * 60  # without a request; a draft outlives it
RENEW_SECONDS = 5 * 60  # the cookie is renewed no more often than this

_USER, _STAMP = "user", "stamp"


@dataclass(frozen=True)
class Identity:
    """The user of a request; readable even if the database is down."""

    id: int
    name: str
    role: str


class SecurityPolicy:
    """Users of our own, by bearer token or browser session."""

    def __init__(self) -> None:
        """Start with an empty cache."""
        self._cache = RequestLocalCache()

    def identity(self, request: Request) -> Identity | None:
        """Return the user; queried once per request."""
        known: Any = self._cache.get(request)
        if known is RequestLocalCache.NO_VALUE:
            # If the query fails, the error page asks again, and must not fail.
            self._cache.set(request, None)
            known = _load(request)
            self._cache.set(request, known)
        identity: Identity | None = known
        return identity

    def authenticated_userid(self, request: Request) -> str | None:
        """Return the user's name, which is also the owner of their drafts."""
        identity = self.identity(request)
        return identity.name if identity else None

    def permits(
        self, request: Request, context: object, permission: str
    ) -> Allowed | Denied:
        """Decide by the role alone; the route has checked whose draft it is."""
        identity = self.identity(request)
        if identity is None:
            return Denied("Nobody is signed in.")
        if permission in PERMISSIONS[identity.role]:
            return Allowed("Permitted to every %s.", identity.role)
        return Denied("Not permitted to a %s.", identity.role)

    def remember(
        self, request: Request, userid: str, **kw: object
    ) -> list[tuple[str, str]]:
        """Start a session for the user of this name."""
        start_session(request, accounts.find(request.dbsession, userid))
        self._cache.clear(request)
        return []

    def forget(self, request: Request, **kw: object) -> list[tuple[str, str]]:
        """End the session."""
        request.session.invalidate()
        new_csrf_token(request)
        self._cache.set(request, None)
        return []


def start_session(request: Request, user: UserAccount) -> None:
    """Begin a session without anything of the previous one, not even its CSRF token."""
    request.session.invalidate()
    keep_session(request, user)


def keep_session(request: Request, user: UserAccount) -> None:
    """Keep this session valid after the user's stamp has changed."""
    request.session[_USER] = user.id
    request.session[_STAMP] = user.stamp
    new_csrf_token(request)


def needs_csrf_token(request: Request) -> bool:
    """Return whether the request needs a CSRF token.

    No other site can make a browser send a bearer token, and if there is one the
    session is ignored.
    """
    return not bearer_token(request)


def session_factory(settings: Settings) -> Any:
    """Return the factory of signed cookies; refuse an unsafe secret."""
    production = PRODUCTION.read(settings)
    secret = SECRET.read(settings)
    if production and secret == SAMPLE_SECRET:
        raise BadSettings("draftedit.secret is still the sample: put one of your own")
    if production and len(secret) < SHORTEST_SECRET:
        raise BadSettings(f"draftedit.secret is shorter than {SHORTEST_SECRET}")
    return SignedCookieSessionFactory(
        secret,
        # Browsers accept a __Host- cookie from this host only, and over TLS only.
        cookie_name="__Host-draftedit" if production else "draftedit",
        timeout=SESSION_SECONDS,
        reissue_time=RENEW_SECONDS,
        httponly=True,
        secure=production,
        samesite="Lax",
    )


def includeme(config: Configurator) -> None:
    """Add the policy, the session and the CSRF check."""
    settings = config.get_settings()
    # pyramid_tm would load the user outside of all exception views, even for requests
    # that never need one.
    settings["tm.annotate_user"] = False
    config.set_session_factory(session_factory(settings))
    config.set_csrf_storage_policy(SessionCSRFStoragePolicy())
    config.set_default_csrf_options(require_csrf=True, callback=needs_csrf_token)
    config.set_security_policy(SecurityPolicy())
    # A view without a permission is not public by accident.
    config.set_default_permission(ADMIN)


def find_editor(request: Request, name: str) -> str | None:
    """Return the name of a user who may edit drafts, or None."""
    user = accounts.look_up(request.dbsession, name)
    if user is None or user.disabled or EDIT not in PERMISSIONS[user.role]:
        return None
    return user.name


def _load(request: Request) -> Identity | None:
    token = bearer_token(request)
    if token is not None:
        known = accounts.by_token(request.dbsession, token)
        return Identity(*known) if known else None
    user_id, stamp = request.session.get(_USER), request.session.get(_STAMP)
    if user_id is None or stamp is None:
        return None
    user = accounts.by_session(request.dbsession, user_id, stamp)
    return Identity(user.id, user.name, user.role) if user else None
