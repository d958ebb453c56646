"""Addresses of the pages of one object, live or in a draft."""

from collections.abc import Sequence
from typing import Any, Protocol

from pyramid.request import Request

from draftedit.engine.base.errors import Key
from draftedit.engine.base.keys import to_path


class Urls(Protocol):
    """Addresses of the rows of an object."""

    def page(self, part: str, parent: Key | None, **query: Any) -> str:
        """Return the address of a page of rows."""

    def row(self, table: str, key: Key, **query: Any) -> str | None:
        """Return the address of one row's form, if it has one."""


class LiveUrls:
    """Pages of a live object, or of one at `revision`."""

    def __init__(
        self, request: Request, target: str, key: Key, revision: int | None = None
    ) -> None:
        """Know the object."""
        self._request = request
        self._object = {"target": target, "id": to_path(key)}
        self._revision = revision

    def page(self, part: str, parent: Key | None, **query: Any) -> str:
        """Return the address of a page of rows."""
        where = {"revision": self._revision, "part": part, "parent": _path(parent)}
        return self._path("object", {}, {**where, **query})

    def row(self, table: str, key: Key, **query: Any) -> str | None:
        """Return the address of one row, with the author of each value."""
        if self._revision is not None:
            return None
        return self._path("live_row", {"table": table, "row": to_path(key)}, query)

    def at(self, revision: int | None = None) -> str:
        """Return the address of the object at a revision, or as it is now."""
        return self._path("object", {}, {"revision": revision})

    def history(self, **query: Any) -> str:
        """Return the address of the object's history, or of a comparison."""
        return self._path("history", {}, query)

    def drafts(self) -> str:
        """Return the address of the list of open drafts of the object."""
        return self._path("object_drafts", {}, {})

    def _path(self, name: str, parts: dict[str, str], query: dict[str, Any]) -> str:
        path: str = self._request.route_path(
            f"draftedit.{name}", **self._object, **parts, _query=_query(**query)
        )
        return path


class DraftUrls:
    """The pages of a draft."""

    def __init__(self, request: Request, key: int) -> None:
        """Know the draft."""
        self._request = request
        self._key = str(key)

    def page(self, part: str, parent: Key | None, **query: Any) -> str:
        """Return the address of a page of rows."""
        return self.to("draft", part=part, parent=_path(parent), **query)

    def row(self, table: str, key: Key, **query: Any) -> str | None:
        """Return the address of one row's form."""
        return self._path("row", {"table": table, "id": to_path(key)}, query)

    def rows(self, table: str, ids: Sequence[str], **query: Any) -> str:
        """Return the address of the form for several rows."""
        return self._path("rows", {"table": table}, {"id": "/".join(ids), **query})

    def new(self, table: str, **query: Any) -> str:
        """Return the address of the form of a new row."""
        return self._path("row_new", {"table": table}, query)

    def choices(self, table: str, field: str) -> str:
        """Return the address of the list of values of a reference."""
        return self._path("api.choices", {"table": table, "field": field}, {})

    def to(self, name: str, **query: Any) -> str:
        """Return the address of a page or verb of the draft."""
        return self._path(name, {}, query)

    def live(self, name: str, target: str, key: Key) -> str:
        """Return the address of a page of the live object."""
        where = {"target": target, "id": to_path(key)}
        path: str = self._request.route_path(f"draftedit.{name}", **where)
        return path

    def compare(self, target: str, key: Key, older: int, newer: int) -> str:
        """Return the address of the changes between two revisions."""
        where = {"target": target, "id": to_path(key)}
        query = {"from": str(older), "to": str(newer)}
        path: str = self._request.route_path("draftedit.history", **where, _query=query)
        return path

    def _path(self, name: str, parts: dict[str, str], query: dict[str, Any]) -> str:
        path: str = self._request.route_path(
            f"draftedit.{name}", key=self._key, **parts, _query=_query(**query)
        )
        return path


def _path(key: Key | None) -> str | None:
    return None if key is None else to_path(key)


def _query(**query: Any) -> dict[str, Any]:
    return {name: value for name, value in query.items() if value not in (None, "")}
