"""The JSON of an operation: reading it, member by member, and its schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from draftedit.engine.base.errors import BadOperation
from draftedit.engine.base.json_schema import TEXT, Schema, exactly, or_null, ref
from draftedit.engine.base.messages import say
from draftedit.engine.operations.base import LAST, AnyKey, Context, Ref


class JsonReader:
    """Takes the members of a JSON object one by one and refuses what is left."""

    def __init__(self, data: Mapping[str, Any], context: Context) -> None:
        """Begin to read `data`."""
        self.data = dict(data)
        self.name = self.data.pop("op")
        self.context = context

    def text(self, member: str) -> str:
        """Take a member that must be text."""
        value = self.data.pop(member, None)
        if not isinstance(value, str):
            raise BadOperation(
                say("member-not-text", operation=self.name, member=member)
            )
        return value

    def optional_text(self, member: str) -> str | None:
        """Take a member that may be text."""
        return self.text(member) if self.data.get(member) is not None else None

    def integer(self, member: str) -> int:
        """Take a member that must be a whole number."""
        value = self.data.pop(member, None)
        if not isinstance(value, int) or isinstance(value, bool):
            raise BadOperation(
                say("member-not-a-number", operation=self.name, member=member)
            )
        return value

    def values(self, member: str = "values") -> dict[str, Any]:
        """Take a member that must be an object."""
        value = self.data.pop(member, None)
        if not isinstance(value, Mapping):
            raise BadOperation(
                say("member-not-an-object", operation=self.name, member=member)
            )
        return dict(value)

    def key(self, member: str = "id") -> AnyKey:
        """Take a key: a list of columns, one scalar, or a reference in the batch."""
        if member not in self.data:
            raise BadOperation(
                say("member-missing", operation=self.name, member=member)
            )
        return self._key(self.data.pop(member), member)

    def optional_key(self, member: str) -> AnyKey:
        """Take a key that may be missing or null."""
        value = self.data.pop(member, None)
        return None if value is None else self._key(value, member)

    def after(self) -> AnyKey:
        """Take the wish where to stand: a key, null (first), or nothing (last)."""
        return self.optional_key("after") if "after" in self.data else LAST

    def result(self, member: str) -> Any:
        """Take a member that only the journal may hold."""
        return self.data.pop(member, None) if self.context.stored else None

    def end(self) -> None:
        """Refuse members that were not read."""
        if self.data:
            names = ", ".join(sorted(map(str, self.data)))
            raise BadOperation(
                say("members-unknown", operation=self.name, members=names)
            )

    def _key(self, value: Any, member: str) -> AnyKey:
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
            value = value[0]
        if isinstance(value, dict):
            return read_ref(value, self.name, member)
        columns = value if isinstance(value, list) else [value]
        if not columns or not all(isinstance(c, str | int | float) for c in columns):
            raise BadOperation(
                say("member-not-a-key", operation=self.name, member=member)
            )
        return tuple(columns)


def schema_of(op: str, required: str, optional: str = "", /, **more: Schema) -> Schema:
    """Describe an operation by its members; `more` describes those of its own.

    `required` and `optional` name the members, apart by blanks. What the reader takes
    under one name in every operation is known: table, id, parent, after, values.
    """
    known: dict[str, Schema] = {
        "op": {"const": op},
        "table": TEXT,
        "id": ref("GivenKey"),
        "parent": ref("GivenKey"),
        "after": {
            "description": "The row to stand behind; null: first; not given: last.",
            **or_null(ref("GivenKey")),
        },
        "values": {"type": "object"},
    }
    return exactly(f"op {required}", optional, **known, **more)


def read_ref(value: Mapping[str, Any], operation: str, member: str) -> Ref:
    """Read {"ref": name}."""
    if set(value) != {"ref"} or not isinstance(value["ref"], str):
        raise BadOperation(
            say("member-not-a-key-or-ref", operation=operation, member=member)
        )
    return Ref(value["ref"])
