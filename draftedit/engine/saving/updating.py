"""Stage "update": changed fields, and references that had to wait for a row."""

from sqlalchemy.orm.attributes import flag_modified

from draftedit.engine.saving.orm import instances, set_value
from draftedit.engine.saving.save_run import Cursor, SaveRun
from draftedit.engine.schema.model import Part


def update(work: SaveRun) -> None:
    """Write the fields that the draft has changed, and no others."""
    for name, part in work.target.tables.items():
        if not part.is_link and work.plan.changed[name]:
            _update_part(work, part)
    # Moved rows must have left their old parents before those are deleted.
    work.settle()


def _update_part(work: SaveRun, part: Part) -> None:
    changed = {row.key: row for row in work.plan.changed[part.name]}
    for key, instance in instances(work.dbsession, part, list(changed)):
        row = changed[key]
        work.own[id(instance)] = instance
        work.at = Cursor(part.name, key, row)
        draft = {
            name: value
            for name, (_, value) in row.changed_fields().items()
            if not part.fields[name].read_only
        }
        parked = work.parked.get((part.name, key), {})
        for name, value in (parked | draft).items():
            if name in row.omitted:
                continue  # a default, which comes last
            real = work.keys.value(part.fields[name], value)
            set_value(part, row, instance, name, real, work.dialect)
            if name in parked:
                # The value may be there already, and still counts as a change of the
                # row: for the host's events, and for counters in the database.
                flag_modified(instance, str(part.fields[name].attribute))
        work.wrote_row()


def connect(work: SaveRun) -> None:
    """Set references inside one table or a cycle, now that every row exists."""
    for part in work.target.tables.values():
        waiting = {
            work.keys.real(part, wait.row.key): wait
            for wait in work.waiting
            if wait.part is part
        }
        for key, instance in instances(work.dbsession, part, list(waiting)):
            wait = waiting[key]
            work.at = Cursor(part.name, wait.row.key, wait.row)
            for name in wait.fields:
                field = part.fields[name]
                value = work.keys.value(field, wait.row.values[name])
                set_value(part, wait.row, instance, name, value, work.dialect)
            work.wrote_row()
    # Rows that stay must not refer to rows that are deleted next.
    work.settle()
