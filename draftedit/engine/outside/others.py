"""Refuse deletes that would change other objects, whose history would miss it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from draftedit.engine.base.errors import Key, Problem
from draftedit.engine.base.keys import to_path
from draftedit.engine.base.messages import say
from draftedit.engine.outside.foreign_keys import part_of
from draftedit.engine.outside.search import Affected, Taken
from draftedit.engine.reading.live import read_rows
from draftedit.engine.schema.model import Part, Target

SHOWN = 3  # objects that are named


def rows_of_others(
    dbsession: Session,
    target: Target,
    affected: Affected,
    doomed: Mapping[str, Sequence[Key]],
) -> list[Problem]:
    """Return a problem for each table of objects that a delete would change.

    A row of the same object that the draft itself deletes is not a problem.
    """
    by_part: dict[tuple[Target, Part], list[Taken]] = {}
    for one in affected.rows:
        for owner, part in _owners(target, one):
            if owner is target and _key(part, one.values) in doomed[part.name]:
                continue
            by_part.setdefault((owner, part), []).append(one)
    return [
        _problem(dbsession, owner, part, rows)
        for (owner, part), rows in by_part.items()
    ]


def _owners(target: Target, taken: Taken) -> Iterator[tuple[Target, Part]]:
    table = taken.reference.table.table
    for owner in {target.name: target, **target.siblings}.values():
        part = part_of(owner, table)
        if part is not None:
            yield owner, part


def _key(part: Part, values: Mapping[str, Any]) -> Key:
    return tuple(values[name] for name in part.key)


def _problem(
    dbsession: Session, owner: Target, part: Part, rows: Sequence[Taken]
) -> Problem:
    found = (object_name(dbsession, owner, part, one.values) for one in rows)
    names: dict[str, None] = {}
    for name in found:
        names.setdefault(name)
        if len(names) > SHOWN:
            break
    shown = [*names][:SHOWN] + (["…"] if len(names) > SHOWN else [])
    table, key = rows[0].cause
    return Problem(
        say(
            "referred-to-by-other-objects",
            title=part.title_plural,
            rows=", ".join(shown),
        ),
        table=table,
        key=key,
    )


def object_name(
    dbsession: Session, owner: Target, part: Part, values: Mapping[str, Any]
) -> str:
    """Return the label of a row's object."""
    while part.parent is not None:
        key = part.parent_key_of(values)
        part = owner.tables[part.parent]
        values = read_rows(dbsession, part, [key]).get(key, {})
        if not values:  # a row without a parent
            return f"{part.title} {to_path(key)}"
    label = values[owner.label_field]
    return f"{owner.title} {to_path(part.key_of(values)) if label is None else label}"
