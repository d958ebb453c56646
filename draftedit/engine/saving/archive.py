"""Stage "archive": copy the rows that a revision replaces to history, as they were."""

from collections.abc import Iterable, Mapping
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.base.errors import Key
from draftedit.engine.reading.lifetimes import NEVER
from draftedit.engine.reading.live import children_locked, chunks, has_key, read_rows
from draftedit.engine.reading.rows import Row
from draftedit.engine.reading.zero_dates import naming_zero_dates
from draftedit.engine.saving import row_counts
from draftedit.engine.saving.ambiguous_links import refuse_unclear_links
from draftedit.engine.saving.revision import Revision
from draftedit.engine.saving.save_run import SaveRun
from draftedit.engine.schema.model import Part


def archive_replaced(work: SaveRun) -> None:
    """Find all rows to be deleted; archive these and the ones to be changed."""
    find_doomed(work)
    refuse_unclear_links(work)
    for name, part in work.target.tables.items():
        doomed = dict.fromkeys(work.doomed[name])
        changed = work.plan.changed[name]
        for restores, rows in _by_what_comes(changed).items():
            keys = [row.key for row in rows]
            another = restores is not None
            place = work.dbsession, part, keys, work.revision
            archive(*place, gone=another, restores=restores)
        archive(work.dbsession, part, doomed, work.revision, gone=True)
        replaced = (*(row.key for row in changed), *doomed)
        work.archived.update((name, key) for key in replaced)


def find_doomed(work: SaveRun) -> None:
    """Find all rows to be deleted, parents first, and lock them."""
    for name, part in work.target.tables.items():
        work.doomed[name] = _doomed(work, part)


def _by_what_comes(rows: Iterable[Row]) -> dict[int | None, list[Row]]:
    """Group changed rows by the row that takes their key, if any."""
    found: dict[int | None, list[Row]] = {}
    for row in rows:
        found.setdefault(row.restores, []).append(row)
    return found


def _doomed(work: SaveRun, part: Part) -> list[Key]:
    """Return the keys of the rows to be deleted: deleted ones, and those below them.

    Level by level, each level locked before the next is collected: no transaction can
    add a row below one that is being deleted.
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
    dbsession: Session,
    part: Part,
    keys: Iterable[Key],
    revision: Revision,
    *,
    gone: bool = False,
    restores: int | None = None,
) -> None:
    """Copy live rows to history, inside the database; `gone`: they are deleted.

    `restores`: the row that takes their keys, see `lifetimes`.
    """
    names = list(part.fields)
    into = ["root", "revision", "replaced_at", "absent", "gone", "restores", *names]
    for chunk in chunks(keys):
        copied = sa.select(
            sa.literal(revision.root, part.history.c.root.type),
            sa.literal(revision.number, sa.Integer()),
            sa.literal(revision.at, part.history.c.replaced_at.type),
            sa.false(),
            sa.true() if gone else sa.false(),
            sa.literal(restores, sa.Integer()),
            *(part.fields[name].read() for name in names),
        ).where(has_key(part, chunk))
        archived = sa.insert(part.history).from_select(into, copied)
        with naming_zero_dates(part, partial(read_rows, dbsession, part, chunk)):
            row_counts.execute(dbsession, archived, part, chunk)


def mark_gone(work: SaveRun, part: Part, key: Key) -> None:
    """Record that a row which history has already is also deleted."""
    work.dbsession.execute(_archived(work, part, key).values(gone=True))


def mark_followed(work: SaveRun, part: Part, key: Key, restores: int) -> None:
    """Record that another row has the key of one that this save has deleted.

    `restores`: which, see `lifetimes`.
    """
    then = part.history.c
    unmarked = then.gone == sa.true(), then.restores.is_(None)
    followed = _archived(work, part, key).where(*unmarked).values(restores=restores)
    work.dbsession.execute(followed)


def _archived(work: SaveRun, part: Part, key: Key) -> sa.Update:
    """Return an update of the row that this save has put into history."""
    then = part.history.c
    columns = part.decode(dict(zip(part.key, key, strict=True)))
    return (
        sa.update(part.history)
        .where(then.root == work.revision.root)
        .where(then.revision == work.revision.number)
        .where(*(then[name] == value for name, value in columns.items()))
        .where(then.absent == sa.false())
    )


def archive_inserted(
    work: SaveRun,
    part: Part,
    keys: Iterable[Key],
    restores: Mapping[Key, int | None] | None = None,
) -> None:
    """Record that the revision inserted these rows: they did not exist before it.

    `restores`: which of them existed once. For a new object the root's record counts
    for all. If the database reuses the key of a row that this save deletes, history has
    that row, and its record is marked as followed by another.
    """
    if work.revision.is_first and part is not work.target.root:
        return
    records: list[dict[str, object]] = []
    noted: list[Key] = []
    for key in keys:
        came = (restores or {}).get(key)
        if (part.name, key) in work.archived:
            mark_followed(work, part, key, NEVER if came is None else came)
            continue
        work.archived.add((part.name, key))
        columns = part.decode(dict(zip(part.key, key, strict=True)))
        records.append(_absent(work.revision) | columns | {"restores": came})
        noted.append(key)
    if records:
        inserted = sa.insert(part.history)
        row_counts.execute(work.dbsession, inserted, part, noted, records)


def _absent(revision: Revision) -> dict[str, object]:
    return {
        "root": revision.root,
        "revision": revision.number,
        "replaced_at": revision.at,
        "absent": True,
        "gone": False,
    }
