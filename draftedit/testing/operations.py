"""The contract of operations, as a test that a host calls for its own.

    from draftedit.testing import check_operation, check_refusal

    def test_discount(dbsession):
        edit = drafts.open(dbsession, Order, 42, owner="a test")
        check_operation(edit, Discount(percent=10))

    def test_discount_of_more_than_everything(dbsession):
        edit = drafts.open(dbsession, Order, 42, owner="a test")
        check_refusal(edit, Discount(percent=110))

An operation that holds to it can be undone and redone, kept in the journal, sent as
JSON and put in a batch. Register it first, with `drafts.operation`, and make it of
values that JSON has, as a caller would. Both functions need no pytest, leave the draft
as the operation leaves it, and commit nothing.
"""

import json
from dataclasses import dataclass
from typing import Any

from draftedit.editing import EditSession
from draftedit.engine.changes import Change, changes, touched_rows
from draftedit.engine.draft_rows import DraftRows
from draftedit.engine.errors import Key, Refused
from draftedit.engine.operations import Batch, Operation, Set, from_json
from draftedit.engine.rows import Row
from draftedit.engine.values import canonical, same
from draftedit.outcomes import Outcome


class BrokenContract(AssertionError):
    """The operation does not do what every operation must do."""


@dataclass(frozen=True)
class _State:
    """A draft as its tables have it: the touched rows, and what save would write."""

    rows: dict[tuple[str, Key], Row]
    changes: list[Change]


def check_operation(edit: EditSession, operation: Operation) -> Outcome:
    """Apply an operation that has an effect; raise BrokenContract if it misbehaves.

    What is checked: applying it tells what was done, and all it touched; the inverse
    brings every row back exactly; the inverse's inverse gives the state after again;
    operation and inverse survive JSON, as callers send it and as the journal keeps it;
    in a batch that is refused it changes nothing.
    """
    before = _state(edit)
    given = _spelled(operation, "operation")
    _check_in_refused_batch(edit, operation)
    outcome = edit.apply(operation)
    if outcome.operation is None or outcome.inverse is None:
        raise BrokenContract("It has no effect: choose one that has, for this test.")
    after = _state(edit)
    _expect(given == _spelled(operation, "operation"), "Applying it changed itself.")
    _check_json(edit, operation, stored=False)
    for one in (outcome.operation, outcome.inverse):
        _check_json(edit, one, stored=True)
    _check_told(outcome, before, after)
    for _ in range(2):
        edit.undo()
        _check_back(before, _state(edit))
        edit.redo()
        _expect(_state(edit) == after, "Redone, the draft differs from the first time.")
    return outcome


def check_refusal(edit: EditSession, operation: Operation) -> Refused:
    """Apply an operation that must be refused, and nothing changed; return why."""
    before, version = _state(edit), edit.info.version
    try:
        edit.apply(operation)
    except Refused as refusal:
        _expect(_state(edit) == before, "Refused, it changed rows nevertheless.")
        _expect(edit.info.version == version, "Refused, it made a new version.")
        return refusal
    raise BrokenContract("It was not refused.")


def _state(edit: EditSession) -> _State:
    info = edit.info
    rows = DraftRows(edit.dbsession, edit.target, edit.root, info.key, as_of=info.base)
    touched = touched_rows(rows).values()
    found = {(row.table, row.key): row for part in touched for row in part}
    return _State(found, changes(rows))


def _check_in_refused_batch(edit: EditSession, operation: Operation) -> None:
    """See that a batch takes the operation back when the next one is refused."""
    refused = Set(edit.target.name, edit.root, {"": None})
    check_refusal(edit, Batch((operation, refused)))


def _check_told(outcome: Outcome, before: _State, after: _State) -> None:
    told = {(row.table, row.key) for row in outcome.rows}
    written = {key for key, row in after.rows.items() if before.rows.get(key) != row}
    _expect(told >= written, f"It wrote rows that it did not tell: {written - told}.")


def _check_back(before: _State, now: _State) -> None:
    for key, row in now.rows.items():
        known = before.rows.get(key)
        if known is not None:
            _expect(row == known, f"Undone, {key} is {row}; it was {known}.")
        elif row.is_new:
            _expect(row.gone, f"Undone, the new {key} is there still.")
        else:
            is_same = not row.gone and same(row.values, row.origin)
            _expect(is_same, f"Undone, {key} differs from what it was.")
    _expect(now.changes == before.changes, "Undone, the draft changes something else.")


def _check_json(edit: EditSession, operation: Operation, stored: bool) -> None:
    spelled = _spelled(operation, "operation")
    again = from_json(json.loads(spelled), edit.operations, stored=stored)
    _expect(
        _spelled(again, "operation read back") == spelled,
        f"JSON does not bring it back: {spelled} became {canonical(again.to_json())}.",
    )


def _spelled(operation: Operation, what: str) -> str:
    data: Any = operation.to_json()
    try:
        return canonical(data)
    except TypeError as error:
        raise BrokenContract(f"The {what} is no JSON: {data!r}.") from error


def _expect(holds: bool, message: str) -> None:
    if not holds:
        raise BrokenContract(message)
