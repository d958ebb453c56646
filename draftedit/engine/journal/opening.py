"""Open a draft: on an object, by copying its root row, or on a new one."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from draftedit.engine.base.errors import Key, Problem, Refused, Unknown
from draftedit.engine.base.keys import to_path
from draftedit.engine.base.messages import say
from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.operations.fields import defaults
from draftedit.engine.reading.binds import parse_key
from draftedit.engine.reading.object_visibility import in_sight
from draftedit.engine.schema.model import Target
from draftedit.engine.schema.tables import OWNER, ROOT, Tables
from draftedit.engine.store import draft_records
from draftedit.engine.store.draft_records import DraftRecord


def open_on(
    dbsession: Session,
    tables: Tables,
    target: Target,
    key: Sequence[Any],
    owner: str,
    may_be_gone: bool = False,
) -> DraftRecord:
    """Open a draft on the object `key`: copy its root row, and nothing else.

    `may_be_gone`: a deleted object has nothing to copy. Raises Unknown if there is no
    such object.
    """
    root = parse_key(target.root, key, dbsession.get_bind().dialect.name)
    # The revision is read first: otherwise a save in between would give the draft an
    # old row under a new base.
    record = _record(dbsession, tables, target, root, owner, exists=True)
    rows = DraftRows(dbsession, target, root, record.key, 0, record.base)
    row = rows.find(target.name, root)
    if row is None and may_be_gone and in_sight(dbsession, target, root):
        return record
    # A database that treats "A" as "a" found it under another key than its own.
    if row is None or row.key != root:
        raise Unknown(target.name, to_path(root))
    rows.write(row)
    return record


def open_new(
    dbsession: Session, tables: Tables, target: Target, owner: str
) -> DraftRecord:
    """Open a draft on an object that save will create; its root is new, its base 0.

    Raises Refused if neither the database nor the host generates the key.
    """
    part = target.root
    values = defaults(part, {}, dbsession.get_bind().dialect.name)
    last_key = 0
    if part.generated_key is not None:
        # No draft has number 0: only the live rows are searched for the smallest key.
        last_key = DraftRows(dbsession, target, (), 0).next_key(part)
        values[part.generated_key] = last_key
    if any(values.get(name) is None for name in part.key):
        message = say("key-cannot-be-made", title=part.title)
        raise Refused(Problem(message, table=part.name))
    root = part.key_of(values)
    record = _record(dbsession, tables, target, root, owner, exists=False)
    if last_key:
        record = draft_records.set_last_key(dbsession, tables, record, last_key)
    rows = DraftRows(dbsession, target, root, record.key, last_key)
    omitted = frozenset(name for name in part.columns if name not in values)
    rows.add(part, {name: values.get(name) for name in part.columns}, omitted)
    return record


def _record(
    dbsession: Session,
    tables: Tables,
    target: Target,
    root: Key,
    owner: str,
    exists: bool,
) -> DraftRecord:
    path = to_path(root)
    if len(path) > ROOT:
        text = say("key-too-long", limit=ROOT, length=len(path))
        raise Refused(Problem(text, table=target.name))
    check_owner(owner)
    return draft_records.open_draft(
        dbsession,
        tables,
        owner,
        target.name,
        path,
        target.fingerprint,
        exists,
    )


def check_owner(name: str) -> None:
    """Raise Refused for an owner's name that the table of drafts cannot hold."""
    if len(name) > OWNER:
        raise Refused(Problem(say("owner-too-long", limit=OWNER), field="to"))
