"""Fork a draft: copy it with its journal, inside the database."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.schema.model import Target
from draftedit.engine.schema.tables import Tables
from draftedit.engine.store import draft_records
from draftedit.engine.store.draft_records import DraftRecord


def fork(
    dbsession: Session, tables: Tables, target: Target, record: DraftRecord
) -> DraftRecord:
    """Copy an open draft, its rows and its journal, for the same owner.

    Steps are counted where they were made: the counts of the copy begin at 0.
    """
    at = draft_records.now()
    values = {
        "owner": record.owner,
        "state": draft_records.OPEN,
        "version": 1,
        "position": record.position,
        "length": record.length,
        "last_key": record.last_key,
        "opened_at": at,
        "changed_at": at,
        "fingerprint": record.fingerprint,
        "counted": False,
    }
    result = dbsession.connection().execute(sa.insert(tables.draft), values)
    key = next(iter(result.inserted_primary_key or ()))
    own = (part.draft for part in target.tables.values())
    for table in (tables.draft_object, tables.operation, *own):
        _copy(dbsession, table, record.key, key)
    return draft_records.load(dbsession, tables, key, None)


def _copy(dbsession: Session, table: sa.Table, old: int, new: int) -> None:
    columns = [
        sa.literal(new, sa.BigInteger()) if column.name == "draft" else column
        for column in table.columns
    ]
    copied = sa.select(*columns).where(table.c.draft == old)
    names = [column.name for column in table.columns]
    dbsession.execute(sa.insert(table).from_select(names, copied))
