"""State shared by the stages of one save while they write."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy.orm import Session

from draftedit.engine.base.errors import Consequence, Key, Problem, Refused
from draftedit.engine.base.messages import say
from draftedit.engine.dialects import backend_of
from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.reading.rows import Row
from draftedit.engine.saving.plan import Plan
from draftedit.engine.saving.revision import Revision
from draftedit.engine.saving.three_way import LiveRows
from draftedit.engine.schema.model import Field, Part
from draftedit.engine.schema.tables import Tables

if TYPE_CHECKING:
    from draftedit.engine.outside.search import Affected

FLUSHES = 100  # after so many, SQLAlchemy itself gives up

Values = dict[str, Any]


class Keys:
    """The real keys of rows that had draft-made ones, as they become known."""

    def __init__(self) -> None:
        """Begin without keys."""
        self.counted: dict[tuple[str, Any], Any] = {}
        self.made: dict[tuple[str, Any], Any] = {}

    def learn(self, part: Part, draft_made: Key, real: Key) -> None:
        """Record the number that the database gave to a new row."""
        name = part.generated_key
        if name is not None:
            at = part.key.index(name)
            self.counted[part.name, draft_made[at]] = real[at]
            self.made[part.name, real[at]] = draft_made[at]

    def value(self, field: Field, value: Any) -> Any:
        """Return the live value of a draft's value, with draft-made keys replaced."""
        if field.made_by_draft is None:  # and it may be JSON, which is not hashable
            return value
        return self.counted.get((field.made_by_draft, value), value)

    def real(self, part: Part, key: Key) -> Key:
        """Return the real key of a row of the draft."""
        pairs = zip(part.key, key, strict=True)
        return tuple(self.value(part.fields[name], value) for name, value in pairs)

    def of_draft(self, part: Part, key: Key) -> Key:
        """Return the draft's key of a row that is live now."""
        fields = (part.fields[name] for name in part.key)
        return tuple(
            self.made.get((str(field.made_by_draft), value), value)
            for field, value in zip(fields, key, strict=True)
        )


class NoPlaceholder(Exception):
    """No placeholder is at hand: the save must be tried again row by row."""


class Cursor(NamedTuple):
    """What is being written, to locate an error of the database.

    `deleting`: the row with the key `key` of the live table, else `row` of the draft.
    """

    table: str | None = None
    key: Key | None = None
    row: Row | None = None
    deleting: bool = False


@dataclass(frozen=True)
class DeferredReferences:
    """References of a new row to rows that are inserted after it."""

    part: Part
    row: Row
    fields: list[str]


class SaveRun:
    """One attempt to write a plan; `one_by_one` flushes after each row.

    `doomed` are the keys of the rows to be deleted, by table, and `early` those of them
    that had to go before the others; `parked` the values that parked rows must get
    back; `aside` the rows that wait outside their table; `archived` the rows that
    history has already; `own` the instances that the save itself is writing, by
    identity: history has them, or gets them from the stage; `inserted` the tables done;
    `affected` are the rows outside the object, and `returned` those restored there.
    """

    def __init__(
        self,
        rows: DraftRows,
        tables: Tables,
        plan: Plan,
        live: LiveRows,
        revision: Revision,
        one_by_one: bool,
    ) -> None:
        """Prepare to write `plan` as `revision`."""
        self.rows = rows
        self.dbsession: Session = rows.dbsession
        self.dialect = rows.dbsession.get_bind().dialect
        self.backend = backend_of(rows.dbsession.get_bind())
        self.target = rows.target
        self.tables = tables
        self.plan = plan
        self.live = live
        self.revision = revision
        self.one_by_one = one_by_one
        self.keys = Keys()
        self.at = Cursor()
        self.doomed: dict[str, list[Key]] = {}
        self.early: set[tuple[str, Key]] = set()
        self.parked: dict[tuple[str, Key], Values] = {}
        self.aside: dict[str, list[Key]] = {}
        self.archived: set[tuple[str, Key]] = set()
        self.own: dict[int, Any] = {}
        self.inserted: set[str] = set()
        self.waiting: list[DeferredReferences] = []
        self.affected: Affected | None = None
        self.returned: list[Consequence] = []
        self._new_values: dict[tuple[str, str], frozenset[Any]] = {}

    def new_values(self, table: str, column: str) -> frozenset[Any]:
        """Return the values that new rows of a table have in a column."""
        if (table, column) not in self._new_values:
            values = (row.values.get(column) for row in self.plan.new[table])
            self._new_values[table, column] = frozenset(values)
        return self._new_values[table, column]

    def left_to_delete(self, table: str) -> list[Key]:
        """Return the keys of the rows to be deleted that still exist."""
        return [key for key in self.doomed[table] if (table, key) not in self.early]

    def park(self, part: Part, key: Key, values: Values) -> None:
        """Record the columns of a row whose values are to be given back."""
        self.parked.setdefault((part.name, key), {}).update(values)

    def must_wait(self, field: Field, value: Any) -> bool:
        """Return whether a reference is to a row that does not exist yet.

        The row is new, or set aside. For references that are never NULL, the order of
        the tables is enough.
        """
        other = str(field.references)
        if value is None or other not in self.target.tables or other in self.inserted:
            return False
        referred = str(field.referred)
        rows = (self.live[other][key] for key in self.aside.get(other, ()))
        return value in self.new_values(other, referred) or any(
            row[referred] == value for row in rows
        )

    def wrote_row(self) -> None:
        """Flush one row to locate errors, or if the driver does not count batches."""
        if self.one_by_one or not self.dialect.supports_sane_multi_rowcount:
            self.dbsession.flush()  # an error, or a row not written, is about this row

    def settle(self) -> None:
        """End a stage: flush, with what the host's events add, and expire instances.

        A collection loaded before a move would delete the moved row with its old
        parent; what an event has changed since the flush would be lost by expiring.
        """
        for _ in range(FLUSHES):
            self.dbsession.flush()
            if not self._is_changed():
                self.own.clear()
                self.dbsession.expire_all()
                return
        raise Refused(Problem(say("events-never-end")))

    def _is_changed(self) -> bool:
        dbsession = self.dbsession
        return bool(dbsession.new or dbsession.dirty or dbsession.deleted)
