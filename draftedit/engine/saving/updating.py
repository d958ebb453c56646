"""Stage 6: changed fields, and references that had to wait for the other row."""

from draftedit.engine.saving.host import instances, set_value
from draftedit.engine.saving.work import At, Work
from draftedit.engine.schema import Part


def update(work: Work) -> None:
    """Write the fields that the draft has changed, and no others."""
    for name, part in work.target.tables.items():
        if not part.is_link and work.plan.changed[name]:
            _update_part(work, part)
    # Moved rows must have left their old parents before those are deleted.
    work.settle()


def _update_part(work: Work, part: Part) -> None:
    changed = {row.key: row for row in work.plan.changed[part.name]}
    for key, instance in instances(work.dbsession, part, list(changed)):
        row = changed[key]
        work.own[id(instance)] = instance
        work.at = At(part.name, key, row)
        draft = {name: value for name, (_, value) in row.changed_fields().items()}
        values = work.parked.get((part.name, key), {}) | draft
        for name, value in values.items():
            real = work.keys.value(part.fields[name], value)
            set_value(part, row, instance, name, real, work.dialect)
        work.wrote_row()


def connect(work: Work) -> None:
    """Set references inside one table or a cycle, now that every row is there."""
    for part in work.target.tables.values():
        waiting = {
            work.keys.real(part, wait.row.key): wait
            for wait in work.waiting
            if wait.part is part
        }
        for key, instance in instances(work.dbsession, part, list(waiting)):
            wait = waiting[key]
            work.at = At(part.name, wait.row.key, wait.row)
            for name in wait.fields:
                field = part.fields[name]
                value = work.keys.value(field, wait.row.values[name])
                set_value(part, wait.row, instance, name, value, work.dialect)
            work.wrote_row()
    # Rows that are deleted next must not be referred to by rows that stay.
    work.settle()
