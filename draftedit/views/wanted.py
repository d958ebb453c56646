"""Which rows a page is asked for, by its query."""

from collections.abc import Mapping
from dataclasses import dataclass

from draftedit.engine.errors import Key, Unknown
from draftedit.engine.keys import from_path
from draftedit.said import searched

MOST = 500  # rows that are asked for by name at once; a page has 50


@dataclass(frozen=True)
class Wanted:
    """Which rows a request asks for; `columns` are shown even where they are empty."""

    part: str | None = None
    parent: Key | None = None
    after: str | None = None
    around: Key | None = None
    q: str = ""
    changed: bool = False
    columns: tuple[str, ...] = ()

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "Wanted":
        """Read the query of a page; raise Unknown where it names what can be no row."""
        return cls(
            part=query.get("part") or None,
            parent=_key(query.get("parent")),
            after=query.get("after") or None,
            around=_key(query.get("around")),
            q=searched(query.get("q", "")),
            changed=query.get("filter") == "changed",
            columns=tuple(filter(None, query.get("columns", "").split(","))),
        )


def keys(text: str) -> tuple[Key, ...]:
    """Read keys with a slash between, which none of them has in it."""
    return tuple(key for one in text.split("/") if (key := _key(one)) is not None)


def _key(text: str | None) -> Key | None:
    if not text:
        return None
    try:
        return from_path(text)
    except ValueError as error:
        raise Unknown("row", text) from error
