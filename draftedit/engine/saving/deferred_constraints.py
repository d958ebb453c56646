"""Check deferred constraints before COMMIT so errors name the row and field."""

from collections.abc import Iterator

import sqlalchemy as sa

from draftedit.engine.base.errors import Problem, Refused
from draftedit.engine.base.messages import say
from draftedit.engine.reading.live import chunks, encoded_key, has_key
from draftedit.engine.saving.outside_blockers import find_left_behind
from draftedit.engine.saving.save_run import Cursor, SaveRun
from draftedit.engine.schema.model import Part

MISSING = say("reference-broken")


def check_deferred(work: SaveRun) -> None:
    """Raise Refused for references to nothing; let the database look at the rest."""
    problems = [
        problem
        for part in work.target.tables.values()
        for constraint in part.live.foreign_key_constraints
        if (constraint.initially or "").upper() == "DEFERRED"
        for problem in _missing(work, part, constraint)
    ]
    problems += find_left_behind(work)
    if problems:
        raise Refused(*problems)
    work.at = Cursor()
    if work.backend.check_deferred is not None:
        work.dbsession.execute(sa.text(work.backend.check_deferred))


def _missing(
    work: SaveRun, part: Part, constraint: sa.ForeignKeyConstraint
) -> Iterator[Problem]:
    """Return a problem for each row that the save wrote and that refers to nothing.

    SQLite's only own check before COMMIT reads whole tables.
    """
    other = constraint.referred_table.alias()
    pairs = [(key.parent, other.c[key.column.name]) for key in constraint.elements]
    written = {
        work.keys.real(part, row.key): row.key
        for row in (*work.plan.new[part.name], *work.plan.changed[part.name])
    }
    found = sa.and_(*(here == there for here, there in pairs))
    for chunk in chunks(written):
        wanted = (
            sa.select(*(part.fields[name].read() for name in part.key))
            .select_from(part.live.outerjoin(other, found))
            .where(has_key(part, chunk), pairs[0][1].is_(None))
            .where(*(here.is_not(None) for here, _ in pairs))
        )
        for record in work.dbsession.execute(wanted):
            key = written[encoded_key(part, record)]
            yield Problem(MISSING, part.name, key, pairs[-1][0].name)
