"""Open a draft: on an object, by copying its root row, or on a new one."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from draftedit.engine.base.errors import Key, Problem, Refused, Unknown
from draftedit.engine.base.keys import to_path
from draftedit.engine.base.messages import say
from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.operations.base import AS_ASKED
from draftedit.engine.operations.fields import canonical_values, defaults
from draftedit.engine.reading.binds import parse_key
from draftedit.engine.reading.object_visibility import in_sight
from draftedit.engine.schema.model import Field, Target
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
    dbsession: Session,
    tables: Tables,
    target: Target,
    owner: str,
    given: Mapping[str, Any],
) -> DraftRecord:
    """Open a draft on an object that save will create; its root is new.

    `given`: values that the root begins with, as an insert of a part takes them. Its
    base is 0, or the last revision of a deleted object that had its key. Raises Refused
    for values that the root cannot have, for a key that an object has already, and if
    nothing generates a column of the key that is not given.
    """
    part = target.root
    if not isinstance(given, Mapping):
        raise Refused(Problem(say("values-not-by-column"), table=part.name))
    # No draft has number 0: only live rows are read.
    live = DraftRows(dbsession, target, (), 0)
    values = canonical_values(live, part, None, given, AS_ASKED, inserting=True)
    values |= defaults(part, values, live.dialect)
    last_key = 0
    if part.generated_key is not None:
        last_key = live.next_key(part)
        values[part.generated_key] = last_key
    missing = [name for name in part.key if values.get(name) is None]
    if missing:
        message = say("key-cannot-be-made", title=part.title)
        raise Refused(
            *(Problem(message, table=part.name, field=name) for name in missing)
        )
    root = part.key_of(values)
    if part.generated_key is None and live.find(target.name, root) is not None:
        message, field = say("key-exists"), part.key[-1]
        raise Refused(Problem(message, table=part.name, key=root, field=field))
    made = partial(_make, dbsession, tables, target, root, owner, values, last_key)
    if part.criterion is None:
        return made()
    with dbsession.begin_nested():  # nothing is left of a draft that nobody would find
        record = made()
        if not in_sight(dbsession, target, root, record.key):
            raise Refused(Problem(say("row-not-in-object"), table=part.name, key=root))
    return record


def _make(
    dbsession: Session,
    tables: Tables,
    target: Target,
    root: Key,
    owner: str,
    values: Mapping[str, Any],
    last_key: int,
) -> DraftRecord:
    record = _record(dbsession, tables, target, root, owner, exists=False)
    if last_key:
        record = draft_records.set_last_key(dbsession, tables, record, last_key)
    rows, part = DraftRows(dbsession, target, root, record.key, last_key), target.root
    omitted = frozenset(name for name in part.columns if name not in values)
    rows.add(part, {name: values.get(name) for name in part.columns}, omitted)
    return record


def keys_to_give(target: Target) -> list[str]:
    """Return the columns of a new object's key that nothing gives a value before."""
    key = (target.root.fields[name] for name in target.root.key)
    return [f.name for f in key if f.insertable and not _has_python_default(f)]


def _has_python_default(field: Field) -> bool:
    default: Any = field.column.default
    return default is not None and (default.is_scalar or default.is_callable)


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
