"""Statements of ours, which name tables and not classes."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session


def run(
    dbsession: Session, statement: sa.Executable, values: Mapping[str, Any]
) -> sa.CursorResult[Any]:
    """Execute one in the session's transaction.

    Past `Session.execute`, which looks for work of the ORM in each: more than half of
    what a small statement costs besides the database, and of a `set` a twentieth.
    """
    return dbsession.connection().execute(statement, values)
