"""Read the revisions since a base: which rows they changed, who and when."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.base.errors import Incoming, Key
from draftedit.engine.base.keys import to_path
from draftedit.engine.reading.lifetimes import Event, event_of, follow
from draftedit.engine.schema.model import Part, Target
from draftedit.engine.schema.tables import Tables

RowId = tuple[str, Key]


@dataclass(frozen=True)
class ForeignChange:
    """The newest revision that replaced a row since.

    `last`: the last revision that had the row which was there; None: it still exists.
    If not None, a row that has its key now is another. `restores`: which row that
    revision has restored, see `lifetimes`.
    """

    revision: int
    by: str
    at: datetime.datetime
    last: int | None = None
    restores: int | None = None


def incoming(
    dbsession: Session,
    tables: Tables,
    target: str,
    root: str,
    base: int,
    newest: int | None = None,
) -> list[Incoming]:
    """Return the revisions of an object since `base`, the oldest first.

    `newest`: only so many of them, the last ones.
    """
    saved = tables.revision.c
    wanted = (
        sa.select(
            saved.number, saved.saved_by, saved.saved_at, saved.message, saved.changes
        )
        .where(saved.target == target, saved.root == root, saved.number > base)
        .order_by(saved.number.desc())
        .limit(newest)
    )
    return [Incoming(*record) for record in dbsession.execute(wanted)][::-1]


def foreign_rows(
    dbsession: Session, tables: Tables, target: Target, root: Key, base: int
) -> dict[RowId, ForeignChange]:
    """Return the rows of an object that revisions after `base` have replaced.

    Costs what those revisions changed.
    """
    saved = {
        one.revision: one
        for one in incoming(dbsession, tables, target.name, to_path(root), base)
    }
    found: dict[RowId, ForeignChange] = {}
    # Without a lock, later statements may see newer revisions: ignore those.
    for part in target.tables.values() if saved else ():
        replaced = events(dbsession, part, root, base, max(saved), all_of_them=True)
        for key, of_row in replaced.items():
            one, life = saved[of_row[-1].revision], follow(base, of_row)
            found[part.name, key] = ForeignChange(
                *(one.revision, one.saved_by, one.saved_at),
                *(life.last, of_row[-1].restores),
            )
    return found


def events(
    dbsession: Session,
    part: Part,
    root: Key,
    older: int,
    newer: int,
    all_of_them: bool = False,
) -> dict[Key, list[Event]]:
    """Return what revisions after `older` to `newer` did to rows, oldest first.

    Plain changes of a row are left out, unless `all_of_them`.
    """
    then = part.history.c
    wanted = (
        sa.select(
            *(then[name] for name in part.key),
            *(then[name] for name in Event._fields),
        )
        .where(then.root == to_path(root))
        .where(then.revision > older, then.revision <= newer)
        .order_by(then.revision)
    )
    if not all_of_them:
        wanted = wanted.where(sa.or_(then.absent == sa.true(), then.gone == sa.true()))
    found: dict[Key, list[Event]] = {}
    for record in dbsession.execute(wanted).mappings():
        found.setdefault(encoded_key(part, record), []).append(event_of(record))
    return found


def encoded_key(part: Part, record: Mapping[Any, Any]) -> Key:
    """Encode the key of a history row."""
    return tuple(part.fields[name].codec.encode(record[name]) for name in part.key)
