"""Purge: count closed drafts into the roll-up, delete the old ones, batch by batch.

Each draft is counted in the transaction that deletes it, or, where it stays or is too
large for one, marks it as counted: an interrupted purge that is run again counts
nothing twice. Live rows, history and open drafts are not touched.
"""

import datetime
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.base.sql import among, close_together, run
from draftedit.engine.schema.model import Target
from draftedit.engine.schema.tables import Tables
from draftedit.engine.statistics import roll_up
from draftedit.engine.statistics.purge_statements import (
    deletion,
    forgetting,
    locked,
    rows_of_drafts,
)
from draftedit.engine.store import draft_records

BATCH = 20_000  # rows that one transaction deletes, less than a tenth of a second
DRAFTS = 1_000  # drafts that are processed together
# Drafts that are locked together. For a list of 1,000, MariaDB would build a table, and
# lock in its order:
# https://mariadb.com/kb/en/conversion-of-big-in-predicates-into-subqueries/
LOCKED = 999

Transaction = Callable[[], AbstractContextManager[Session]]
Progress = Callable[[int, int], None]
_Sizes = dict[int, dict[sa.Table, int]]  # rows of each draft by table


@dataclass(frozen=True)
class Purged:
    """How many idle drafts were cancelled, and how many drafts deleted."""

    abandoned: int
    deleted: int


def purge(
    transaction: Transaction,
    tables: Tables,
    targets: dict[str, Target],
    closed_before: datetime.datetime,
    idle_before: datetime.datetime | None = None,
    dry_run: bool = False,
    progress: Progress = lambda done, total: None,
) -> Purged:
    """Cancel drafts idle since `idle_before`, delete those closed before a cutoff.

    `transaction` opens a session that commits at its end: each batch is one. `progress`
    is called with the number of deleted drafts and the total. Times are UTC.
    """
    with transaction() as dbsession:
        idle = _count(dbsession, tables, _idle(tables, idle_before))
        total = _count(dbsession, tables, _closed(tables, closed_before))
    if dry_run:
        return Purged(idle, total)
    abandoned = _abandon(transaction, tables, idle_before)
    parts = [part.draft for one in targets.values() for part in one.tables.values()]
    deleted = 0
    progress(0, total)
    while sizes := _closed_drafts(transaction, tables, parts, closed_before):
        for packet in _packed(transaction, tables, parts, sizes):
            deleted += _delete_drafts(transaction, tables, packet)
            progress(deleted, max(total, deleted))
    _count_others(transaction, tables)
    _delete_requests(transaction, tables, closed_before)
    return Purged(abandoned, deleted)


def _idle(tables: Tables, before: datetime.datetime | None) -> Any:
    draft = tables.draft.c
    if before is None:
        return sa.false()
    return sa.and_(draft.state == draft_records.OPEN, draft.changed_at < before)


def _closed(tables: Tables, before: datetime.datetime) -> Any:
    draft = tables.draft.c
    return sa.and_(draft.state != draft_records.OPEN, draft.closed_at < before)


def _count(dbsession: Session, tables: Tables, condition: Any) -> int:
    counted = sa.select(sa.func.count()).select_from(tables.draft).where(condition)
    return dbsession.scalar(counted) or 0


def _abandon(
    transaction: Transaction, tables: Tables, before: datetime.datetime | None
) -> int:
    """Cancel idle drafts, one transaction for each."""
    abandoned = 0
    while before is not None:
        with transaction() as dbsession:
            draft = tables.draft.c
            key = dbsession.scalar(
                sa.select(draft.key)
                .where(_idle(tables, before))
                .order_by(draft.key)
                .limit(1)
                .with_for_update()
            )
            if key is None:
                break
            record = draft_records.load(dbsession, tables, key, None)
            draft_records.close(
                dbsession,
                tables,
                record,
                draft_records.CANCELLED,
                closed_because=draft_records.BY_IDLENESS,
            )
            abandoned += 1
    return abandoned


def _closed_drafts(
    transaction: Transaction,
    tables: Tables,
    parts: list[sa.Table],
    before: datetime.datetime,
) -> _Sizes:
    """Return some of the oldest closed drafts, with the number of their rows by table.

    The record has the length of the journal: counting it takes half as long as deleting
    it.
    """
    draft = tables.draft.c
    wanted = (
        sa.select(draft.key, draft.length)
        .where(_closed(tables, before))
        .order_by(draft.key)
        .limit(DRAFTS)
    )
    sizes: _Sizes = {}
    with transaction() as dbsession:
        lengths = dict(dbsession.execute(wanted).all())
        for key in close_together([*lengths]):
            sizes[key] = {tables.operation: lengths[key]}
        if sizes:
            _count_rows(dbsession, (*parts, tables.request), sizes)
    return sizes


def _count_others(transaction: Transaction, tables: Tables) -> None:
    """Roll up the closed drafts that stay, to spare the statistics reading them."""
    draft = tables.draft.c
    wanted = (
        sa.select(draft.key)
        .where(draft.state != draft_records.OPEN, draft.counted == sa.false())
        .order_by(draft.key)
        .limit(DRAFTS)
        .with_for_update()
    )
    while True:
        with transaction() as dbsession:
            keys = close_together(list(dbsession.scalars(wanted)))
            if not keys:
                return
            roll_up.add(dbsession, tables, keys, stay=True)


@dataclass(frozen=True)
class _Packet:
    """Drafts that are deleted together, and the tables of parts that have rows."""

    keys: list[int]
    parts: set[sa.Table]


def _packed(
    transaction: Transaction, tables: Tables, parts: list[sa.Table], sizes: _Sizes
) -> Iterator[_Packet]:
    """Group drafts into batches of rows; delete rows of a larger draft first."""
    packet, rows = _Packet([], set()), 0
    for key, by_table in sizes.items():
        size = sum(by_table.values()) + 1  # and its record
        if size > BATCH:
            _delete_rows(transaction, tables, key, list(by_table))
            size = 1
        is_full = rows + size > BATCH or len(packet.keys) == LOCKED
        if packet.keys and is_full:
            yield packet
            packet, rows = _Packet([], set()), 0
        packet.keys.append(key)
        packet.parts.update(by_table.keys() & set(parts))
        rows += size
    yield packet


def _delete_rows(
    transaction: Transaction, tables: Tables, key: int, owned: list[sa.Table]
) -> None:
    """Delete what belongs to a large draft in limited batches, counted before."""
    draft = tables.draft
    mine = draft.c.key == key
    with transaction() as dbsession:
        dbsession.execute(sa.select(draft.c.key).where(mine).with_for_update())
        roll_up.add(dbsession, tables, [key], stay=True)
    for table in owned:
        while _delete_batch(transaction, table, key):
            pass


def _count_rows(dbsession: Session, owned: tuple[sa.Table, ...], sizes: _Sizes) -> None:
    """Add the number of rows that each draft has in `owned` to `sizes`."""
    found: Sequence[Any] = run(dbsession, rows_of_drafts(owned), among([*sizes])).all()
    for draft, number, size in found:
        sizes[draft][owned[number]] = size


def _delete_drafts(transaction: Transaction, tables: Tables, packet: _Packet) -> int:
    """Roll up drafts and delete them with all their rows, in one transaction.

    Returns how many: fewer if a concurrent purge, which this one waited for, deleted
    some.
    """
    with transaction() as dbsession:
        found = run(dbsession, locked(tables), among(packet.keys)).scalars().all()
        if not found:
            return 0
        mine = among(found)
        roll_up.add(dbsession, tables, found)
        for table in (*packet.parts, tables.operation, tables.request):
            run(dbsession, deletion(table.c.draft), mine)
        run(dbsession, forgetting(tables), mine)
        run(dbsession, deletion(tables.draft_object.c.draft), mine)
        run(dbsession, deletion(tables.draft.c.key), mine)
    return len(found)


def _delete_batch(transaction: Transaction, table: sa.Table, draft: int) -> int:
    """Delete up to BATCH rows of a draft; return how many."""
    key = [column for column in table.primary_key.columns if column.name != "draft"]
    # SQLite binds 32,766 parameters at most.
    wanted = sa.select(*key).where(table.c.draft == draft).order_by(*key)
    with transaction() as dbsession:
        found = dbsession.execute(wanted.limit(max(1, BATCH // len(key)))).all()
        if found:
            chosen = sa.tuple_(*key).in_([tuple(one) for one in found])
            if len(key) == 1:
                chosen = key[0].in_([one[0] for one in found])
            dbsession.execute(sa.delete(table).where(table.c.draft == draft, chosen))
        return len(found)


def _delete_requests(
    transaction: Transaction, tables: Tables, before: datetime.datetime
) -> None:
    """Delete stored responses whose draft no longer exists."""
    request = tables.request
    while True:
        with transaction() as dbsession:
            found = dbsession.execute(
                sa.select(request.c.owner, request.c.key)
                .where(request.c.draft.is_(None), request.c.at < before)
                .limit(BATCH)
            ).all()
            for owner, key in found:
                dbsession.execute(
                    sa.delete(request).where(
                        request.c.owner == owner, request.c.key == key
                    )
                )
        if len(found) < BATCH:
            return
