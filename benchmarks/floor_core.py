"""The floor's statements through SQLAlchemy Core, zope.sqlalchemy and pyramid_tm.

Built once, with bound parameters; the engine and the session are those of the ready
application (`draftedit.app.models`).
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any

import sqlalchemy as sa
from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.router import Router
from sqlalchemy import bindparam as bind

from benchmarks import floor
from benchmarks.floor import COLUMNS, VALUES, Draft, Row
from draftedit.app.models.user import UserAccount, UserToken
from draftedit.firewall import drafts
from draftedit.firewall.models import Chain, NftTable

_T = drafts.tables
_PART = drafts.targets["ruleset"].tables["rule"]
_RULE, _DRAFTED, _HISTORY = _PART.live, _PART.draft, _PART.history
_CHAIN, _TABLE = Chain.__table__, NftTable.__table__
_USER, _TOKEN = UserAccount.__table__, UserToken.__table__
_OF_RULE = [_RULE.c[name] for name in COLUMNS]
_OF_DRAFT = [_DRAFTED.c[name] for name in COLUMNS]

OWNER = (
    sa.select(_USER.c.name)
    .join(_TOKEN, _TOKEN.c.user_id == _USER.c.id)
    .where(_TOKEN.c.digest == bind("digest"), _TOKEN.c.revoked_at.is_(None))
    .where(_USER.c.disabled.is_(False))
)
LOCK = (
    sa.select(
        *(_T.draft.c[n] for n in ("key", "version", "position", "length", "state")),
        _T.draft_object.c.root,
        _T.draft_object.c.base,
    )
    .join(_T.draft_object, _T.draft_object.c.draft == _T.draft.c.key)
    .where(_T.draft.c.key == bind("draft_key"), _T.draft.c.owner == bind("owner"))
    .with_for_update()
)
ANSWERED = sa.select(_T.request.c.digest, _T.request.c.answer).where(
    _T.request.c.owner == bind("owner"), _T.request.c.key == bind("request_key")
)
DRAFTED = sa.select(*_OF_DRAFT, _DRAFTED.c.gone).where(
    _DRAFTED.c.draft == bind("draft_key"), _DRAFTED.c.id == bind("row")
)
LIVE = (
    sa.select(*_OF_RULE)
    .join(_CHAIN, _CHAIN.c.id == _RULE.c.chain_id)
    .join(_TABLE, _TABLE.c.id == _CHAIN.c.nft_table_id)
    .where(_RULE.c.id == bind("row"), _TABLE.c.ruleset_id == bind("root"))
)
COPY = sa.insert(_DRAFTED)
CHANGE = (
    sa.update(_DRAFTED)
    .where(_DRAFTED.c.draft == bind("draft_key"), _DRAFTED.c.id == bind("row"))
    .values({name: bind(name) for name in VALUES})
)
FORGET = sa.delete(_T.operation).where(
    _T.operation.c.draft == bind("draft_key"), _T.operation.c.sequence >= bind("first")
)
JOURNAL = sa.insert(_T.operation)
COUNT_ON = (
    sa.update(_T.draft)
    .where(_T.draft.c.key == bind("draft_key"))
    .values(
        version=_T.draft.c.version + 1,
        position=bind("sequence"),
        length=bind("sequence"),
        operations=_T.draft.c.operations + 1,
        changed_at=bind("at"),
    )
)
KEEP = sa.insert(_T.request)
OBJECT = (
    sa.select(_T.object.c.revision)
    .where(_T.object.c.target == "ruleset", _T.object.c.root == bind("of"))
    .with_for_update()
)
CHANGED = sa.select(_DRAFTED.c.origin, *_OF_DRAFT).where(
    _DRAFTED.c.draft == bind("draft_key")
)
_BELOW = _RULE.join(_DRAFTED, _DRAFTED.c.id == _RULE.c.id)
LIVE_BELOW = (
    sa.select(*_OF_RULE)
    .select_from(_BELOW)
    .where(_DRAFTED.c.draft == bind("draft_key"))
    .order_by(_RULE.c.id)
    .with_for_update()
)
ARCHIVE = sa.insert(_HISTORY).from_select(
    ["root", "revision", "replaced_at", "absent", *COLUMNS],
    sa.select(
        bind("of", type_=_HISTORY.c.root.type),
        bind("number", type_=sa.Integer()),
        bind("at", type_=_HISTORY.c.replaced_at.type),
        sa.false(),
        *_OF_RULE,
    )
    .select_from(_BELOW)
    .where(_DRAFTED.c.draft == bind("draft_key")),
)
COUNT_UP = (
    sa.update(_T.object)
    .where(_T.object.c.target == "ruleset", _T.object.c.root == bind("of"))
    .where(_T.object.c.revision == bind("base"))
    .values(revision=bind("number"))
)
REVISION = sa.insert(_T.revision)
CLOSE = (
    sa.update(_T.draft)
    .where(_T.draft.c.key == bind("draft_key"))
    .values(
        version=_T.draft.c.version + 1,
        state="saved",
        closed_because="user",
        changed_at=bind("at"),
        closed_at=bind("at"),
        revision=bind("number"),
    )
)


@cache
def _update(names: tuple[str, ...]) -> sa.Update:
    return (
        sa.update(_RULE)
        .where(_RULE.c.id == bind("row"))
        .values({name: bind(name) for name in names})
    )


class Core:
    """One request's session; see `benchmarks.floor.Statements`."""

    def __init__(self, request: Request) -> None:
        """Take the session that pyramid_tm commits."""
        self.run = request.dbsession.connection().execute

    def transaction(self) -> AbstractContextManager[object]:
        return nullcontext()

    def owner(self, digest: str) -> str | None:
        found: str | None = self.run(OWNER, {"digest": digest}).scalar()
        return found

    def lock(self, key: int, owner: str) -> Draft | None:
        found = self.run(LOCK, {"draft_key": key, "owner": owner}).one_or_none()
        return Draft(*found) if found else None

    def answered(self, owner: str, key: str) -> Any:
        values = {"owner": owner, "request_key": key}
        return self.run(ANSWERED, values).one_or_none()

    def drafted(self, draft: int, key: int) -> Row | None:
        return self.row(self.run(DRAFTED, {"draft_key": draft, "row": key}))

    def live(self, root: str, key: int) -> Row | None:
        return self.row(self.run(LIVE, {"root": int(root), "row": key}))

    def row(self, result: sa.Result[Any]) -> Row | None:
        found = result.mappings().one_or_none()
        return None if found is None else dict(found)

    def copy(self, draft: Draft, row: Row, origin: str) -> None:
        ours = {"draft": draft.key, "root": draft.root, "gone": False, "origin": origin}
        self.run(COPY, row | ours)

    def change(self, draft: int, row: Row) -> None:
        values = {name: row[name] for name in VALUES}
        self.run(CHANGE, values | {"draft_key": draft, "row": row["id"]})

    def forget(self, draft: int, sequence: int) -> None:
        self.run(FORGET, {"draft_key": draft, "first": sequence})

    def journal(self, draft: int, sequence: int, pair: tuple[str, str]) -> None:
        values = {
            "draft": draft,
            "sequence": sequence,
            "kind": "set",
            "table_name": "rule",
            "forward": pair[0],
            "inverse": pair[1],
            "at": floor.now(),
        }
        self.run(JOURNAL, values)

    def count_on(self, draft: Draft, sequence: int) -> None:
        values = {"draft_key": draft.key, "sequence": sequence, "at": floor.now()}
        self.run(COUNT_ON, values)

    def keep(self, owner: str, key: str, digest: str, answer: str, draft: int) -> None:
        values = {
            "owner": owner,
            "key": key,
            "digest": digest,
            "status": 200,
            "answer": answer,
            "draft": draft,
            "at": floor.now(),
        }
        self.run(KEEP, values)

    def lock_object(self, root: str) -> int:
        return int(self.run(OBJECT, {"of": root}).scalar_one())

    def changed(self, draft: int) -> list[tuple[str, Row]]:
        rows = self.run(CHANGED, {"draft_key": draft}).mappings()
        return [(one["origin"], {n: one[n] for n in COLUMNS}) for one in rows]

    def live_locked(self, draft: int) -> list[Row]:
        rows = self.run(LIVE_BELOW, {"draft_key": draft}).mappings()
        return [dict(one) for one in rows]

    def archive(self, draft: Draft, revision: int) -> None:
        values = {"of": draft.root, "number": revision, "at": floor.now()}
        self.run(ARCHIVE, values | {"draft_key": draft.key})

    def update(self, names: tuple[str, ...], rows: Sequence[Row]) -> None:
        values = [{n: row[n] for n in names} | {"row": row["id"]} for row in rows]
        self.run(_update(names), values)

    def close(self, draft: Draft, owner: str, revision: int, changes: int) -> None:
        place = {"of": draft.root, "number": revision}
        self.run(COUNT_UP, place | {"base": draft.base})
        at = floor.now()
        values = {
            "target": "ruleset",
            "root": draft.root,
            "number": revision,
            "saved_at": at,
            "saved_by": owner,
            "draft": draft.key,
            "changes": changes,
        }
        self.run(REVISION, values)
        self.run(CLOSE, {"draft_key": draft.key, "number": revision, "at": at})


def application(settings: Mapping[str, Any]) -> Router:
    """Build the application."""
    with Configurator(settings=dict(settings)) as config:
        config.include("draftedit.app.models")
        config.add_request_method(Core, "floor", reify=True)
        floor.add_routes(config)
        return config.make_wsgi_app()
