"""The contract of operations, as a test that a host calls for its own.

    from draftedit.testing import check_operation, check_refusal

    def test_discount(dbsession):
        edit = drafts.open(dbsession, Order, 42, owner="a test")
        check_operation(edit, Discount(percent=10))

    def test_discount_of_more_than_everything(dbsession):
        edit = drafts.open(dbsession, Order, 42, owner="a test")
        check_refusal(edit, Discount(percent=110))

An operation that holds to it can be undone and redone, kept in the journal, sent as
JSON and put in a batch; pages describe it, and a rebase replays it. Register it first,
with `drafts.operation`, and make it of values that JSON has, as a caller would. Both
functions need no pytest, leave the draft as the operation leaves it, and do not commit.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from draftedit.engine.base.errors import Key, Refused
from draftedit.engine.draft.changes import changes, touched_rows
from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.operations import Batch, Operation, Rekey, Set, from_json
from draftedit.engine.reading.change import Change
from draftedit.engine.reading.rows import Row
from draftedit.engine.values.codecs import canonical, same
from draftedit.service.results import Applied
from draftedit.service.session import EditSession

_PLACE = re.compile(r"\$\{(\w+)\}")


class BrokenContract(AssertionError):
    """The operation does not do what every operation must do."""


@dataclass(frozen=True)
class _State:
    """The tables of a draft: the touched rows, and the changes a save would write."""

    rows: dict[tuple[str, Key], Row]
    changes: list[Change]


def check_operation(edit: EditSession, operation: Operation) -> Applied:
    """Apply an operation that has an effect; raise BrokenContract if it misbehaves.

    Checked: the outcome reports the change and every touched row; the inverse restores
    every row exactly; the inverse's inverse gives the state after it again; operation
    and inverse survive JSON, as callers send it and as the journal stores it; in a
    batch that is refused it changes nothing.
    """
    before = _state(edit)
    given = _spelled(operation, "operation")
    _check_in_refused_batch(edit, operation)
    replayed = _replayed(edit, operation)
    outcome = edit.apply(operation)
    if outcome.operation is None or outcome.inverse is None:
        raise BrokenContract("It has no effect: choose one that has, for this test.")
    after = _state(edit)
    _expect(given == _spelled(operation, "operation"), "Applying it changed itself.")
    _check_json(edit, operation, stored=False)
    for one in (outcome.operation, outcome.inverse):
        _check_json(edit, one, stored=True)
    _check_reported(outcome, before, after)
    for _ in range(2):
        edit.undo()
        _check_back(before, _state(edit))
        edit.redo()
        _expect(_state(edit) == after, "Redone, the draft differs from the first time.")
    _expect(replayed == after, "Its intent does something else on the same rows.")
    _check_rows(outcome)
    _check_positions(edit, outcome.operation, before, after)
    _check_fields(outcome.operation)
    _check_description(edit, outcome.operation, outcome.inverse)
    _check_schema(operation)
    return outcome


def check_refusal(edit: EditSession, operation: Operation) -> Refused:
    """Apply an operation that must be refused without changes; return the refusal."""
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
    """Check that a batch takes the operation back if the next one is refused."""
    refused = Set(edit.target.name, edit.root, {"": None})
    check_refusal(edit, Batch((operation, refused)))


def _check_reported(outcome: Applied, before: _State, after: _State) -> None:
    reported = {(row.table, row.key) for row in outcome.rows}
    written = {key for key, row in after.rows.items() if before.rows.get(key) != row}
    _expect(
        reported >= written,
        f"It wrote rows that it did not report: {written - reported}.",
    )


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


def _replayed(edit: EditSession, operation: Operation) -> _State | None:
    """Return the draft as a replay would leave it; None if there is none."""
    with edit.dbsession.begin_nested() as savepoint:
        done = edit.fork().apply(operation).operation
        savepoint.rollback()
    intent = None if done is None else done.intent()
    if intent is None:
        return None
    again = intent.intent()
    is_one = again is not None and again.to_json() == intent.to_json()
    _expect(is_one, "The intent of its intent is another.")
    with edit.dbsession.begin_nested() as savepoint:
        copy = edit.fork()
        copy.apply(intent)
        state = _state(copy)
        savepoint.rollback()
    return state


def _check_rows(outcome: Applied) -> None:
    operations = [one for one in (outcome.operation, outcome.inverse) if one]
    touched = {(row.table, row.key) for row in outcome.rows}
    strange = {row for one in operations for row in one.rows()} - touched
    _expect(not strange, f"It names rows that it did not touch: {strange}.")


def _check_positions(
    edit: EditSession, operation: Operation, before: _State, after: _State
) -> None:
    """Check that moved rows are in `positions`: a rebase has no conflict for others."""
    moved = {key for key, row in after.rows.items() if _is_moved(edit, before, row)}
    silent = moved - operation.positions().keys() - _rekeyed(operation)
    _expect(not silent, f"It moved rows that its positions do not have: {silent}.")


def _is_moved(edit: EditSession, before: _State, row: Row) -> bool:
    """Return whether the operation has put a row elsewhere that was in sight."""
    part = edit.target.tables[row.table]
    names = {*part.parent_fields, *([part.order] if part.order else [])}
    moved = names & row.changed_fields().keys()
    if row.is_new or row.gone or not moved:
        return False
    known = before.rows.get((row.table, row.key))
    if known is None:
        return True
    return not known.gone and any(
        not same(row.values[name], known.values[name]) for name in names
    )


def _rekeyed(operation: Operation) -> set[tuple[str, Key]]:
    """Return the rows that only made room for others."""
    if isinstance(operation, Rekey):
        return {(operation.table, key) for key, _place in operation.places}
    members = operation.members() or ()
    return {row for one in members for row in _rekeyed(one)}


def _check_fields(operation: Operation) -> None:
    for name in operation.fields():
        rest = operation.without({name})
        left = () if rest is None else rest.fields()
        _expect(name not in left, f"Without {name}, it gives {name} a value.")


def _check_description(
    edit: EditSession, operation: Operation, inverse: Operation
) -> None:
    said = [operation.describe(inverse), operation.describe(), operation.summary(2)]
    for one in said:
        if one is not None:
            missing = set(_PLACE.findall(one.message)) - one.params.keys()
            _expect(not missing, f"“{one.message}” is not given {missing}.")
            named = {getattr(param, "table", None) for param in one.params.values()}
            strange = named - {None, *edit.target.tables}
            _expect(not strange, f"What is said of it names no table: {strange}.")
    _expect(bool(operation.title()), "Statistics have no title for it.")


def _check_schema(operation: Operation) -> None:
    schema, data = operation.schema(), operation.to_json()
    members = schema["properties"]
    _expect(members["op"] == {"const": operation.op}, "Its schema has another name.")
    missing = set(schema["required"]) - data.keys()
    _expect(not missing, f"Its schema requires what it does not have: {missing}.")
    if schema.get("additionalProperties") is False:
        strange = data.keys() - members.keys()
        _expect(not strange, f"Its schema does not know {strange}.")


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
