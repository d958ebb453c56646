"""The names of an object's rows, for one request."""

from collections.abc import Sequence
from typing import Any, Protocol

from pyramid.request import Request

from draftedit import objects
from draftedit.engine.errors import Key, Unknown
from draftedit.engine.listing import Page
from draftedit.engine.rows import Row
from draftedit.engine.schema import Target
from draftedit.views.names import Names


class RowSource(Protocol):
    """What rows are read from by their keys."""

    def row(self, table: str, key: Any) -> Row:
        """Return one row; raise Unknown."""


class LiveRows:
    """The rows of a live object, read in the way in which a draft's are."""

    def __init__(
        self, request: Request, target: Target, key: Key, revision: int | None = None
    ) -> None:
        """Know which object, and at which revision (None: as it is now)."""
        self._object = (request.drafts, request.dbsession, target, key)
        self._revision = revision

    def page(self, table: str, around: Key | None = None, **options: Any) -> Page:
        """Return a page of rows; a live list begins at its first one."""
        return objects.page(*self._object, table, revision=self._revision, **options)

    def below(self, table: str, parents: Sequence[Key]) -> list[Row]:
        """Return the rows below several others."""
        return objects.below(*self._object, table, parents, revision=self._revision)

    def row(self, table: str, key: Key) -> Row:
        """Return one row."""
        return objects.row(*self._object, table, key, revision=self._revision)

    def path(self, table: str, key: Key) -> list[Row]:
        """Return the rows above one."""
        return objects.path(*self._object, table, key, revision=self._revision)


def names_for(request: Request, target: Target, *sources: RowSource) -> Names:
    """Return the names of what `sources` read, in the language of the request.

    A row is looked for in each in turn.
    """

    def outside(table: str, key: Key) -> str | None:
        if table not in request.drafts.targets:
            return None
        try:
            return objects.find(request.drafts, request.dbsession, table, key).label
        except Unknown:
            return None

    def find(table: str, key: Key) -> Row:
        for source in sources[:-1]:
            try:
                return source.row(table, key)
            except Unknown:
                continue
        return sources[-1].row(table, key)

    return Names(
        target=target,
        find=find,
        translate=request.localizer.translate,
        outside=outside,
        lowers=request.localizer.locale_name.startswith("en"),
    )
