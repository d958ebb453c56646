"""The memento: the whole object as JSON, stored anew for each change.

Otherwise as the floor through SQLAlchemy Core; what it saves is operations, inverses
and a table of touched rows.
"""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.router import Router

from benchmarks import floor
from benchmarks.floor import Draft, Row, text
from benchmarks.floor_core import Core
from draftedit.engine.values.codecs import long_text
from draftedit.firewall.models import Chain, NftTable, Rule

metadata = sa.MetaData()
TABLE = sa.Table(
    "benchmark_memento",
    metadata,
    sa.Column("draft", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("document", long_text(), nullable=False),
)
_C = TABLE.c
LAST = sa.select(_C.document).where(
    _C.draft == sa.bindparam("draft_key"), _C.sequence == sa.bindparam("last")
)
STORE = sa.insert(TABLE)
_RULE = Rule.__table__
WHOLE = (
    sa.select(_RULE)
    .join(Chain.__table__, Chain.__table__.c.id == _RULE.c.chain_id)
    .join(NftTable.__table__, NftTable.__table__.c.id == Chain.__table__.c.nft_table_id)
    .where(NftTable.__table__.c.ruleset_id == sa.bindparam("root"))
)


class Memento(Core):
    """Reads and writes rows of the last document, and stores it with each entry."""

    document: dict[str, Row]

    def lock(self, key: int, owner: str) -> Draft | None:
        draft = super().lock(key, owner)
        if draft is not None:
            self.document = self._last(draft)
        return draft

    def _last(self, draft: Draft) -> dict[str, Row]:
        values = {"draft_key": draft.key, "last": draft.position}
        found = self.run(LAST, values).scalar()
        if found is not None:
            last: dict[str, Row] = json.loads(found)
            return last
        # What opening a draft would have stored.
        rows = self.run(WHOLE, {"root": int(draft.root)}).mappings()
        return {str(row["id"]): dict(row) for row in rows}

    def drafted(self, draft: int, key: int) -> Row | None:
        row = self.document.get(str(key))
        return None if row is None else dict(row)

    def change(self, draft: int, row: Row) -> None:
        self.document[str(row["id"])] = row

    def journal(self, draft: int, sequence: int, pair: tuple[str, str]) -> None:
        values = {"draft": draft, "sequence": sequence}
        self.run(STORE, values | {"document": text(self.document)})

    def forget(self, draft: int, sequence: int) -> None:
        self.run(sa.delete(TABLE).where(_C.draft == draft, _C.sequence >= sequence))


def application(settings: Mapping[str, Any]) -> Router:
    """Build the application."""

    def of_request(request: Request) -> Memento:
        return Memento(request)

    with Configurator(settings=dict(settings)) as config:
        config.include("draftedit.app.models")
        config.add_request_method(of_request, "floor", reify=True)
        floor.add_routes(config)
        return config.make_wsgi_app()
