"""`batch`: several operations as one step, all or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from draftedit.engine.draft_rows import DraftRows
from draftedit.engine.errors import BadOperation, DraftError, Refused
from draftedit.engine.operations.base import Context, Done, Operation, read
from draftedit.engine.operations.shape import Shape

DEEPEST = 20  # batches within batches that are read; each is a savepoint


@dataclass(frozen=True)
class Batch(Operation):
    """Do `operations` in order; the inverse is the reversed list of their inverses."""

    op = "batch"
    operations: Sequence[Operation]
    label: str | None = None

    def apply(self, rows: DraftRows) -> Done | None:
        """Apply all, or none: a refusal names the index of the operation refused."""
        known, last_key, touched = dict(rows.known), rows.last_key, dict(rows.touched)
        names = dict(rows.names)
        try:
            with rows.dbsession.begin_nested():
                done = self._each(rows)
        except DraftError:
            rows.known, rows.last_key, rows.touched = known, last_key, touched
            raise
        finally:
            rows.names = names
        if not done:
            return None
        return Done(
            Batch(tuple(one.operation for one in done), self.label),
            Batch(tuple(one.inverse for one in reversed(done)), self.label),
        )

    def _each(self, rows: DraftRows) -> list[Done]:
        done = []
        for index, operation in enumerate(self.operations):
            try:
                one = operation.apply(rows)
            except Refused as refusal:
                problems = (replace(p, operation=index) for p in refusal.problems)
                raise Refused(*problems) from refusal
            if one is not None:
                done.append(one)
        return done

    def to_json(self) -> dict[str, Any]:
        """Return the operation as JSON."""
        data: dict[str, Any] = {
            "op": self.op,
            "operations": [one.to_json() for one in self.operations],
        }
        return data | ({"label": self.label} if self.label is not None else {})

    @classmethod
    def from_json(cls, data: Mapping[str, Any], context: Context) -> Batch:
        """Read the operation and those in it."""
        shape = Shape(data, context)
        label = shape.optional_text("label")
        operations = shape.data.pop("operations", None)
        shape.data.pop("label", None)
        shape.end()
        if not isinstance(operations, list):
            raise BadOperation('batch: "operations" must be a list.')
        if context.depth == DEEPEST:
            raise BadOperation(f"batch: at most {DEEPEST} may be nested.")
        inner = replace(context, depth=context.depth + 1)
        return cls(tuple(read(one, inner) for one in operations), label)
