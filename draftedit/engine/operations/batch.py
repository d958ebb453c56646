"""`batch`: several operations as one step, all or nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from translationstring import TranslationStringFactory

from draftedit.engine.base.errors import BadOperation, DraftError, Refused
from draftedit.engine.base.json_schema import TEXT, Schema, list_of, ref
from draftedit.engine.base.messages import say
from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.operations.base import (
    AnyKey,
    ApplyMode,
    Context,
    Done,
    Operation,
    read,
)
from draftedit.engine.operations.description import Description, Nested
from draftedit.engine.operations.json_reader import JsonReader, schema_of
from draftedit.engine.reading.revisions_since import RowId

_ = TranslationStringFactory("draftedit")

SHOWN = 3  # operations that are described; the rest is counted
DEEPEST = 20  # batches within batches that are read; each is a savepoint

REVERT = "Revert to revision {}"  # the label of a revert, which pages translate
_REVERT = re.compile(REVERT.format("([0-9]+)"))

Pair = tuple[Operation, Operation | None]


@dataclass(frozen=True)
class Batch(Operation):
    """Do `operations` in order; the inverse is the reversed list of their inverses."""

    op = "batch"
    operations: Sequence[Operation]
    label: str | None = None

    def apply(self, rows: DraftRows, mode: ApplyMode) -> Done | None:
        """Apply all, or none: a refusal names the index of the operation refused."""
        known, last_key, touched = dict(rows.known), rows.last_key, dict(rows.touched)
        try:
            with rows.dbsession.begin_nested():
                done = self._each(rows, mode)
        except DraftError:
            rows.known, rows.last_key, rows.touched = known, last_key, touched
            raise
        if not done:
            return None
        return Done(
            Batch(tuple(one.operation for one in done), self.label),
            Batch(tuple(one.inverse for one in reversed(done)), self.label),
        )

    def _each(self, rows: DraftRows, mode: ApplyMode) -> list[Done]:
        done = []
        for index, operation in enumerate(self.operations):
            try:
                one = operation.apply(rows, mode)
            except Refused as refusal:
                problems = (replace(p, operation=index) for p in refusal.problems)
                raise Refused(*problems) from refusal
            if one is not None:
                done.append(one)
                mode = replace(mode, names={**mode.names, **operation.names(one)})
        return done

    def rows(self) -> Sequence[RowId]:
        """Return the rows of all operations, each once."""
        return tuple(
            dict.fromkeys(row for one in self.operations for row in one.rows())
        )

    def table_name(self) -> None:
        """Return none: a batch may be about any."""

    def journal_label(self) -> str | None:
        """Return the label."""
        return self.label

    @classmethod
    def title(cls) -> str:
        """Return what statistics call it."""
        return _("Several at once")

    def describe(self, inverse: Operation | None = None) -> Description:
        """Return the label, or what its operations do; of many, a summary if it can.

        Those that only made room are left out beside what they made it for.
        """
        if self.label:
            return _labelled(self.label)
        pairs = [pair for pair in self._pairs(inverse) if pair[0].intent() is not None]
        if len(pairs) == 1:
            [(operation, back)] = pairs
            description = operation.describe(back)
            return replace(description, op=description.op or operation.op)
        if len(pairs) > SHOWN:
            return _summary(pairs) or Description(
                _("${told}; and ${more} more"),
                {"told": Nested(pairs[:SHOWN]), "more": len(pairs) - SHOWN},
            )
        return Description("${told}", {"told": Nested(pairs)})

    def _pairs(self, inverse: Operation | None) -> list[Pair]:
        """Pair each operation with its inverse; those stand the other way round."""
        inverses = inverse.operations if isinstance(inverse, Batch) else ()
        if len(inverses) != len(self.operations):
            return [(one, None) for one in self.operations]
        return list(zip(self.operations, reversed(inverses), strict=True))

    def intent(self) -> Operation:
        """Return the intents of the operations; of one that needed room, its own."""
        intents = [one.intent() for one in self.operations]
        wanted = [one for one in intents if one is not None]
        if len(wanted) == 1 and len(self.operations) > 1 and self.label is None:
            return wanted[0]
        return replace(self, operations=tuple(wanted))

    def members(self) -> Sequence[Operation]:
        """Return the operations."""
        return self.operations

    def positions(self) -> Mapping[RowId, AnyKey]:
        """Return the last position of each row."""
        found: dict[RowId, AnyKey] = {}
        for one in self.operations:
            found |= one.positions()
        return found

    def to_json(self) -> dict[str, Any]:
        """Return the operation as JSON."""
        data: dict[str, Any] = {
            "op": self.op,
            "operations": [one.to_json() for one in self.operations],
        }
        return data | ({"label": self.label} if self.label is not None else {})

    @classmethod
    def schema(cls) -> Schema:
        """Return the JSON schema."""
        return schema_of(
            cls.op,
            "operations",
            "label",
            label=TEXT,
            operations={**list_of(ref("Operation")), "minItems": 1, "maxItems": 1000},
        )

    @classmethod
    def from_json(cls, data: Mapping[str, Any], context: Context) -> Batch:
        """Read the operation and those in it."""
        shape = JsonReader(data, context)
        label = shape.optional_text("label")
        operations = shape.data.pop("operations", None)
        shape.data.pop("label", None)
        shape.end()
        if not isinstance(operations, list):
            raise BadOperation(say("batch-not-a-list"))
        if context.depth == DEEPEST:
            raise BadOperation(say("batch-too-deep", limit=DEEPEST))
        inner = replace(context, depth=context.depth + 1)
        return cls(tuple(read(one, inner) for one in operations), label)


def _labelled(label: str) -> Description:
    if revert := _REVERT.fullmatch(label):
        return Description(_("Revert to revision ${n}"), {"n": revert[1]})
    return Description("${label}", {"label": label})


def _summary(pairs: Sequence[Pair]) -> Description | None:
    """Say at once what was done alike with many rows of one table."""
    first = pairs[0][0]
    summary = first.summary(len(pairs))
    alike = summary and all(one.summary(len(pairs)) == summary for one, _back in pairs)
    return replace(summary, op=first.op) if summary and alike else None
