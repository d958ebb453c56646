"""Association rows: deleted in stage 4, inserted (again) in stage 5, without the ORM.

No other row takes over what identifies them, so they need not be parked.
"""

import sqlalchemy as sa

from draftedit.engine.rows import Row
from draftedit.engine.saving.live import bound_row, chunks, has_key
from draftedit.engine.saving.work import At, Work
from draftedit.engine.schema import Part


def delete_links(work: Work) -> None:
    """Delete association rows before their ends, and those that are changed."""
    for name, part in work.target.tables.items():
        if part.is_link:
            changed = [row.key for row in work.plan.changed[name]]
            for chunk in chunks([*work.doomed[name], *changed]):
                deleted = sa.delete(part.live).where(has_key(part, chunk))
                work.dbsession.execute(deleted)


def insert_links(work: Work, part: Part, links: list[Row]) -> None:
    """Insert association rows, now that both their ends are there."""
    for row in links:
        work.at = At(part.name, row.key, row)
        values = {
            name: work.keys.value(part.fields[name], value)
            for name, value in row.values.items()
            if name not in row.omitted and not part.fields[name].read_only
        }
        values = bound_row(part, values)
        work.dbsession.execute(sa.insert(part.live).values(values))
