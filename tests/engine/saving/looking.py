"""What lies in the tables: an object live, as it was, and everything else."""

from copy import deepcopy
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.base.keys import to_path
from draftedit.engine.schema.model import Part, Target

Rows = dict[tuple[Any, ...], dict[str, Any]]


def table_rows(dbsession: Session, part: Part) -> Rows:
    """Return all live rows of a table, encoded."""
    wanted = sa.select(*(f.read() for f in part.fields.values()))
    encoded = [part.encode(dict(r)) for r in dbsession.execute(wanted).mappings()]
    return {part.key_of(row): row for row in encoded}


def objects(dbsession: Session, target: Target, root: Any) -> tuple[dict, dict]:
    """Return the live rows of one object, and those of all others, by table."""
    mine: dict[str, Rows] = {}
    others: dict[str, Rows] = {}
    for name, part in target.tables.items():
        rows = table_rows(dbsession, part)
        mine[name] = {
            k: r for k, r in rows.items() if _is_below(part, k, r, mine, root)
        }
        others[name] = {k: r for k, r in rows.items() if k not in mine[name]}
    return mine, others


def _is_below(part: Part, key: Any, row: dict, mine: dict, root: Any) -> bool:
    if part.parent is None:
        return key == root
    is_allowed = all(
        row[name] in one.allowed for name, one in part.fields.items() if one.allowed
    )
    return is_allowed and part.parent_key_of(row) in mine[part.parent]


def as_of(
    dbsession: Session,
    target: Target,
    root: Any,
    revision: int,
    live: dict[str, Rows] | None = None,
) -> dict:
    """Return the object as a revision had it: live, under the oldest newer history."""
    mine = objects(dbsession, target, root)[0] if live is None else deepcopy(live)
    for name, part in target.tables.items():
        history = part.history
        wanted = (
            sa.select(history)
            .where(history.c.root == to_path(root), history.c.revision > revision)
            .order_by(history.c.revision.desc())
        )
        for record in dbsession.execute(wanted).mappings():
            row = part.encode(dict(record))
            mine[name].pop(part.key_of(row), None)
            if not record["absent"]:
                mine[name][part.key_of(row)] = row
    return mine


def history(dbsession: Session, part: Part) -> list[dict[str, Any]]:
    """Return the history of a table, the oldest first, then by key."""
    one = part.history.c
    wanted = sa.select(part.history).order_by(one.revision, *(one[k] for k in part.key))
    return [dict(record) for record in dbsession.execute(wanted).mappings()]


def dump(dbsession: Session, *tables: sa.Table) -> dict[str, list[Any]]:
    """Return every row of the tables, byte for byte, in a fixed order."""
    return {
        table.name: sorted(map(tuple, dbsession.execute(sa.select(table))), key=repr)
        for table in tables
    }
