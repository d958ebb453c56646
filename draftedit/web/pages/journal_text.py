"""The journal beside the editor: each operation in plain words, the way back to it.

“Rule 12 in input: destination ports 80 → 80, 443”: an operation describes itself, as
data, and this puts labels in its places and the user's language round them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from translationstring import TranslationString

from draftedit.engine.base.errors import BadOperation
from draftedit.engine.base.paging import write_cursor
from draftedit.engine.journal.journal import Entry
from draftedit.engine.operations import Operation, UnknownOperation, from_json
from draftedit.engine.operations.base import as_key
from draftedit.engine.operations.description import (
    Description,
    NamedParent,
    NamedPart,
    NamedRow,
    Nested,
    ValueText,
)
from draftedit.service.session import EditSession
from draftedit.web.pages.formatting import FormattedValue
from draftedit.web.pages.labels import Labels

STEPS = 15


@dataclass(frozen=True)
class ChangedField:
    """One field, before and after; no `before` where only the wish is known."""

    label: str
    before: FormattedValue | None
    after: FormattedValue

    def __str__(self) -> str:
        """Say it in a sentence."""
        before = f" {self.before}" if self.before is not None else ""
        return f"{self.label}{before} → {self.after}"


@dataclass(frozen=True)
class Described:
    """What an operation does: a sentence, and for a `set` what it changes."""

    text: str
    changes: Sequence[ChangedField] = ()

    def __str__(self) -> str:
        """Say all of it."""
        if not self.changes:
            return self.text
        return f"{self.text}: {', '.join(map(str, self.changes))}"


def describe(
    operation: Operation, inverse: Operation | None, names: Labels
) -> Described:
    """Say what an operation did; the inverse knows what was there before.

    It is called by its name if it is about a table that is no longer there.
    """
    description = operation.describe(inverse)
    if not names.target.tables.keys() >= set(_tables(description)):
        return Described(description.op or operation.op)
    return Described(_text(description, names), _changes(description.values, names))


def _tables(description: Description) -> Iterator[str]:
    """Yield the tables that must be there; nested operations are looked at later."""
    if description.values is not None:
        yield description.values.table
    for value in description.params.values():
        if isinstance(value, NamedRow | NamedParent | NamedPart):
            yield value.table
        elif isinstance(value, Description):
            yield from _tables(value)


def _text(description: Description, names: Labels) -> str:
    """Translate the message; a noun is small unless it begins the sentence."""
    message, mapping = description.message, {}
    for name, value in description.params.items():
        text = _param(value, names)
        begins = message.startswith(f"${{{name}}}")
        is_noun = isinstance(value, NamedRow | NamedParent | NamedPart)
        mapping[name] = names.small(text) if is_noun and not begins else text
    return names.translate(TranslationString(message, mapping=mapping))


def _param(value: Any, names: Labels) -> str:
    if isinstance(value, NamedRow):
        return _row(value, names)
    if isinstance(value, NamedParent):
        parent = names.target.tables[value.table].parent
        return names.by_key(str(parent), as_key(value.key))
    if isinstance(value, NamedPart):
        return names.parts(value.table)
    if isinstance(value, Nested):
        return "; ".join(str(describe(*pair, names)) for pair in value.pairs)
    if isinstance(value, Description):
        return _text(value, names)
    return str(value)


def _row(row: NamedRow, names: Labels) -> str:
    if row.values is None:
        key = as_key(row.key)
    else:
        key = tuple(map(row.values.get, names.target.tables[row.table].key))
    return (names.located if row.placed else names.by_key)(row.table, key)


def _changes(values: ValueText | None, names: Labels) -> list[ChangedField]:
    if values is None:
        return []
    fields, before = names.target.tables[values.table].fields, values.before
    return [
        ChangedField(
            names.small(names.field(fields[name])),
            None if before is None else names.value(fields[name], before.get(name)),
            names.value(fields[name], value),
        )
        for name, value in values.after.items()
        if name in fields
    ]


@dataclass(frozen=True)
class JournalEntry:
    """One entry; `here`: the last one done."""

    sequence: int
    done: bool
    here: bool
    described: Described
    at: object


@dataclass(frozen=True)
class StepText:
    """The newest steps, those that could be redone first; `next` where older ones are.

    `undo` and `redo` describe what the two buttons would do.
    """

    steps: Sequence[JournalEntry]
    next: str | None
    undo: Described | None
    redo: Described | None


def journal_text_of(
    edit: EditSession, names: Labels, after: str | None = None
) -> StepText:
    """Describe the newest steps, or those older than the cursor `after`."""
    info = edit.info
    listing = edit.journal(after=after, limit=STEPS, newest_first=True)
    steps = [_step(edit, entry, names) for entry in listing.items]
    described = {step.sequence: step.described for step in steps}
    return StepText(
        steps=steps,
        next=listing.next,
        undo=described.get(info.undo) or _describe_one(edit, info.undo, names),
        redo=described.get(info.undo + 1) or _describe_one(edit, info.undo + 1, names),
    )


def _step(edit: EditSession, entry: Entry, names: Labels) -> JournalEntry:
    return JournalEntry(
        sequence=entry.sequence,
        done=entry.done,
        here=entry.sequence == edit.info.undo,
        described=_describe_entry(edit, entry, names),
        at=entry.at,
    )


def _describe_one(edit: EditSession, sequence: int, names: Labels) -> Described | None:
    """Describe a step that is not among those shown; None if there is none."""
    info = edit.info
    if not 1 <= sequence <= info.undo + info.redo:
        return None
    cursor = write_cursor(sequence - 1) if sequence > 1 else None
    return _describe_entry(edit, edit.journal(after=cursor, limit=1).items[0], names)


def _describe_entry(edit: EditSession, entry: Entry, names: Labels) -> Described:
    operation, inverse = (
        read(data, edit.operations) for data in (entry.operation, entry.inverse)
    )
    return describe(operation, inverse, names)


def read(data: Mapping[str, Any], known: Mapping[str, type[Operation]]) -> Operation:
    """Read an operation of the journal, one that the host has given up, too."""
    try:
        return from_json(data, known, stored=True, otherwise=UnknownOperation)
    except BadOperation:
        return UnknownOperation(data)
