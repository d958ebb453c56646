"""The names of an object's rows, for one request."""

from typing import Any

from pyramid.request import Request

from draftedit import objects
from draftedit.editing import EditSession
from draftedit.engine.errors import Key, Unknown
from draftedit.engine.listing import Page
from draftedit.engine.rows import Row
from draftedit.engine.schema import Target
from draftedit.views.names import Names


class LiveRows:
    """The rows of a live object, read in the way in which a draft's are."""

    def __init__(self, request: Request, target: Target, key: Key) -> None:
        """Know which object."""
        self._object = (request.drafts, request.dbsession, target, key)

    def page(self, table: str, around: Key | None = None, **options: Any) -> Page:
        """Return a page of rows; a live list begins at its first one."""
        return objects.page(*self._object, table, **options)

    def row(self, table: str, key: Key) -> Row:
        """Return one row."""
        return objects.row(*self._object, table, key)

    def path(self, table: str, key: Key) -> list[Row]:
        """Return the rows above one."""
        return objects.path(*self._object, table, key)


def names_for(
    request: Request, target: Target, source: EditSession | LiveRows
) -> Names:
    """Return the names of what `source` reads, in the language of the request."""

    def outside(table: str, key: Key) -> str | None:
        if table not in request.drafts.targets:
            return None
        try:
            return objects.find(request.drafts, request.dbsession, table, key).label
        except Unknown:
            return None

    return Names(
        target=target,
        find=source.row,
        translate=request.localizer.translate,
        outside=outside,
        lowers=request.localizer.locale_name.startswith("en"),
    )
