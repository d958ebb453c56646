"""Refuse a new value that rows outside would lose their reference to.

With ON UPDATE SET NULL no history would have them, and the loss would go unnoticed.
"""

from collections.abc import Iterator

from draftedit.engine.base.errors import Key, Problem, Refused
from draftedit.engine.base.messages import say
from draftedit.engine.base.texts import row_count
from draftedit.engine.outside.foreign_keys import part_of
from draftedit.engine.outside.incoming_references import Reference, graph_of
from draftedit.engine.outside.search import MOST, referring
from draftedit.engine.outside.unseen import hides_rows
from draftedit.engine.saving.save_run import SaveRun
from draftedit.engine.schema.model import Part


def refuse_lost(work: SaveRun) -> None:
    """Raise Refused, with the table and the number of rows, if a save would empty them.

    The database is queried only if a unique value changes: others cannot be referred
    to.
    """
    parts = work.target.tables.values()
    problems = [one for part in parts for one in _problems(work, part)]
    if problems:
        raise Refused(*problems)


def _problems(work: SaveRun, part: Part) -> Iterator[Problem]:
    unique = {name for names in part.uniques for name in names}
    rows = work.plan.changed[part.name]
    changed = {row.key: unique.intersection(row.changed_fields()) for row in rows}
    if not any(changed.values()):
        return
    graph = graph_of(work.dbsession, work.target)
    for one in graph.to(work.dbsession.connection(), part.live):
        names = set(one.referred_columns)
        keys = [key for key, given in changed.items() if given & names]
        if one.is_lost and part_of(work.target, one.table.table) is None:
            yield from _of_reference(work, part, one, keys)
            if keys and hides_rows(work.dbsession, graph, one.table):
                yield Problem(
                    _hidden(one), part.name, keys[0], one.referred_columns[-1]
                )


def _hidden(reference: Reference) -> str:
    name = reference.table.name
    return say("references-unseen", table=name, same_table=name)


def _of_reference(
    work: SaveRun, part: Part, reference: Reference, keys: list[Key]
) -> Iterator[Problem]:
    fields = [part.fields[name] for name in part.key]
    found = referring(
        work.dbsession, part.live, fields, keys, reference, MOST, lock=False
    )
    counts: dict[Key, int] = {}
    for _, key in found:
        counts[key] = counts.get(key, 0) + 1
    for key, count in counts.items():
        message = say(
            "reference-would-be-lost", table=reference.table.name, rows=row_count(count)
        )
        yield Problem(message, part.name, key, reference.referred_columns[-1])
