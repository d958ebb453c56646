"""What a view stands on: the object or draft its URL names, loaded and allowed.

A route's factory makes one of these or answers 404 before any view runs. Who may
come here at all is asked first, so that a stranger learns nothing from a 404.
"""

import re
from typing import Any

from pyramid.httpexceptions import HTTPForbidden, HTTPNotFound
from pyramid.request import Request

from draftedit import incoming, objects
from draftedit.editing import EditSession
from draftedit.engine import keys
from draftedit.engine.errors import Unknown
from draftedit.guards import BadRequest
from draftedit.security import ADMIN, EDIT, READ

API_PREFIX = "draftedit.api."
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

# The one spelling of a draft's key: ASCII digits, and no more than fit a BIGINT.
_DRAFT_KEY = re.compile(r"[1-9][0-9]{0,17}")
_REVISION = re.compile(r"0|[1-9][0-9]{0,8}")


class Site:
    """All targets, for what has no object of its own."""

    def __init__(self, request: Request) -> None:
        """Know the registered targets; look at nothing."""
        self.drafts = request.drafts


class TargetContext(Site):
    """One kind of object."""

    def __init__(self, request: Request) -> None:
        """Find the target that the path names."""
        _permit(request, READ)
        super().__init__(request)
        name = request.matchdict["target"]
        if name not in self.drafts.targets:
            raise HTTPNotFound(f"There is no target {name}.")
        self.target = self.drafts.targets[name]


class HistoryContext(TargetContext):
    """One object, living or deleted: its revisions outlive it."""

    def __init__(self, request: Request) -> None:
        """Read the object's key; whether it ever was, the revisions say."""
        super().__init__(request)
        self.key = path_key(request.matchdict["id"])


class ObjectContext(HistoryContext):
    """One live object, or as it was at the revision that the query names."""

    def __init__(self, request: Request) -> None:
        """Load the object; a deleted one is there at its older revisions."""
        super().__init__(request)
        self.revision = revision_number(request.GET.get("revision"))
        self.object = objects.find(
            self.drafts, request.dbsession, self.target, self.key, self.revision
        )


class ResultsContext(ObjectContext):
    """The results of an object; only who may edit it asks for them."""

    def __init__(self, request: Request) -> None:
        """Load the object; say who asks."""
        self.owner = "" if request.method in SAFE_METHODS else _owner(request)
        super().__init__(request)


class OwnerContext(Site):
    """The drafts of the user who asks."""

    def __init__(self, request: Request) -> None:
        """Say whose drafts; nobody has none."""
        self.owner = _owner(request)
        super().__init__(request)


class DraftContext(OwnerContext):
    """A draft of the user's own; another's is answered as if it were not there."""

    def __init__(self, request: Request) -> None:
        """Resume the draft; one that is to be changed is locked first."""
        super().__init__(request)
        self.edit = self.drafts.resume(
            request.dbsession,
            _draft_key(request.matchdict["key"]),
            owner=self.owner,
            lock=request.method not in SAFE_METHODS,
        )


class HandOnContext(OwnerContext):
    """A draft to be given to another: the user's own, or anybody's for an admin."""

    def __init__(self, request: Request) -> None:
        """Resume and lock the draft."""
        super().__init__(request)
        self._key = _draft_key(request.matchdict["key"])
        may_all = request.has_permission(ADMIN, Site(request))
        try:
            self._edit: EditSession | None = self.drafts.resume(
                request.dbsession,
                self._key,
                owner=None if may_all else self.owner,
                lock=True,
            )
        except Unknown:
            self._edit = None
        self.is_there = self._edit is not None
        self.is_mine = self.is_there and self.edit.info.owner == self.owner

    @property
    def edit(self) -> EditSession:
        """The draft; who has handed it on before may only hear that again."""
        if self._edit is None:
            raise Unknown("draft", self._key)
        return self._edit


def _owner(request: Request) -> str:
    """Return who asks, if it is someone who may edit."""
    _permit(request, EDIT)
    _check_body(request)
    owner: str | None = request.authenticated_userid
    if owner is None:
        # A host without a security policy permits everything to nobody.
        raise HTTPForbidden("A draft belongs to a user; sign in.")
    return owner


def revision_number(text: str | None) -> int | None:
    """Read a revision's number from a query; None where there is none."""
    if not text:
        return None
    if not _REVISION.fullmatch(text):
        raise BadRequest("A revision is a whole number, 0 or more.")
    return int(text)


def path_revision(text: str) -> int:
    """Read a revision's number from a path, or answer that there is no such one."""
    if not _REVISION.fullmatch(text):
        raise HTTPNotFound(f"There is no revision {text}.")
    return int(text)


def path_key(text: str) -> tuple[str, ...]:
    """Read a row's key from a path, or answer that there is no such row."""
    try:
        key = keys.from_path(text)
    except ValueError as error:
        raise HTTPNotFound(str(error)) from error
    if "\0" in text:  # PostgreSQL's text cannot hold it; no row is called so
        raise HTTPNotFound("No key holds a NUL character.")
    return key


def _draft_key(text: str) -> int:
    if not _DRAFT_KEY.fullmatch(text):
        raise Unknown("draft", text)
    return int(text)


def _check_body(request: Request) -> None:
    """Refuse what could not be read, before the check for CSRF reads it."""
    if request.method in SAFE_METHODS:
        return
    incoming.check_size(request)
    if not is_api(request):
        incoming.check_media_type(request, incoming.FORM)


def is_api(request: Request) -> bool:
    """Tell whether a program asks, who is answered in JSON."""
    name: str = request.matched_route.name
    return name.startswith(API_PREFIX)


def _permit(request: Request, permission: str) -> None:
    allowed: Any = request.has_permission(permission, Site(request))
    if not allowed:
        raise HTTPForbidden(result=allowed)
