"""Check that a save has written every row that it meant to write.

Databases and sessions may silently write fewer: a trigger that swallows a row,
row-level security, a hook of the host's session that hides rows. Row counts are
compared, and at the end the rows are read once more (`verifying`).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.base.errors import Key, Problem, Refused
from draftedit.engine.base.messages import say
from draftedit.engine.reading.live import chunks, encoded_key, has_key
from draftedit.engine.schema.model import Part

HIDDEN = say("row-hidden-from-save")
NOT_WRITTEN = say("row-not-written")


OPTIONS = {"preserve_rowcount": True}  # of INSERT, too


def execute(
    dbsession: Session,
    statement: sa.Executable,
    part: Part,
    keys: Collection[Key],
    records: Sequence[Mapping[str, Any]] | None = None,
) -> None:
    """Run a Core statement that must write one row for each key.

    `records` are the parameters of a statement that is executed for each of them.
    Raises Refused if it writes fewer rows.
    """
    demand(dbsession.execute(statement, records, execution_options=OPTIONS), part, keys)


def demand(result: Any, part: Part, keys: Collection[Key]) -> None:
    """Raise Refused if the result of a statement reports fewer rows than keys.

    Some drivers do not count (-1): see `verifying`.
    """
    if 0 <= result.rowcount < len(keys):
        raise Refused(*(Problem(NOT_WRITTEN, part.name, key) for key in keys))


def refuse_hidden(dbsession: Session, part: Part, missing: Collection[Key]) -> None:
    """Raise Refused for rows that the session did not load, although they exist."""
    hidden = sorted(_live_keys(dbsession, part, missing), key=repr)
    if hidden:
        raise Refused(*(Problem(HIDDEN, part.name, key) for key in hidden))


def _live_keys(dbsession: Session, part: Part, keys: Collection[Key]) -> Iterator[Key]:
    columns = [part.fields[name].read() for name in part.key]
    for chunk in chunks(keys):
        wanted = sa.select(*columns).where(has_key(part, chunk))
        for record in dbsession.execute(wanted):
            yield encoded_key(part, record)
