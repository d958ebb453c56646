"""After the updates: columns that users do not set, in rows that reuse a key.

A restored row has its values from history, including those the host maintains, such as
version counters, which the ORM would restart. A row that takes the place of a deleted
one is written over it, as others may refer to its key; so the defaults of an insert are
set here.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from draftedit.engine.reading.lifetimes import NEVER, is_stored
from draftedit.engine.reading.live import bound, has_key
from draftedit.engine.reading.rows import Row
from draftedit.engine.saving import row_counts
from draftedit.engine.saving.save_run import Cursor, SaveRun
from draftedit.engine.schema.model import Field, Part


class _Insert:
    """The context of a default that reads the parameters of its statement."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.current_parameters = values

    def get_current_parameters(self, **_options: Any) -> dict[str, Any]:
        return self.current_parameters


def write_host_columns(work: SaveRun) -> None:
    """Write what the ORM would not, bypassing it: no validator knows these columns."""
    for name, part in work.target.tables.items():
        if part.is_link:
            continue  # those are inserted as they are
        for row in (*work.plan.new[name], *work.plan.changed[name]):
            if row.restores is None:
                continue
            values = dict(_values(work, part, row))
            if values:
                work.at = Cursor(name, row.key, row)
                written = sa.update(part.live).where(has_key(part, [row.key]))
                written = written.values(values)
                row_counts.execute(work.dbsession, written, part, [row.key])
    # The ORM's instances do not have these values.
    work.dbsession.expire_all()


def _values(work: SaveRun, part: Part, row: Row) -> Iterator[tuple[Any, Any]]:
    for name, field in part.fields.items():
        if not is_stored(field) or name in part.key:
            continue
        if name in row.omitted:
            # A new row that was inserted has its defaults.
            if not row.is_new and field.has_default:
                yield field.column, _default(work, part, field, row)
        elif field.read_only and not (_counts(part, field) and row.restores == NEVER):
            yield field.column, bound(field, row.values[name])


def _counts(part: Part, field: Field) -> bool:
    """Return whether the field counts versions: it continues from the replaced row.

    A program that holds the replaced row must get an error, not overwrite the new one.
    """
    return part.mapper is not None and part.mapper.version_id_col is field.column


def _default(work: SaveRun, part: Part, field: Field, row: Row) -> Any:
    default = field.column.default
    if isinstance(default, sa.Sequence) and work.dialect.supports_sequences:
        return default.next_value()
    if default is None or isinstance(default, sa.Sequence):
        return work.backend.default_of(work.dbsession.connection(), field.column)
    arg: Any = getattr(default, "arg", None)
    return arg(_Insert(part.decode(row.values))) if callable(arg) else arg
