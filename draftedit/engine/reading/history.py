"""Compare two revisions of an object, and find the author of each value of a row."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.base.errors import Key
from draftedit.engine.base.keys import to_path
from draftedit.engine.dialects import backend_named
from draftedit.engine.reading.bulk_load import own, preload
from draftedit.engine.reading.change import MISSING, Change
from draftedit.engine.reading.listing import Query
from draftedit.engine.reading.rows import Row
from draftedit.engine.reading.view import View
from draftedit.engine.schema.model import Part, Target
from draftedit.engine.schema.tables import Tables
from draftedit.engine.values.codecs import same

CHUNK = 500  # rows that are read at a time

# Our own columns in a result, beside the host's.
_NUMBER, _BY, _AT = "draftedit_number", "draftedit_by", "draftedit_at"


@dataclass(frozen=True)
class Authorship:
    """Who set a field's value, when, and in which revision."""

    revision: int
    saved_by: str
    saved_at: datetime.datetime


@dataclass(frozen=True)
class Difference:
    """One row in two states of an object; None: it did not exist."""

    part: Part
    key: Key
    before: Row | None
    after: Row | None


def view_at(
    dbsession: Session, target: Target, root: Key, revision: int, current: int
) -> View:
    """Return the view of the object at `revision`; `current` is its newest.

    If it was deleted since, no live row is part of what it was: its key may belong to
    another object now.
    """
    until = None
    if revision < current:
        part = target.root
        then = part.history.c
        ends = sa.select(sa.func.min(then.revision)).where(
            then.root == to_path(root), then.gone == sa.true()
        )
        until = dbsession.scalar(ends.where(then.revision > revision))
    return View(dbsession, target, root, as_of=revision, until=until)


def changes_from(
    before: View, after: View, start: int = 0
) -> Iterator[tuple[int, Change]]:
    """Yield the changes from one view to the other, each with a `start` to resume at.

    The root comes first. Rows are matched by their keys; those before `start` are not
    read. Costs the rows that the revisions between replaced, however large the object
    is.
    """
    for place, one in enumerate(differences(before, after, start), start):
        change = _change(one)
        if change is not None:
            yield place, change


def differences(before: View, after: View, start: int = 0) -> Iterator[Difference]:
    """Yield the rows that may differ in two views of an object, the root first.

    Both views are at a revision, and have these rows cached afterwards; the first
    `start` rows are left out.
    """
    older, newer = sorted((before.as_of or 0, after.as_of or 0))
    is_there = [_is_there(view) for view in (before, after)]
    whole = older == 0 and is_there[0] != is_there[1]
    # For two objects that had one key, history does not have every row in between.
    whole = whole or (all(is_there) and before.until != after.until)
    for part in before.target.tables.values():
        if whole:
            # For an object that a draft has made, history does not have a row for each
            # row.
            keys = [*_all_keys(before, part), *_all_keys(after, part)]
            keys = list(dict.fromkeys(keys))
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
    # An index has all history of the object in this order.
    in_order = [*map(backend_named(view.dialect).unindexed, columns)]
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
    """Return the author of each field of a live row.

    Left out are fields that no revision has changed, in an object that is older than
    its drafts. Walks the states that revisions replaced, the newest first.
    """
    found: dict[str, Authorship] = {}
    part = view.target.tables[row.table]
    after = row.values
    for record in _states(dbsession, tables, view, part, row.key):
        if record["gone"] and record["restores"] is None:
            return found  # the key belonged to another row before
        by = _author(record)
        is_other = record["absent"] or record["gone"]
        before = {} if is_other else part.encode(record)
        for name, value in after.items():
            if not (name in before and same(before[name], value)):
                found.setdefault(name, by)
        if not before:
            return found
        after = before
    root = view.target.root
    for record in _states(dbsession, tables, view, root, view.root):
        if record["absent"] and record["restores"] is None:
            # Created with the object, whose root has the author for all.
            return {**dict.fromkeys(row.values, _author(record)), **found}
        if record["absent"] or record["gone"]:
            return found
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
            *(field.read_copy(then) for field in part.fields.values()),
            then.absent,
            then.gone,
            then.restores,
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
