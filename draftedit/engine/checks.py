"""A host's own checks: what they read a draft with, and what becomes of their finds.

Rows in, problems out; a check costs what the draft has changed, never the object.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from draftedit.engine.changes import (
    Change,
    Touched,
    change_of,
    changed_rows,
    touched_rows,
)
from draftedit.engine.draft_rows import DraftRows
from draftedit.engine.errors import Key, Problem, Refused, Unknown
from draftedit.engine.listing import Query
from draftedit.engine.referring import referring
from draftedit.engine.rows import Row

PAGE = 500  # rows read at once


@dataclass(frozen=True)
class Note:
    """Something worth telling beside problems; it stops no save."""

    message: str
    table: str | None = None
    key: Key | None = None
    field: str | None = None


@dataclass(frozen=True)
class DraftRow:
    """One row in sight, as the draft has it.

    `values` are Python's, as the columns give them; `key` is spelled as problems and
    operations name it. `changed`: the fields that the draft gave other values, all of
    them where the row is new.
    """

    table: str
    key: Key
    values: Mapping[str, Any]
    is_new: bool = False
    changed: frozenset[str] = frozenset()

    def problem(self, message: str, field: str | None = None) -> Problem:
        """Say what is wrong with this row, or with one field of it."""
        return Problem(message, self.table, self.key, field)


class DraftReader:
    """What a draft changes, and the rows around that: read only, and only on demand."""

    def __init__(self, rows: DraftRows, touched: Touched | None = None) -> None:
        """Read the rows of one draft; `touched`: where these have been read already."""
        self._rows = rows
        self._touched = touched

    @cached_property
    def changes(self) -> Sequence[Change]:
        """The net changes, values encoded; `changed` has the rows themselves."""
        return tuple(map(change_of, self._changed_rows))

    @cached_property
    def _changed_rows(self) -> list[Row]:
        touched = touched_rows(self._rows) if self._touched is None else self._touched
        return changed_rows(self._rows, touched)

    def changed(self, table: str, *fields: str) -> Iterator[DraftRow]:
        """Yield the rows in sight that are new, or changed in one of `fields` (any)."""
        for row in self._changed_rows:
            if row.table != table or row.gone:
                continue
            changed = row.changed_fields()
            if not fields or row.is_new or not changed.keys().isdisjoint(fields):
                yield self._seen(row)

    def row(self, table: str, key: Any) -> DraftRow | None:
        """Return the row of that key (a tuple, or its one column), if it is in sight.

        Raises Unknown for a table that is none of the target's.
        """
        found = self._rows.find(table, self._key(table, key))
        if found is None or not self._is_in_sight(found):
            return None
        return self._seen(found)

    def rows(self, table: str, parent: Any = None) -> Iterator[DraftRow]:
        """Yield the rows below one parent in their order, or all rows of the table.

        Read page by page, as they are asked for: it costs the rows that are taken.
        """
        above = self._rows.part(table).parent
        key = self._key(above, parent) if above and parent is not None else None
        query = Query(table, key, limit=PAGE)
        while True:
            page = self._rows.page(query)
            yield from map(self._seen, page.rows)
            if page.next is None:
                return
            query = replace(query, after=page.next)

    def referring(self, table: str, field: str, value: Any) -> Iterator[DraftRow]:
        """Yield the rows whose reference `field` has that value (or key of one column).

        It costs those rows and what the draft has touched in their table, where the
        live column has an index. Raises Unknown for what is no reference.
        """
        part = self._rows.part(table)
        [wanted] = value if isinstance(value, tuple | list) else [value]
        for row in referring(self._rows, part, field, wanted):
            if self._is_in_sight(row):
                yield self._seen(row)

    def _key(self, table: str, key: Any) -> Key:
        columns = key if isinstance(key, tuple | list) else (key,)
        return self._rows.key(self._rows.part(table), columns)

    def _is_in_sight(self, row: Row) -> bool:
        """Tell whether the row is this object's, and in sight."""
        try:
            return self._rows.in_sight(row)
        except Unknown:
            return False

    def _seen(self, row: Row) -> DraftRow:
        values = self._rows.part(row.table).decode(row.values)
        changed = row.values if row.is_new else row.changed_fields()
        return DraftRow(row.table, row.key, values, row.is_new, frozenset(changed))


Check = Callable[[DraftReader], Iterable[Problem]]
Notes = Callable[[DraftReader], Iterable[Note]]


class RefusedByHost(Refused):
    """The host's own checks refuse the draft: all their problems together."""


def validate(rows: DraftRows, touched: Touched) -> None:
    """Let the host look at the draft before it is written. Raises RefusedByHost."""
    reader = DraftReader(rows, touched)
    problems = [one for check in rows.target.checks for one in check(reader)]
    if problems:
        raise RefusedByHost(*problems)


def notes(rows: DraftRows) -> list[Note]:
    """Return what the host has to say about the draft besides."""
    reader = DraftReader(rows)
    return [note for tell in rows.target.notes for note in tell(reader)]
