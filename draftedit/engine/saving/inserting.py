"""Stage 5: new rows, parents first; the database gives them their keys."""

from typing import Any

from draftedit.engine.rows import Row
from draftedit.engine.saving.archive import archive_inserted
from draftedit.engine.saving.host import key_of, new_instance, set_value
from draftedit.engine.saving.links import insert_links
from draftedit.engine.saving.revision import adopt
from draftedit.engine.saving.work import At, Waiting, Work
from draftedit.engine.schema import Field, Part


def insert(work: Work) -> None:
    """Insert the new rows, table by table."""
    for name in work.target.insert_order:
        part = work.target.tables[name]
        new = work.plan.new[name]
        if part.is_link:
            insert_links(work, part, [*new, *work.plan.changed[name]])
        elif new:
            _insert_level(work, part, new)
        work.inserted.add(name)
        archive_inserted(work, part, [work.keys.real(part, row.key) for row in new])
    # What is updated next may refer to any of these rows.
    work.settle()


def _insert_level(work: Work, part: Part, new: list[Row]) -> None:
    made = []
    for row in new:
        work.at = At(part.name, row.key, row)
        instance = _instance(work, part, row)
        work.own[id(instance)] = instance
        work.dbsession.add(instance)
        made.append((row, instance))
        work.wrote_row()
    # The rows of the next level name these as parents: their keys must be known.
    work.dbsession.flush()
    for row, instance in made:
        work.keys.learn(part, row.key, key_of(part, instance, work.dialect))
    if part is work.target.root and not work.revision.is_recorded:
        root = work.keys.real(part, work.rows.root)
        adopt(work.dbsession, work.tables, work.revision, root)


def _instance(work: Work, part: Part, row: Row) -> Any:
    """Make the host's instance of a new row, of exactly the columns it names."""
    instance = new_instance(part)
    later = []
    for name, value in row.values.items():
        field = part.fields[name]
        if name in row.omitted or not _is_given(part, field, row):
            continue
        if _must_wait(work, field, value):
            later.append(name)
            continue
        real = work.keys.value(field, value)
        set_value(part, row, instance, name, real, work.dialect)
    if later:
        work.waiting.append(Waiting(part, row, later))
    return instance


def _is_given(part: Part, field: Field, row: Row) -> bool:
    """Tell whether save names a column; a row that came back keeps its counted key."""
    if field.generated:
        return not part.is_draft_made(row.key)
    return not field.read_only


def _must_wait(work: Work, field: Field, value: Any) -> bool:
    """Tell whether a reference is to a new row that is not inserted yet.

    References that may not be NULL for the moment the order of the tables serves.
    """
    other = str(field.references)
    if value is None or other not in work.target.tables or other in work.inserted:
        return False
    return value in work.new_values(other, str(field.referred))
