"""Deferred constraints speak in the save, by row and field, not at COMMIT."""

from collections.abc import Iterator

import sqlalchemy as sa

from draftedit.engine.errors import Problem, Refused
from draftedit.engine.saving.live import chunks, encoded_key, has_key
from draftedit.engine.saving.work import At, Work
from draftedit.engine.schema import Part

MISSING = "This refers to a row that is not there."


def check_deferred(work: Work) -> None:
    """Raise Refused for references to nothing; let PostgreSQL look at the rest."""
    problems = [
        problem
        for part in work.target.tables.values()
        for constraint in part.live.foreign_key_constraints
        if (constraint.initially or "").upper() == "DEFERRED"
        for problem in _missing(work, part, constraint)
    ]
    if problems:
        raise Refused(*problems)
    work.at = At()
    if work.dialect.name == "postgresql":
        work.dbsession.execute(sa.text("SET CONSTRAINTS ALL IMMEDIATE"))


def _missing(
    work: Work, part: Part, constraint: sa.ForeignKeyConstraint
) -> Iterator[Problem]:
    """Find the rows that the save wrote and that refer to nothing.

    SQLite has no other way to ask before COMMIT but to read whole tables.
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
