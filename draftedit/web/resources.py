"""Pyramid resource factories: load and authorise the object or draft named by the URL.

A route's factory returns one of these or raises 404 before any view runs. Permission is
checked first, so that a stranger learns nothing from a 404.
"""

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from pyramid.httpexceptions import HTTPForbidden, HTTPNotFound
from pyramid.interfaces import IRootFactory
from pyramid.request import Request

from draftedit.engine.base import keys
from draftedit.engine.base.errors import Unknown
from draftedit.engine.schema.model import Target
from draftedit.service.objects import Objects
from draftedit.service.session import EditSession
from draftedit.web import request_guards
from draftedit.web.guards import BadRequest
from draftedit.web.messages import say
from draftedit.web.permissions import ADMIN, EDIT, READ

API_PREFIX = "draftedit.api."
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

_REVISION = re.compile(r"0|[1-9][0-9]{0,8}")


class Root:
    """Resource of all targets, for URLs that name no object.

    Its parent is the root of the host, so that an ACL there counts here. A policy may
    distinguish resources by `target`; None: all targets, or any.
    """

    target: Target | None = None

    def __init__(self, request: Request) -> None:
        """Read the registered targets, without a statement."""
        self.drafts = request.drafts
        self._request = request

    @property
    def __parent__(self) -> Any:
        """Return what the host's root factory makes; only an ACL asks for it."""
        return self._request.registry.getUtility(IRootFactory)(self._request)

    @property
    def __acl__(self) -> Sequence[Any]:
        """Return the ACL of the target's root class, if it has one."""
        model = self.target.root.mapper if self.target else None
        acl = getattr(model.class_, "__acl__", None) if model else None
        if not isinstance(acl, list | tuple):
            raise AttributeError("__acl__")
        return acl

    @property
    def objects(self) -> Objects:
        """Read live objects, in the session of the request."""
        return Objects(self.drafts, self._request.dbsession)

    def readable(self) -> list[Target]:
        """Return the targets whose objects the user may read."""
        return self._permitted(READ)

    def editable(self) -> list[Target]:
        """Return the targets that the user may have drafts of."""
        return self._permitted(EDIT)

    def unreadable(self) -> set[str]:
        """Return the names of the targets whose objects the user may not read."""
        return set(self.drafts.targets) - {one.name for one in self.readable()}

    def _permitted(self, permission: str) -> list[Target]:
        request = self._request
        return [
            target
            for target in self.drafts.targets.values()
            if request.has_permission(permission, OneTarget(request, target))
        ]


class OneTarget(Root):
    """Resource of a target that the request does not name."""

    def __init__(self, request: Request, target: Target | None) -> None:
        """Keep the target."""
        super().__init__(request)
        self.target = target


def permit(request: Request, permission: str, context: Root) -> None:
    """Raise HTTPForbidden, with the policy's reason, unless the user may."""
    allowed: Any = request.has_permission(permission, context)
    if not allowed:
        raise HTTPForbidden(result=allowed)


def target_of_body(request: Request, is_json: bool) -> Target | None:
    """Return the target of the draft to be opened, if the body names one.

    The view reports anything else that is wrong with the body.
    """
    name: Any = None
    if is_json:
        with suppress(ValueError, RecursionError):
            body = json.loads(request.body)
            name = body.get("target") if isinstance(body, dict) else None
    else:
        name = request.POST.get("target")
    return request.drafts.targets.get(name) if isinstance(name, str) else None


def _target_of_path(request: Request, permission: str) -> Target:
    name = request.matchdict["target"]
    found: Target | None = request.drafts.targets.get(name)
    permit(request, permission, OneTarget(request, found))
    if found is None:
        raise HTTPNotFound(f"There is no target {name}.")
    return found


class TargetContext(Root):
    """Resource of one kind of object."""

    target: Target

    def __init__(self, request: Request) -> None:
        """Find the target that the path names."""
        super().__init__(request)
        self.target = _target_of_path(request, READ)


class HistoryContext(TargetContext):
    """Resource of one object, live or deleted: its revisions outlive it."""

    def __init__(self, request: Request) -> None:
        """Parse the object's key; whether it ever existed is known by its revisions."""
        super().__init__(request)
        self.key = path_key(request.matchdict["id"])


class ObjectContext(HistoryContext):
    """Resource of one live object, or of the revision that the query names."""

    def __init__(self, request: Request) -> None:
        """Load the object; a deleted one is available at its older revisions."""
        super().__init__(request)
        self.revision = revision_number(request.GET.get("revision"))
        self.object = self.objects.find(self.target, self.key, self.revision)


class ResultsContext(ObjectContext):
    """Resource of an object's task results; only users who may edit it request them."""

    def __init__(self, request: Request) -> None:
        """Load the object and the current user."""
        found = request.drafts.targets.get(request.matchdict["target"])
        asked = OneTarget(request, found)
        self.owner = "" if request.method in SAFE_METHODS else _owner(request, asked)
        super().__init__(request)


class OwnerContext(Root):
    """Resource of the user's drafts; `target`: of the draft to be opened."""

    def __init__(self, request: Request) -> None:
        """Load the current user; raise HTTPForbidden if no user is signed in."""
        super().__init__(request)
        _check_body(request)
        if request.method not in SAFE_METHODS:
            self.target = target_of_body(request, is_api(request))
        self.owner = _owner(request, self)


class NewObjectContext(OwnerContext):
    """Resource of the user's drafts of new objects, of the target in the path."""

    target: Target

    def __init__(self, request: Request) -> None:
        """Find the target; raise HTTPForbidden if no user is signed in."""
        Root.__init__(self, request)
        self.target = _target_of_path(request, EDIT)
        self.owner = _owner(request, self)


class DraftContext(OwnerContext):
    """Resource of one of the user's drafts; another user's is a 404."""

    def __init__(self, request: Request) -> None:
        """Resume the draft; lock it first for an unsafe request."""
        Root.__init__(self, request)
        self.owner = _user(request)
        _check_body(request)
        try:
            self.resume()
        except Unknown:
            permit(request, EDIT, self)  # only users who may edit get a 404
            raise
        self.target = self.edit.target
        permit(request, EDIT, self)

    def resume(self) -> None:
        """Resume the draft as it is now; raise Unknown for another user's."""
        self.edit: EditSession = self.drafts.resume(
            self._request.dbsession,
            self._request.matchdict["key"],
            owner=self.owner,
            lock=self._request.method not in SAFE_METHODS,
        )


class HandOnContext(OwnerContext):
    """Resource of a draft to be handed on: the user's own, or anyone's for an admin."""

    def __init__(self, request: Request) -> None:
        """Resume and lock the draft."""
        Root.__init__(self, request)
        self.owner = _user(request)
        _check_body(request)
        self._key = request.matchdict["key"]
        may_all = request.has_permission(ADMIN, Root(request))
        try:
            self._edit: EditSession | None = self.drafts.resume(
                request.dbsession,
                self._key,
                owner=None if may_all else self.owner,
                lock=True,
            )
        except Unknown:
            self._edit = None
        self.target = self._edit.target if self._edit else None
        permit(request, EDIT, self)
        self.is_there = self._edit is not None
        self.is_mine = self.is_there and self.edit.info.owner == self.owner

    @property
    def edit(self) -> EditSession:
        """Return the draft; once it was handed on, only to repeat the response."""
        if self._edit is None:
            raise Unknown("draft", self._key)
        return self._edit


def _owner(request: Request, context: Root) -> str:
    """Return the current user, who must be allowed to edit."""
    permit(request, EDIT, context)
    _check_body(request)
    return _user(request)


def _user(request: Request) -> str:
    owner: str | None = request.authenticated_userid
    if owner is None:
        # Without a security policy, a host permits everything to anonymous users.
        raise HTTPForbidden("A draft belongs to a user; sign in.")
    return owner


def revision_number(text: str | None) -> int | None:
    """Parse a revision's number from a query; None if there is none."""
    if not text:
        return None
    if not _REVISION.fullmatch(text):
        raise BadRequest(say("bad-revision"))
    return int(text)


def path_revision(text: str) -> int:
    """Parse a revision's number from a path; raise 404 if it is not one."""
    if not _REVISION.fullmatch(text):
        raise HTTPNotFound(f"There is no revision {text}.")
    return int(text)


def path_key(text: str) -> tuple[str, ...]:
    """Parse a row's key from a path; raise 404 if it cannot be one."""
    try:
        key = keys.from_path(text)
    except ValueError as error:
        raise HTTPNotFound(str(error)) from error
    if "\0" in text:  # PostgreSQL's text cannot store it, so no row has it
        raise HTTPNotFound("No key holds a NUL character.")
    return key


def _check_body(request: Request) -> None:
    """Refuse a malformed body before the CSRF check parses it."""
    if request.method not in SAFE_METHODS and not is_api(request):
        request_guards.check_media_type(request, request_guards.FORM)


def is_api(request: Request) -> bool:
    """Return whether the request is to the API, which answers in JSON."""
    return bool(request.matched_route.name.startswith(API_PREFIX))
