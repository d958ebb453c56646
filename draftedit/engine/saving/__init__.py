"""Save: swap a draft in for live, in one transaction, in eight stages.

An explicit flush stands between the stages; each says which ordering needs it.
"""

import json
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from draftedit.engine import records
from draftedit.engine.draft_rows import DraftRows
from draftedit.engine.errors import BaseMoved, Key
from draftedit.engine.keys import to_list, to_path
from draftedit.engine.records import DraftRecord
from draftedit.engine.saving.archive import Revision
from draftedit.engine.saving.compare import compare
from draftedit.engine.saving.plan import Plan, make_plan
from draftedit.engine.saving.problems import write_or_explain
from draftedit.engine.saving.writer import Keys
from draftedit.engine.tables import Tables


@dataclass(frozen=True)
class Saved:
    """What a save made: the revision, and the real keys of the rows it inserted.

    `ids` maps, by table, draft-made keys spelled as in paths; `merged` are the foreign
    revisions that came in.
    """

    target: str
    key: Key
    revision: int
    ids: dict[str, dict[str, Key]]
    merged: list[int] = field(default_factory=list)

    def ids_json(self) -> str:
        """Spell `ids` for the draft's record."""
        return json.dumps(
            {
                table: {path: to_list(key) for path, key in real.items()}
                for table, real in self.ids.items()
            }
        )


def save(
    rows: DraftRows, tables: Tables, record: DraftRecord, message: str | None
) -> Saved:
    """Write the net changes of a draft to live; keep what they replace as history.

    Raises BaseMoved, Conflicts or Refused, with nothing written. Closing the draft
    is the caller's.
    """
    dbsession = rows.dbsession
    # What the host has pending is its own, and older than the save.
    dbsession.flush()
    with dbsession.no_autoflush, dbsession.begin_nested():
        known = _lock(rows, tables, record)
        plan = make_plan(rows)
        live = compare(rows, plan)
        revision = Revision(record.base + 1, to_path(rows.root), records.now())
        if known:
            _count_up(rows, tables, record)
        keys = write_or_explain(rows, plan, live, revision)
        root = keys.real(rows.target.root, rows.root)
        if not known:
            _insert_object(rows, tables, root)
        _insert_revision(rows, tables, record, plan, revision, root, message)
    return Saved(rows.target.name, root, revision.number, _ids(rows, plan, keys))


def _lock(rows: DraftRows, tables: Tables, record: DraftRecord) -> bool:
    """Lock the object's record, in a statement of its own; tell whether there is one.

    A subselect in the locking statement might see the state from before the wait.
    """
    one = tables.object.c
    mine = (one.target == record.target, one.root == record.root)
    locked = sa.select(one.revision).where(*mine).with_for_update()
    revision = rows.dbsession.scalar(locked)
    current = 0 if revision is None else int(revision)
    if current != record.base:
        raise BaseMoved(record.base, current)
    return revision is not None


def _count_up(rows: DraftRows, tables: Tables, record: DraftRecord) -> None:
    """Decide who wins before a row of the host is written.

    The condition holds even where a lock can be lost, as in a Galera cluster.
    """
    one = tables.object.c
    counted = rows.dbsession.connection().execute(
        sa.update(tables.object)
        .where(one.target == record.target, one.root == record.root)
        .where(one.revision == record.base)
        .values(revision=record.base + 1)
    )
    if counted.rowcount != 1:
        raise BaseMoved(record.base, record.base + 1)


def _insert_object(rows: DraftRows, tables: Tables, root: Key) -> None:
    place = {"target": rows.target.name, "root": to_path(root), "revision": 1}
    rows.dbsession.execute(sa.insert(tables.object), place)


def _insert_revision(
    rows: DraftRows,
    tables: Tables,
    record: DraftRecord,
    plan: Plan,
    revision: Revision,
    root: Key,
    message: str | None,
) -> None:
    """Record the revision; its primary key forbids a second one of this number."""
    values: dict[str, Any] = {
        "target": rows.target.name,
        "root": to_path(root),
        "number": revision.number,
        "saved_at": revision.at,
        "saved_by": record.owner,
        "message": message,
        "draft": record.key,
        "changes": plan.count,
    }
    rows.dbsession.execute(sa.insert(tables.revision), values)


def _ids(rows: DraftRows, plan: Plan, keys: Keys) -> dict[str, dict[str, Key]]:
    ids: dict[str, dict[str, Key]] = {}
    for name, new in plan.new.items():
        part = rows.target.tables[name]
        real = {to_path(row.key): keys.real(part, row.key) for row in new}
        changed = {path: key for path, key in real.items() if path != to_path(key)}
        if changed:
            ids[name] = changed
    return ids
