"""Association rows: deleted before parking, inserted with new rows, without the ORM.

No other row takes over their identity, so they need not be parked.
"""

import sqlalchemy as sa

from draftedit.engine.reading.lifetimes import is_written
from draftedit.engine.reading.live import bound_row, chunks, has_key
from draftedit.engine.reading.rows import Row
from draftedit.engine.saving import row_counts
from draftedit.engine.saving.outside import refusing_unseen, take_along
from draftedit.engine.saving.save_run import Cursor, SaveRun
from draftedit.engine.schema.model import Part


def delete_links(work: SaveRun) -> None:
    """Delete association rows before their ends, and those that are changed."""
    for name, part in work.target.tables.items():
        if part.is_link:
            take_along(work, name)
            changed = [row.key for row in work.plan.changed[name]]
            for chunk in chunks([*work.doomed[name], *changed]):
                deleted = sa.delete(part.live).where(has_key(part, chunk))
                with refusing_unseen(work, part, chunk):
                    row_counts.execute(work.dbsession, deleted, part, chunk)


def insert_links(work: SaveRun, part: Part, links: list[Row]) -> None:
    """Insert association rows, now that both their ends exist."""
    for row in links:
        work.at = Cursor(part.name, row.key, row)
        came_back = row.restores is not None
        values = {
            name: work.keys.value(part.fields[name], value)
            for name, value in row.values.items()
            if name not in row.omitted and is_written(part.fields[name], came_back)
        }
        values = bound_row(part, values)
        inserted = sa.insert(part.live).values(values)
        row_counts.execute(work.dbsession, inserted, part, [row.key])
