"""What happened between two revisions of an object, and who gave a row its values."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.changes import MISSING, Change
from draftedit.engine.errors import Key
from draftedit.engine.keys import to_path
from draftedit.engine.rows import Row
from draftedit.engine.schema import Part, Target
from draftedit.engine.tables import Tables
from draftedit.engine.values import same
from draftedit.engine.view import View

# Columns of ours in a result, beside the host's.
_NUMBER, _BY, _AT = "draftedit_number", "draftedit_by", "draftedit_at"


@dataclass(frozen=True)
class Authorship:
    """Who gave a field its value, when, and in which revision."""

    revision: int
    saved_by: str
    saved_at: datetime.datetime


def changes_between(
    dbsession: Session, target: Target, root: Key, older: int, newer: int
) -> list[Change]:
    """Return what changed from revision `older` to `newer`, the root first.

    Rows are matched by their keys; `older` may be the newer one. Costs the rows that
    the revisions between replaced, however large the object is.
    """
    before = View(dbsession, target, root, as_of=older)
    after = View(dbsession, target, root, as_of=newer)
    found = []
    for part in target.tables.values():
        for key in _replaced(dbsession, part, root, *sorted((older, newer))):
            old, new = before.find(part.name, key), after.find(part.name, key)
            change = _change(part.name, key, old, new)
            if change is not None:
                found.append(change)
    return found


def _replaced(
    dbsession: Session, part: Part, root: Key, older: int, newer: int
) -> list[Key]:
    """Return the keys of the rows that revisions after `older` to `newer` replaced."""
    then = part.history.c
    columns = [then[name] for name in part.key]
    wanted = (
        sa.select(*columns)
        .where(then.root == to_path(root))
        .where(then.revision > older, then.revision <= newer)
        .group_by(*columns)
        .order_by(*columns)
    )
    return [
        part.key_of(_encoded(part, record))
        for record in dbsession.execute(wanted).mappings()
    ]


def _decoded(part: Part, key: Key) -> dict[str, Any]:
    return part.decode(dict(zip(part.key, key, strict=True)))


def _encoded(part: Part, record: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: part.fields[name].codec.encode(record[name]) for name in part.key}


def _change(table: str, key: Key, old: Row | None, new: Row | None) -> Change | None:
    if old is None and new is None:
        return None  # inserted and deleted in between
    if old is None:
        values = new.values if new else {}
        return Change(table, key, "new", {n: (MISSING, v) for n, v in values.items()})
    if new is None:
        return Change(table, key, "gone", {n: (v, None) for n, v in old.values.items()})
    fields = {
        name: (old.values[name], value)
        for name, value in new.values.items()
        if not same(old.values[name], value)
    }
    return Change(table, key, "changed", fields) if fields else None


def authorship(
    dbsession: Session, tables: Tables, view: View, row: Row
) -> dict[str, Authorship]:
    """Return who gave each field of a live row its value.

    Fields that no revision has changed, since the object was first drafted, are left
    out. Walks the states that revisions replaced, the newest first.
    """
    found: dict[str, Authorship] = {}
    part = view.target.tables[row.table]
    after = row.values
    for record in _states(dbsession, tables, view, part, row.key):
        by = Authorship(record[_NUMBER], record[_BY], record[_AT])
        before = {} if record["absent"] else part.encode(record)
        for name, value in after.items():
            if not (name in before and same(before[name], value)):
                found.setdefault(name, by)
        if not before:
            break
        after = before
    return found


def _states(
    dbsession: Session, tables: Tables, view: View, part: Part, key: Key
) -> Iterator[Mapping[str, Any]]:
    """Yield the replaced states of a row, each with the revision that replaced it."""
    then, saved = part.history.c, tables.revision.c
    wanted = (
        sa.select(
            *(then[name] for name in part.fields),
            then.absent,
            saved.number.label(_NUMBER),
            saved.saved_by.label(_BY),
            saved.saved_at.label(_AT),
        )
        .where(saved.target == view.target.name)
        .where(saved.root == then.root, saved.number == then.revision)
        .where(then.root == to_path(view.root))
        .where(*(then[n] == v for n, v in _decoded(part, key).items()))
        .order_by(then.revision.desc())
    )
    for record in dbsession.execute(wanted).mappings():
        yield dict(record)
