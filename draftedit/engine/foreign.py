"""What others have saved to an object since a revision: which rows, who and when."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.errors import Key
from draftedit.engine.keys import to_path
from draftedit.engine.schema import Part, Target
from draftedit.engine.tables import Tables

RowId = tuple[str, Key]


@dataclass(frozen=True)
class Foreign:
    """The newest revision that replaced a row since.

    `is_another`: the row that was there was deleted, and its key given to another.
    """

    revision: int
    by: str
    at: datetime.datetime
    is_another: bool = False


@dataclass(frozen=True)
class Incoming:
    """One revision that others have saved since the base of a draft."""

    revision: int
    saved_by: str
    saved_at: datetime.datetime
    message: str | None
    changes: int


def incoming(
    dbsession: Session,
    tables: Tables,
    target: str,
    root: str,
    base: int,
    newest: int | None = None,
) -> list[Incoming]:
    """Return the revisions of an object since `base`, the oldest first.

    `newest`: only so many of them, the last.
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
) -> dict[RowId, Foreign]:
    """Return the rows of an object that revisions after `base` have replaced.

    Costs what those revisions changed.
    """
    saved = {
        one.revision: one
        for one in incoming(dbsession, tables, target.name, to_path(root), base)
    }
    found: dict[RowId, Foreign] = {}
    if saved:
        for part in target.tables.values():
            for record in _replaced(dbsession, part, root, base, max(saved)):
                one = saved[record["revision"]]
                key = encoded_key(part, record)
                before = found.get((part.name, key))
                # Absent in a later state, there in an earlier: it was deleted between.
                is_another = before is not None and (
                    before.is_another or bool(record["absent"])
                )
                found[part.name, key] = Foreign(
                    one.revision, one.saved_by, one.saved_at, is_another
                )
    return found


def _replaced(
    dbsession: Session, part: Part, root: Key, base: int, newest: int
) -> list[Mapping[Any, Any]]:
    then = part.history.c
    # Who looks without a lock may see more in each statement: no more than `newest`.
    wanted = (
        sa.select(*(then[name] for name in part.key), then.revision, then.absent)
        .where(then.root == to_path(root))
        .where(then.revision > base, then.revision <= newest)
        .order_by(then.revision)
    )
    return list(dbsession.execute(wanted).mappings())


def encoded_key(part: Part, record: Mapping[Any, Any]) -> Key:
    """Spell the key of a history row."""
    return tuple(part.fields[name].codec.encode(record[name]) for name in part.key)
