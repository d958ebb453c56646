"""Run a host's own checks on a draft, and collect the problems they yield.

Rows in, problems out; a check costs what the draft has changed, never the object.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from draftedit.engine.base.errors import Key, Problem, Refused, Unknown
from draftedit.engine.base.messages import say
from draftedit.engine.draft.changes import (
    Touched,
    change_of,
    changed_rows,
    touched_rows,
)
from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.reading.change import Change
from draftedit.engine.reading.listing import Query
from draftedit.engine.reading.referrers import referring
from draftedit.engine.reading.rows import Row

log = logging.getLogger(__name__)

PAGE = 500  # rows read at once


@dataclass(frozen=True)
class DraftRow:
    """One row, neither deleted nor hidden, as the draft has it.

    `values` are Python's, as the columns return them; `key` is in the form of problems
    and operations. `changed`: the fields to which the draft gave other values, all of
    them if the row is new.
    """

    table: str
    key: Key
    values: Mapping[str, Any]
    is_new: bool = False
    changed: frozenset[str] = frozenset()

    def problem(self, message: str, field: str | None = None) -> Problem:
        """Return a problem about this row, or about one field of it."""
        return Problem(message, self.table, self.key, field)


class DraftReader:
    """Reader of a draft's changes and the rows around them: read-only and on demand."""

    def __init__(self, rows: DraftRows, touched: Touched | None = None) -> None:
        """Read the rows of one draft; `touched`: these, if already read."""
        self._rows = rows
        self._touched = touched

    @cached_property
    def changes(self) -> Sequence[Change]:
        """Return the net changes, values encoded; `changed` has the rows themselves."""
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

        Raises Unknown for a table that is not one of the target's.
        """
        found = self._rows.find(table, self._key(table, key))
        if found is None or not self._is_in_sight(found):
            return None
        return self._seen(found)

    def rows(self, table: str, parent: Any = None) -> Iterator[DraftRow]:
        """Yield the rows below one parent in their order, or all rows of the table.

        Read page by page, as they are consumed: it costs the rows that are taken.
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

        Costs those rows and what the draft has touched in their table, if the live
        column has an index. Raises Unknown for a field that is no reference.
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
        """Return whether the row belongs to this object and is in sight."""
        try:
            return self._rows.in_sight(row)
        except Unknown:
            return False

    def _seen(self, row: Row) -> DraftRow:
        values = self._rows.part(row.table).decode(row.values)
        changed = row.values if row.is_new else row.changed_fields()
        return DraftRow(row.table, row.key, values, row.is_new, frozenset(changed))


Check = Callable[[DraftReader], Iterable[Problem]]


class RefusedByHost(Refused):
    """The host's own checks refuse the draft: all their problems together."""


def validate(rows: DraftRows, touched: Touched) -> None:
    """Run the host's checks before the draft is written. Raises RefusedByHost."""
    reader = DraftReader(rows, touched)
    problems = [one for check in rows.target.checks for one in _found(check, reader)]
    if problems:
        raise RefusedByHost(*problems)


def _found(check: Check, reader: DraftReader) -> list[Problem]:
    """Return a check's problems; a check that fails yields a problem itself.

    One failing check must not hide the draft's other problems, nor may anything be
    saved unchecked. Failures of the database are raised.
    """
    try:
        return list(check(reader))
    except SQLAlchemyError:
        raise
    except Exception:  # because a host's code may raise anything
        log.exception("The check %s failed", name_of(check))
        message = say("check-failed", name=name_of(check))
        return [Problem(message)]


def name_of(code: Callable[..., Any]) -> str:
    """Return the name of a host's function."""
    return str(getattr(code, "__name__", code))
