"""Records of drafts: insert, find, lock, update and close them."""

import datetime
import json
import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.base.errors import Key, StaleVersion, Unknown
from draftedit.engine.base.sql import insert_or_find, run
from draftedit.engine.schema.tables import Tables
from draftedit.engine.values.codecs import UTC

OPEN, SAVED, CANCELLED = "open", "saved", "cancelled"
BY_USER, BY_IDLENESS = "user", "idle"
BIGGEST_KEY = 2**63 - 1

# The only form of a draft's key: ASCII digits, as many as a BIGINT may have.
_DRAFT_KEY = re.compile(r"[1-9][0-9]{0,18}")


@dataclass(frozen=True)
class DraftRecord:
    """One draft and the object it is opened on, as the tables have them.

    `root` is the object's key as in paths; `current` the object's present revision,
    None if it was not selected. The rest is described in
    `draftedit.engine.schema.tables`.
    """

    key: int
    owner: str
    state: str
    closed_because: str | None
    version: int
    position: int
    length: int
    last_key: int
    operations: int
    undos: int
    redos: int
    opened_at: datetime.datetime
    changed_at: datetime.datetime
    closed_at: datetime.datetime | None
    fingerprint: str
    keys: str | None
    revision: int | None
    target: str
    root: str
    base: int
    current: int | None = None

    @property
    def key_map(self) -> dict[str, dict[str, Key]]:
        """Return the real keys by table and draft-made key, once saved."""
        data = json.loads(self.keys or "{}")
        return {
            table: {path: tuple(key) for path, key in real.items()}
            for table, real in data.items()
        }


def now() -> datetime.datetime:
    """Return the time, in UTC."""
    return datetime.datetime.now(UTC)


def open_draft(
    dbsession: Session,
    tables: Tables,
    owner: str,
    target: str,
    root: str,
    fingerprint: str,
    exists: bool,
) -> DraftRecord:
    """Insert the records of a new draft on an object's current revision."""
    current = current_revision(dbsession, tables, target, root, exists)
    at = now()
    values = {
        "owner": owner,
        "state": OPEN,
        "version": 1,
        "opened_at": at,
        "changed_at": at,
        "fingerprint": fingerprint,
        "counted": False,
    }
    connection = dbsession.connection()
    result = connection.execute(sa.insert(tables.draft), values)
    key = next(iter(result.inserted_primary_key or ()))
    place = {"draft": key, "target": target, "root": root, "base": current}
    dbsession.execute(sa.insert(tables.draft_object), place)
    return load(dbsession, tables, key, None)


def current_revision(
    dbsession: Session, tables: Tables, target: str, root: str, exists: bool
) -> int:
    """Return the object's revision; insert its record if it exists and has none yet."""
    one = tables.object.c
    wanted = sa.select(one.revision).where(one.target == target, one.root == root)
    revision = dbsession.scalar(wanted)
    if revision is not None:
        return int(revision)
    if not exists:
        return 0
    # Another transaction may open the same object for the first time now, and save it.
    place = {"target": target, "root": root, "revision": 0}
    return int(insert_or_find(dbsession, tables.object, place, "revision"))


def select_drafts(tables: Tables) -> sa.Select[Any]:
    """Select drafts with their object and its present revision."""
    place, one = tables.draft_object, tables.object
    same_object = sa.and_(one.c.target == place.c.target, one.c.root == place.c.root)
    return (
        _select_records(tables)
        .add_columns(sa.func.coalesce(one.c.revision, 0).label("current"))
        .outerjoin(one, same_object)
    )


def _select_records(tables: Tables) -> sa.Select[Any]:
    draft, place = tables.draft, tables.draft_object
    return sa.select(
        *(c for c in draft.c if c.name != "counted"),
        place.c.target,
        place.c.root,
        place.c.base,
    ).select_from(draft.join(place, place.c.draft == draft.c.key))


def load(
    dbsession: Session,
    tables: Tables,
    key: int,
    owner: str | None,
    lock: bool = False,
) -> DraftRecord:
    """Return the draft `key`, of `owner` unless that is None; raise Unknown.

    `lock`: others who lock it wait. The object's revision is not selected then.
    """
    statement = _locked_statement(tables) if lock else _load_statement(tables)
    found = run(dbsession, statement, {"draft_key": key})
    record = found.mappings().one_or_none()
    if record is None or owner not in (None, record["owner"]):
        raise Unknown("draft", key)
    return DraftRecord(**record)


@cache
def _load_statement(tables: Tables) -> sa.Select[Any]:
    return select_drafts(tables).where(_has_key(tables))


def hold(dbsession: Session, tables: Tables, record: DraftRecord) -> None:
    """Lock a draft that was read without a lock, for this transaction to change it.

    Raises StaleVersion if another transaction has changed it since, Unknown if it was
    deleted.
    """
    binds = {"draft_key": record.key, "seen": record.version}
    if run(dbsession, _hold_statement(tables), binds).rowcount:
        return
    version = tables.draft.c.version
    current = dbsession.scalar(sa.select(version).where(_has_key(tables)), binds)
    if current is None:
        raise Unknown("draft", record.key)
    raise StaleVersion(record.version, current)


@cache
def _hold_statement(tables: Tables) -> sa.Update:
    """Build an UPDATE that changes nothing: SQLite has no other lock."""
    version = tables.draft.c.version
    return (
        sa.update(tables.draft)
        .where(_has_key(tables), version == sa.bindparam("seen"))
        .values(version=version)
    )


@cache
def _locked_statement(tables: Tables) -> sa.Select[Any]:
    """Build the statement that locks every row it reads.

    A database returns the state after the wait only for locked rows. Objects must not
    block anyone, so their rows are not among them. SQLite has no such lock; its writers
    began with BEGIN IMMEDIATE.
    https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED
    """
    return _select_records(tables).where(_has_key(tables)).with_for_update()


def _has_key(tables: Tables) -> sa.ColumnElement[bool]:
    return tables.draft.c.key == sa.bindparam("draft_key")


def change(
    dbsession: Session, tables: Tables, record: DraftRecord, **values: Any
) -> DraftRecord:
    """Update the record; the version rises by one."""
    values |= {"version": record.version + 1, "changed_at": now()}
    where = {"draft_key": record.key}
    run(dbsession, _change_statement(tables), values | where)
    return replace(record, **values)


@cache
def _change_statement(tables: Tables) -> sa.Update:
    return sa.update(tables.draft).where(_has_key(tables))


def rebased(
    dbsession: Session, tables: Tables, record: DraftRecord, base: int, **values: Any
) -> DraftRecord:
    """Set another base; the version rises by one."""
    place = tables.draft_object.c
    mine = (place.draft == record.key, place.target == record.target)
    dbsession.execute(sa.update(tables.draft_object).where(*mine).values(base=base))
    changed = change(dbsession, tables, record, **values)
    return replace(changed, base=base, current=base)


def close(
    dbsession: Session, tables: Tables, record: DraftRecord, state: str, **more: Any
) -> DraftRecord:
    """Close the draft: from now on it is read-only."""
    values = {"state": state, "closed_because": BY_USER, "closed_at": now(), **more}
    return change(dbsession, tables, record, **values)


def parse_draft_key(raw: int | str) -> int:
    """Parse a draft's key from a path; raise Unknown."""
    text = str(raw)
    if not _DRAFT_KEY.fullmatch(text) or int(text) > BIGGEST_KEY:
        raise Unknown("draft", raw)
    return int(text)


def set_last_key(
    dbsession: Session, tables: Tables, record: DraftRecord, last_key: int
) -> DraftRecord:
    """Store the last key that the draft has made, without a new version."""
    statement = sa.update(tables.draft).where(tables.draft.c.key == record.key)
    dbsession.execute(statement, {"last_key": last_key})
    return replace(record, last_key=last_key)
