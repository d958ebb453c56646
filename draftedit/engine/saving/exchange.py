"""Find the rows of a save that give up a unique value, and those that take one."""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from draftedit.engine.base.errors import Key
from draftedit.engine.outside.incoming_references import graph_of
from draftedit.engine.reading.live import bound_row, has_key
from draftedit.engine.saving import row_counts
from draftedit.engine.saving.orm import instances
from draftedit.engine.saving.outside import refusing_unseen, take_along
from draftedit.engine.saving.save_run import Cursor, SaveRun, Values
from draftedit.engine.schema.model import Part
from draftedit.engine.schema.unique_keys import UniqueKey


@dataclass(frozen=True, eq=False)
class Exchange:
    """The rows of a save that are involved with one unique key.

    `changed` both give up and take, with the columns of the key that they change;
    `doomed` only give up; `new` only take.
    """

    part: Part
    key: UniqueKey
    changed: dict[Key, list[str]]
    doomed: list[Key]
    new: int

    @classmethod
    def of(cls, work: SaveRun, part: Part, key: UniqueKey) -> "Exchange":
        """Find the rows of a save that are involved with a key."""
        names = set(key.depends_on)
        changed = {
            row.key: given
            for row in work.plan.changed[part.name]
            if (given := [n for n in row.changed_fields() if n in names])
        }
        doomed = work.left_to_delete(part.name)
        return cls(part, key, changed, doomed, len(work.plan.new[part.name]))

    @property
    def is_in_the_way(self) -> bool:
        """Return whether a row takes a value while another row gives one up."""
        takers, givers = len(self.changed) + self.new, len(self.changed)
        givers += len(self.doomed)
        alone = takers == givers == len(self.changed) == 1
        return takers > 0 and givers > 0 and not alone

    def still_there(self, work: SaveRun) -> Iterator[Key]:
        """Yield the rows to be deleted, except those deleted early for another key."""
        for key in self.doomed:
            if (self.part.name, key) not in work.early:
                yield key

    def may_be_null(self, work: SaveRun, name: str) -> bool:
        """Return whether NULL in a column is unique among all rows.

        If other rows refer to the column, ON UPDATE CASCADE would empty these for good:
        they follow a value, but not NULL.
        """
        field = self.part.fields[name]
        return (
            field.nullable
            and self.key.nulls_differ
            and name in self.key.columns
            and field.column.computed is None
            and not _is_referred_to(work, self.part, name)
        )

    def hook(self, work: SaveRun, key: Key) -> Values:
        """Return the values that the host's `park` has a row take temporarily."""
        if work.target.park is None:
            return {}
        row = work.rows.find(self.part.name, key)
        return dict(work.target.park(self.part.name, row.values if row else {}))


def _is_referred_to(work: SaveRun, part: Part, name: str) -> bool:
    graph = graph_of(work.dbsession, work.target)
    to_part = graph.to(work.dbsession.connection(), part.live)
    return any(name in one.referred_columns for one in to_part)


def write(work: SaveRun, part: Part, key: Key, values: Values) -> None:
    """Write values bypassing the ORM."""
    statement = sa.update(part.live).where(has_key(part, [key]))
    written = statement.values(bound_row(part, values))
    row_counts.execute(work.dbsession, written, part, [key])


def delete_early(work: SaveRun, part: Part, keys: list[Key]) -> None:
    """Delete rows that cannot be parked, as one address that makes room for another.

    Before the others are inserted, one of which may get such a key: hence a flush of
    its own, and no deletion later.
    """
    take_along(work, part.name)
    with refusing_unseen(work, part, keys):
        for key, instance in instances(work.dbsession, part, keys):
            work.at = Cursor(part.name, key, deleting=True)
            work.dbsession.delete(instance)
            work.wrote_row()
        work.early.update((part.name, key) for key in keys)
        work.settle()
