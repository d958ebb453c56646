"""What the stages of one save share while they write."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from draftedit.engine.draft_rows import DraftRows
from draftedit.engine.errors import Key, Problem, Refused
from draftedit.engine.rows import Row
from draftedit.engine.saving.plan import Plan
from draftedit.engine.saving.revision import Revision
from draftedit.engine.saving.sides import LiveRows
from draftedit.engine.schema import Field, Part
from draftedit.engine.tables import Tables

FLUSHES = 100  # after so many, SQLAlchemy itself gives up

Values = dict[str, Any]


class Keys:
    """The real keys of rows that had draft-made ones, as they become known."""

    def __init__(self) -> None:
        """Know none yet."""
        self.counted: dict[tuple[str, Any], Any] = {}
        self.made: dict[tuple[str, Any], Any] = {}

    def learn(self, part: Part, draft_made: Key, real: Key) -> None:
        """Note the number that the database gave to a new row."""
        name = part.generated_key
        if name is not None:
            at = part.key.index(name)
            self.counted[part.name, draft_made[at]] = real[at]
            self.made[part.name, real[at]] = draft_made[at]

    def value(self, field: Field, value: Any) -> Any:
        """Return what stands for a value of the draft in live."""
        if field.made_by_draft is None:  # and it may be JSON, which cannot be looked up
            return value
        return self.counted.get((field.made_by_draft, value), value)

    def real(self, part: Part, key: Key) -> Key:
        """Return the real key of a row of the draft."""
        pairs = zip(part.key, key, strict=True)
        return tuple(self.value(part.fields[name], value) for name, value in pairs)

    def of_draft(self, part: Part, key: Key) -> Key:
        """Return the key by which the draft knows a row that is live now."""
        fields = (part.fields[name] for name in part.key)
        return tuple(
            self.made.get((str(field.made_by_draft), value), value)
            for field, value in zip(fields, key, strict=True)
        )


class At(NamedTuple):
    """What is being written: what an error of the database is about.

    `deleting`: the row with the key `key` of the live table, else `row` of the draft.
    """

    table: str | None = None
    key: Key | None = None
    row: Row | None = None
    deleting: bool = False


@dataclass(frozen=True)
class Waiting:
    """References of a new row to rows that are inserted after it."""

    part: Part
    row: Row
    fields: list[str]


class Work:
    """One attempt to write a plan; `one_by_one` flushes after each row.

    `doomed` are the keys of the rows to be deleted, by table; `parked` what parked
    rows must be given back; `archived` the rows that history has already; `own` the
    instances that the save itself is writing, by identity: history has them, or gets
    them from the stage; `inserted` the tables done.
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
        self.target = rows.target
        self.tables = tables
        self.plan = plan
        self.live = live
        self.revision = revision
        self.one_by_one = one_by_one
        self.keys = Keys()
        self.at = At()
        self.doomed: dict[str, list[Key]] = {}
        self.parked: dict[tuple[str, Key], Values] = {}
        self.archived: set[tuple[str, Key]] = set()
        self.own: dict[int, Any] = {}
        self.inserted: set[str] = set()
        self.waiting: list[Waiting] = []
        self._new_values: dict[tuple[str, str], frozenset[Any]] = {}

    def new_values(self, table: str, column: str) -> frozenset[Any]:
        """Return the values that new rows of a table have in a column."""
        if (table, column) not in self._new_values:
            values = (row.values.get(column) for row in self.plan.new[table])
            self._new_values[table, column] = frozenset(values)
        return self._new_values[table, column]

    def wrote_row(self) -> None:
        """Flush one row where errors are being looked for."""
        if self.one_by_one:
            self.dbsession.flush()  # an error is about this row

    def settle(self) -> None:
        """End a stage: flush, with what the host's events add, and expire all copies.

        A collection loaded before a move would take the moved row down with its old
        parent; what an event has changed since the flush would be lost by expiring.
        """
        for _ in range(FLUSHES):
            self.dbsession.flush()
            if not self._is_changed():
                self.own.clear()
                self.dbsession.expire_all()
                return
        raise Refused(Problem("The events of the models never come to an end."))

    def _is_changed(self) -> bool:
        dbsession = self.dbsession
        return bool(dbsession.new or dbsession.dirty or dbsession.deleted)
