"""Stage 3: the rows that a revision replaces go to history, as they were before."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.errors import Key
from draftedit.engine.saving.live import children_locked, chunks, has_key
from draftedit.engine.saving.revision import Revision
from draftedit.engine.saving.work import Work
from draftedit.engine.schema import Part


def archive_replaced(work: Work) -> None:
    """Find all rows to be deleted; archive these and the ones to be changed."""
    for name, part in work.target.tables.items():
        work.doomed[name] = _doomed(work, part)
        changed = [row.key for row in work.plan.changed[name]]
        replaced = dict.fromkeys([*changed, *work.doomed[name]])
        archive(work.dbsession, part, replaced, work.revision)
        work.archived.update((name, key) for key in replaced)


def _doomed(work: Work, part: Part) -> list[Key]:
    """Return the keys of the rows to be deleted: gone ones, and those below such.

    Level by level, each level locked before the next is collected, so that nobody can
    hang a row below one that is being deleted.
    """
    name = part.name
    own = [row.key for row in (*work.plan.gone[name], *work.plan.sunk[name])]
    found = dict.fromkeys(key for key in own if key in work.live[name])
    if part.parent is not None and work.doomed[part.parent]:
        moved_out = {row.key for row in work.plan.changed[name]}
        below = children_locked(work.dbsession, part, work.doomed[part.parent])
        found |= dict.fromkeys(key for key in below if key not in moved_out)
    return list(found)


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


def archive_inserted(work: Work, part: Part, keys: Iterable[Key]) -> None:
    """Note that the revision inserted these rows: before it they were not there.

    Of a new object the root says so for all; and where the database gives the key of
    a row deleted just now, history has that row.
    """
    if work.revision.is_first and part is not work.target.root:
        return
    records = []
    for key in keys:
        if (part.name, key) in work.archived:
            continue
        work.archived.add((part.name, key))
        columns = part.decode(dict(zip(part.key, key, strict=True)))
        records.append(_absent(work.revision) | columns)
    if records:
        work.dbsession.execute(sa.insert(part.history), records)


def _absent(revision: Revision) -> dict[str, object]:
    return {
        "root": revision.root,
        "revision": revision.number,
        "replaced_at": revision.at,
        "absent": True,
    }
