"""Refuse rows of the target that stay and refer to a deleted one in an unmapped way.

By more than one column, by a foreign key that only the database has, or to unique
columns other than the key: the database would delete or empty them unnoticed.
"""

from collections.abc import Iterator

from draftedit.engine.base.errors import Problem
from draftedit.engine.base.messages import say
from draftedit.engine.outside.foreign_keys import part_of
from draftedit.engine.outside.incoming_references import Reference, graph_of
from draftedit.engine.outside.search import MOST, referring
from draftedit.engine.saving.save_run import SaveRun
from draftedit.engine.schema.model import Part


def left_inside(work: SaveRun) -> Iterator[Problem]:
    """Yield a problem for each row that stays and refers to one that is deleted."""
    for other in work.target.tables.values():
        if work.doomed[other.name]:
            graph = graph_of(work.dbsession, work.target)
            for one in graph.to(work.dbsession.connection(), other.live):
                part = part_of(work.target, one.table.table)
                if part is not None and not _is_looked_at(part, other, one):
                    yield from _left(work, part, other, one)


def _is_looked_at(part: Part, other: Part, reference: Reference) -> bool:
    """Return whether it is the reference to the parent, or one that the models have."""
    if part.parent == other.name and set(reference.columns) == set(part.parent_fields):
        return True
    field = part.fields[reference.columns[0]]
    known = (field.references, (field.referred,))
    return len(reference.columns) == 1 and known == (other.name, other.key)


def _left(
    work: SaveRun, part: Part, other: Part, reference: Reference
) -> Iterator[Problem]:
    going = set(work.doomed[part.name])
    fields = [other.fields[name] for name in other.key]
    doomed = work.doomed[other.name]
    for values, gone in referring(
        work.dbsession, other.live, fields, doomed, reference, MOST, lock=False
    ):
        key = part.key_of(values)
        if key not in going:
            message = say("reference-deleted", title=other.title)
            mine = work.keys.of_draft(part, key)
            field = reference.columns[-1]
            yield Problem(message, part.name, mine, field, other=gone)
