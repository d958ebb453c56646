"""An operation of a journal whose class is not registered any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from draftedit.engine.base.messages import say
from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.operations.base import ApplyMode, Context, Done, Operation
from draftedit.engine.operations.description import Description
from draftedit.engine.operations.lookup import refused


@dataclass(frozen=True)
class UnknownOperation(Operation):
    """Stands for it where operations are only described: by its name."""

    op = ""
    data: Mapping[str, Any]

    def apply(self, rows: DraftRows, mode: ApplyMode) -> Done | None:
        """Refuse: nothing is known of it but its JSON."""
        raise refused(say("unknown-operation", name=self.data["op"]))

    def to_json(self) -> dict[str, Any]:
        """Return the JSON as it was."""
        return dict(self.data)

    @classmethod
    def from_json(cls, data: Mapping[str, Any], context: Context) -> UnknownOperation:
        """Keep the JSON."""
        return cls(data)

    def describe(self, inverse: Operation | None = None) -> Description:
        """Return its name."""
        return Description(self.data["op"])
