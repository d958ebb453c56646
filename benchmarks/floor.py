"""The floor: what one `set` and one `save` need, written by hand and nothing else.

Behind a bare Pyramid view on the same waitress, in the same tables: whose token it is,
the draft locked and owned, the request key, the version guard, the row copied when it
is first touched, the journal with the inverse, the draft counted on, the answer kept;
one commit. `floor_raw` runs the statements through the driver, `floor_core` through
SQLAlchemy Core, zope.sqlalchemy and pyramid_tm. draftedit can undo, redo and save what
they did; they in turn know one table, its columns without JSON, and one operation.
"""

import datetime
import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

from pyramid.config import Configurator
from pyramid.httpexceptions import (
    HTTPConflict,
    HTTPNotFound,
    HTTPPreconditionFailed,
    HTTPUnauthorized,
    HTTPUnprocessableEntity,
)
from pyramid.request import Request
from pyramid.response import Response

from draftedit.firewall.models import Rule

COLUMNS = tuple(column.name for column in Rule.__table__.columns)
FIXED = frozenset({"id", "chain_id", "place"})
VALUES = tuple(name for name in COLUMNS if name not in FIXED)

Row = dict[str, Any]


class Draft(NamedTuple):
    """A draft and its object, locked."""

    key: int
    version: int
    position: int
    length: int
    state: str
    root: str
    base: int


class Statements(Protocol):
    """The durable statements, in the order in which they are run."""

    def transaction(self) -> AbstractContextManager[object]:
        """Begin, and commit at the end."""

    def owner(self, digest: str) -> str | None:
        """Return whose token it is."""

    def lock(self, key: int, owner: str) -> Draft | None:
        """Lock the owner's draft."""

    def answered(self, owner: str, key: str) -> tuple[str, str] | None:
        """Return the digest and the answer kept under a request key."""

    def drafted(self, draft: int, key: int) -> Row | None:
        """Return the draft's row, with `gone`."""

    def live(self, root: str, key: int) -> Row | None:
        """Return the object's live row."""

    def copy(self, draft: Draft, row: Row, origin: str) -> None:
        """Insert the draft's row."""

    def change(self, draft: int, row: Row) -> None:
        """Update the draft's row."""

    def forget(self, draft: int, sequence: int) -> None:
        """Delete what could be redone."""

    def journal(self, draft: int, sequence: int, pair: tuple[str, str]) -> None:
        """Insert the operation and its inverse."""

    def count_on(self, draft: Draft, sequence: int) -> None:
        """Raise the draft's version."""

    def keep(self, owner: str, key: str, digest: str, answer: str, draft: int) -> None:
        """Keep the answer under its request key."""

    def lock_object(self, root: str) -> int:
        """Lock the object, and return its revision."""

    def changed(self, draft: int) -> Sequence[tuple[str, Row]]:
        """Return the draft's rows, each with its origin."""

    def live_locked(self, draft: int) -> Sequence[Row]:
        """Return the live rows below the draft's, locked."""

    def archive(self, draft: Draft, revision: int) -> None:
        """Copy these live rows to history."""

    def update(self, names: tuple[str, ...], rows: Sequence[Row]) -> None:
        """Update these columns of live rows."""

    def close(self, draft: Draft, owner: str, revision: int, changes: int) -> None:
        """Count the object up, insert the revision, close the draft."""


def set_one(request: Request) -> Response:
    """Answer `{"op": "set", ...}` as draftedit does."""
    with request.floor.transaction():
        return _once(request, _set)


def save(request: Request) -> Response:
    """Answer `save` as draftedit does, for rows that were set."""
    with request.floor.transaction():
        return _once(request, _save)


def _once(request: Request, act: Any) -> Response:
    floor: Statements = request.floor
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    owner = floor.owner(hashlib.sha256(token.encode()).hexdigest())
    if owner is None:
        raise HTTPUnauthorized
    draft = floor.lock(int(request.matchdict["key"]), owner)
    if draft is None:
        raise HTTPNotFound
    key = request.headers["Idempotency-Key"]
    digest = hashlib.sha256(
        b"%b %b %b" % (request.method.encode(), request.path.encode(), request.body)
    ).hexdigest()
    kept = floor.answered(owner, key)
    if kept is not None:
        if kept[0] != digest:
            raise HTTPUnprocessableEntity
        return _respond(kept[1])
    if draft.state != "open":
        raise HTTPConflict
    if request.headers["If-Match"] != f'"{draft.version}"':
        raise HTTPPreconditionFailed
    answer = text(act(floor, draft, owner, json.loads(request.body)))
    floor.keep(owner, key, digest, answer, draft.key)
    return _respond(answer)


def _respond(answer: str) -> Response:
    return Response(answer.encode(), content_type="application/json", charset=None)


def _set(floor: Statements, draft: Draft, _owner: str, data: Mapping[str, Any]) -> Row:
    [key], values = data["id"], data["values"]
    if data["op"] != "set" or data["table"] != "rule" or not values.keys() <= {*VALUES}:
        raise HTTPUnprocessableEntity
    row = floor.drafted(draft.key, key)
    is_touched = row is not None
    if row is None:
        row = floor.live(draft.root, key)
    if row is None or row.pop("gone", False):
        raise HTTPUnprocessableEntity
    after = row | values
    if is_touched:
        floor.change(draft.key, after)
    else:
        floor.copy(draft, after, text(row))
    sequence = draft.position + 1
    operation = {"op": "set", "table": "rule", "id": [key], "values": values}
    inverse = operation | {"values": {name: row[name] for name in values}}
    if draft.length > draft.position:
        floor.forget(draft.key, sequence)
    floor.journal(draft.key, sequence, (text(operation), text(inverse)))
    floor.count_on(draft, sequence)
    return {
        "version": draft.version + 1,
        "undo": sequence,
        "redo": 0,
        "sequence": sequence,
        "operation": operation,
        "inverse": inverse,
        "rows": [{**after, "_id": [key], "_state": "changed"}],
    }


def _save(floor: Statements, draft: Draft, owner: str, _data: Mapping[str, Any]) -> Row:
    if floor.lock_object(draft.root) != draft.base:
        raise HTTPConflict
    live = {row["id"]: row for row in floor.live_locked(draft.key)}
    groups: dict[tuple[str, ...], list[Row]] = {}
    for origin, row in floor.changed(draft.key):
        before = json.loads(origin)
        names = tuple(name for name in VALUES if row[name] != before[name])
        if any(live[row["id"]][name] != before[name] for name in names):
            raise HTTPConflict
        groups.setdefault(names, []).append(row)
    revision = draft.base + 1
    floor.archive(draft, revision)
    for names, rows in groups.items():
        floor.update(names, rows)
    floor.close(draft, owner, revision, sum(map(len, groups.values())))
    root = [int(draft.root)]
    return {"target": "ruleset", "id": root, "revision": revision, "ids": {}}


def text(data: Any) -> str:
    """Spell as JSON, always the same way."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def now() -> datetime.datetime:
    """Return the time, in UTC."""
    return datetime.datetime.now(datetime.UTC)


def add_routes(config: Configurator) -> None:
    """Serve the two calls, without anything else that Pyramid can do."""
    config.add_route("operations", "/drafts/{key}/operations")
    config.add_route("save", "/drafts/{key}/save")
    config.add_view(set_one, route_name="operations", request_method="POST")
    config.add_view(save, route_name="save", request_method="POST")
