"""Stage 3: the rows that a revision replaces go to history, as they were before."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.draft_rows import DraftRows
from draftedit.engine.errors import Key
from draftedit.engine.saving.compare import LiveRows
from draftedit.engine.saving.live import children_locked, chunks, has_key
from draftedit.engine.saving.plan import Plan
from draftedit.engine.schema import Part

Doomed = dict[str, list[Key]]


@dataclass(frozen=True)
class Revision:
    """The revision that is being made: its number, its object, its time."""

    number: int
    root: str
    at: datetime.datetime


def doomed_rows(rows: DraftRows, plan: Plan, live: LiveRows) -> Doomed:
    """Return the keys of all rows to be deleted, by table: gone ones and their subtree.

    Level by level, each level locked before the next is collected, so that nobody can
    hang a row below one that is being deleted.
    """
    doomed: Doomed = {}
    for name, part in rows.target.tables.items():
        own = {row.key for row in (*plan.gone[name], *plan.sunk[name])}
        found = dict.fromkeys(key for key in live[name] if key in own)
        if part.parent is not None and doomed[part.parent]:
            moved_out = {row.key for row in plan.changed[name]}
            below = children_locked(rows.dbsession, part, doomed[part.parent])
            found |= dict.fromkeys(key for key in below if key not in moved_out)
        doomed[name] = list(found)
    return doomed


def archive(
    dbsession: Session, part: Part, keys: Iterable[Key], revision: Revision
) -> None:
    """Copy live rows to history, inside the database."""
    names = list(part.fields)
    into = ["root", "revision", "replaced_at", "absent", *names]
    for chunk in chunks(keys):
        copied = sa.select(
            sa.literal(revision.root, part.history.c.root.type),
            sa.literal(revision.number, sa.Integer()),
            sa.literal(revision.at, part.history.c.replaced_at.type),
            sa.false(),
            *(part.fields[name].read() for name in names),
        ).where(has_key(part, chunk))
        dbsession.execute(sa.insert(part.history).from_select(into, copied))


def archive_absent(
    dbsession: Session, part: Part, keys: Iterable[Key], revision: Revision
) -> None:
    """Note that the revision inserted these rows: before it they were not there."""
    records = [
        {
            "root": revision.root,
            "revision": revision.number,
            "replaced_at": revision.at,
            "absent": True,
            **part.decode(dict(zip(part.key, key, strict=True))),
        }
        for key in keys
    ]
    if records:
        dbsession.execute(sa.insert(part.history), records)
