"""Reading the JSON of an operation, member by member."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from draftedit.engine.errors import BadOperation
from draftedit.engine.operations.base import LAST, AnyKey, Context, Ref


class Shape:
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
            raise BadOperation(f'{self.name}: "{member}" must be text.')
        return value

    def optional_text(self, member: str) -> str | None:
        """Take a member that may be text."""
        return self.text(member) if self.data.get(member) is not None else None

    def values(self, member: str = "values") -> dict[str, Any]:
        """Take a member that must be an object."""
        value = self.data.pop(member, None)
        if not isinstance(value, Mapping):
            raise BadOperation(f'{self.name}: "{member}" must be an object.')
        return dict(value)

    def key(self, member: str = "id") -> AnyKey:
        """Take a key: a list of columns, one scalar, or a reference in the batch."""
        if member not in self.data:
            raise BadOperation(f'{self.name}: "{member}" is missing.')
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
        """Refuse members that nobody took."""
        if self.data:
            names = ", ".join(sorted(map(str, self.data)))
            raise BadOperation(f"{self.name}: {names} cannot be given.")

    def _key(self, value: Any, member: str) -> AnyKey:
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
            value = value[0]
        if isinstance(value, dict):
            return read_ref(value, self.name, member)
        columns = value if isinstance(value, list) else [value]
        if not columns or not all(isinstance(c, str | int | float) for c in columns):
            raise BadOperation(f'{self.name}: "{member}" must be a key.')
        return tuple(columns)


def read_ref(value: Mapping[str, Any], operation: str, member: str) -> Ref:
    """Read {"ref": name}."""
    if set(value) != {"ref"} or not isinstance(value["ref"], str):
        raise BadOperation(f'{operation}: "{member}" must be a key or a "ref".')
    return Ref(value["ref"])
