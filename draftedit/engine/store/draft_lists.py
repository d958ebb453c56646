"""Lists of drafts: one owner's, and those that are open on one object."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.base.errors import Key
from draftedit.engine.base.keys import to_path
from draftedit.engine.base.paging import Listing, read_number, write_cursor
from draftedit.engine.schema.model import Target
from draftedit.engine.schema.tables import Tables
from draftedit.engine.store.draft_records import OPEN, DraftRecord, select_drafts


def listing(
    dbsession: Session,
    tables: Tables,
    owner: str,
    state: str | None,
    after: str | None,
    limit: int,
    targets: Iterable[str],
) -> Listing[DraftRecord]:
    """List the drafts of one owner on objects of `targets`, the newest first."""
    column = tables.draft.c.key
    wanted = select_drafts(tables).where(
        tables.draft.c.owner == owner, tables.draft_object.c.target.in_(list(targets))
    )
    if state is not None:
        wanted = wanted.where(tables.draft.c.state == state)
    start = read_number(after)
    if start is not None:
        wanted = wanted.where(column < start)
    wanted = wanted.order_by(column.desc()).limit(limit + 1)
    found = [DraftRecord(**one) for one in dbsession.execute(wanted).mappings()]
    items = found[:limit]
    return Listing(items, write_cursor(items[-1].key) if found[limit:] else None)


def open_on(
    dbsession: Session, tables: Tables, target: str, root: Key
) -> list[Mapping[str, Any]]:
    """Return key, owner, version, opening time of the open drafts on one object."""
    draft, place = tables.draft.c, tables.draft_object.c
    wanted = (
        sa.select(draft.key, draft.owner, draft.version, draft.opened_at)
        .join_from(tables.draft_object, tables.draft, place.draft == draft.key)
        .where(place.target == target, place.root == to_path(root))
        .where(draft.state == OPEN)
        .order_by(draft.key)
    )
    return [dict(one) for one in dbsession.execute(wanted).mappings()]


def touched(
    dbsession: Session, target: Target, drafts: Sequence[int]
) -> dict[int, int]:
    """Return how many rows each draft has touched, in one statement.

    The root's row is copied when a draft is opened: it is not counted.
    """
    counts = dict.fromkeys(drafts, 0)
    parts = [one for one in target.tables.values() if one is not target.root]
    if counts and parts:
        counted = (
            sa.select(part.draft.c.draft, sa.func.count().label("rows"))
            .where(part.draft.c.draft.in_(drafts))
            .group_by(part.draft.c.draft)
            for part in parts
        )
        for key, rows in dbsession.execute(sa.union_all(*counted)):
            counts[key] += rows
    return counts
