"""Stage "insert": new rows, parents first; the database generates their keys."""

from typing import Any

from draftedit.engine.reading.lifetimes import is_written
from draftedit.engine.reading.rows import Row
from draftedit.engine.saving.archive import archive_inserted
from draftedit.engine.saving.identity_override import overriding_identity
from draftedit.engine.saving.links import insert_links
from draftedit.engine.saving.orm import key_of, new_instance, set_value
from draftedit.engine.saving.revision import adopt
from draftedit.engine.saving.save_run import Cursor, DeferredReferences, SaveRun
from draftedit.engine.saving.set_aside import put_back
from draftedit.engine.schema.model import Field, Part


def insert(work: SaveRun) -> None:
    """Insert the new rows, table by table."""
    for name in work.target.insert_order:
        part = work.target.tables[name]
        new = work.plan.new[name]
        # First, as SQLite reuses the key of the last row if that is set aside.
        put_back(work, part)
        if part.is_link:
            insert_links(work, part, [*new, *work.plan.changed[name]])
        elif new:
            _insert_level(work, part, new)
        work.inserted.add(name)
        inserted = {work.keys.real(part, row.key): row.restores for row in new}
        archive_inserted(work, part, inserted, inserted)
    # Rows updated next may refer to any of these.
    work.settle()


def _insert_level(work: SaveRun, part: Part, new: list[Row]) -> None:
    made = []
    with overriding_identity(work, part, new):
        for row in new:
            work.at = Cursor(part.name, row.key, row)
            instance = _instance(work, part, row)
            work.own[id(instance)] = instance
            work.dbsession.add(instance)
            made.append((row, instance))
            work.wrote_row()
        # The rows of the next level need the keys of their parents.
        work.dbsession.flush()
    for row, instance in made:
        work.keys.learn(part, row.key, key_of(part, instance, work.dialect))
    if part is work.target.root and not work.revision.is_recorded:
        root = work.keys.real(part, work.rows.root)
        adopt(work.dbsession, work.tables, work.revision, root)


def _instance(work: SaveRun, part: Part, row: Row) -> Any:
    """Build the host's instance of a new row, with exactly the columns it names."""
    instance = new_instance(part)
    later = []
    for name, value in row.values.items():
        field = part.fields[name]
        if name in row.omitted or not _is_given(part, field, row):
            continue
        if work.must_wait(field, value):
            later.append(name)
            continue
        real = work.keys.value(field, value)
        set_value(part, row, instance, name, real, work.dialect)
    if later:
        work.waiting.append(DeferredReferences(part, row, later))
    return instance


def _is_given(part: Part, field: Field, row: Row) -> bool:
    """Return whether the save sets a column.

    A restored row keeps its autoincrement key, and the columns that the host maintains.
    """
    came_back = row.restores is not None
    if field.generated:
        return came_back or not part.is_draft_made(row.key)
    return field.attribute is not None and is_written(field, came_back)
