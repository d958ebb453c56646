"""What happened between two revisions of an object, and who gave a row its values."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql.operators import custom_op

from draftedit.engine.changes import MISSING, Change
from draftedit.engine.errors import Key
from draftedit.engine.keys import to_path
from draftedit.engine.listing import Query
from draftedit.engine.rows import Row
from draftedit.engine.schema import Part
from draftedit.engine.states import own, preload
from draftedit.engine.tables import Tables
from draftedit.engine.values import same
from draftedit.engine.view import View

CHUNK = 500  # rows that are read at a time

# Columns of ours in a result, beside the host's.
_NUMBER, _BY, _AT = "draftedit_number", "draftedit_by", "draftedit_at"


@dataclass(frozen=True)
class Authorship:
    """Who gave a field its value, when, and in which revision."""

    revision: int
    saved_by: str
    saved_at: datetime.datetime


@dataclass(frozen=True)
class Difference:
    """One row in two states of an object; None: it was not there."""

    part: Part
    key: Key
    before: Row | None
    after: Row | None


def changes_from(
    before: View, after: View, start: int = 0
) -> Iterator[tuple[int, Change]]:
    """Yield what changed from one view to the other, each with where to start for it.

    The root comes first. Rows are matched by their keys; what comes before `start` is
    not read. Costs the rows that the revisions between replaced, however large the
    object is.
    """
    for place, one in enumerate(differences(before, after, start), start):
        change = _change(one)
        if change is not None:
            yield place, change


def differences(before: View, after: View, start: int = 0) -> Iterator[Difference]:
    """Yield the rows that may differ in two views of an object, the root first.

    Both views are at a revision, and know these rows afterwards; the first `start`
    rows are left out.
    """
    older, newer = sorted((before.as_of or 0, after.as_of or 0))
    whole = older == 0 and _is_there(before) != _is_there(after)
    for part in before.target.tables.values():
        if whole:
            # Of an object that a draft has made, history has no row for each row.
            keys = [*_all_keys(before, part), *_all_keys(after, part)]
        else:
            keys = _replaced(before, part, older, newer)
        wanted, start = keys[start:], max(0, start - len(keys))
        for at in range(0, len(wanted), CHUNK):
            chunk = wanted[at : at + CHUNK]
            for one in (before, after):
                preload(one, part, chunk)
            for key in chunk:
                was, now = (own(one, part, key) for one in (before, after))
                yield Difference(part, key, was, now)


def _is_there(view: View) -> bool:
    return view.find(view.target.name, view.root) is not None


def _all_keys(view: View, part: Part) -> Iterator[Key]:
    after = None
    while True:
        page = view.page(Query(part.name, after=after, limit=CHUNK))
        for row in page.rows:
            view.known[part.name, row.key] = row
            yield row.key
        if page.next is None:
            return
        after = page.next


def _replaced(view: View, part: Part, older: int, newer: int) -> list[Key]:
    """Return the keys of the rows that revisions after `older` to `newer` replaced."""
    then = part.history.c
    columns = [then[name] for name in part.key]
    in_order: list[sa.ColumnElement[Any]] = [*columns]
    if view.dialect == "sqlite":
        # As it is, SQLite would read all history of the object, which is in this order.
        plus = custom_op[Any]("+")
        in_order = [sa.UnaryExpression(one, operator=plus) for one in columns]
    wanted = (
        sa.select(*columns)
        .where(then.root == to_path(view.root))
        .where(then.revision > older, then.revision <= newer)
        .group_by(*in_order)
        .order_by(*in_order)
    )
    return [
        part.key_of(_encoded(part, record))
        for record in view.dbsession.execute(wanted).mappings()
    ]


def _decoded(part: Part, key: Key) -> dict[str, Any]:
    return part.decode(dict(zip(part.key, key, strict=True)))


def _encoded(part: Part, record: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: part.fields[name].codec.encode(record[name]) for name in part.key}


def _change(one: Difference) -> Change | None:
    table, key, old, new = one.part.name, one.key, one.before, one.after
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

    Fields that no revision has changed, of an object that is older than its drafts,
    are left out. Walks the states that revisions replaced, the newest first.
    """
    found: dict[str, Authorship] = {}
    part = view.target.tables[row.table]
    after = row.values
    for record in _states(dbsession, tables, view, part, row.key):
        by = _author(record)
        before = {} if record["absent"] else part.encode(record)
        for name, value in after.items():
            if not (name in before and same(before[name], value)):
                found.setdefault(name, by)
        if not before:
            return found
        after = before
    root = view.target.root
    for record in _states(dbsession, tables, view, root, view.root):
        if record["absent"]:  # made with the object, whose root says so for all
            return {**dict.fromkeys(row.values, _author(record)), **found}
    return found


def _author(record: Mapping[str, Any]) -> Authorship:
    return Authorship(record[_NUMBER], record[_BY], record[_AT])


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
