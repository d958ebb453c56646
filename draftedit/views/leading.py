"""The ways to a row in its table: what changed is shown, and scrolled to."""

from collections.abc import Sequence
from urllib.parse import parse_qsl, urlsplit

from draftedit.engine.errors import Key
from draftedit.engine.keys import to_path
from draftedit.engine.rows import Row
from draftedit.engine.schema import Part, Target
from draftedit.views.places import DraftPlaces


def to_row(
    places: DraftPlaces, target: Target, table: str, key: Key, **query: str
) -> str:
    """Return the address of the page that has the row, at the row."""
    if table == target.name:
        return f"{places.to('draft', part=table)}#above"
    path = to_path(key)
    return f"{places.to('draft', part=table, around=path, **query)}#row-{path}"


def to_change(
    places: DraftPlaces, target: Target, rows: Sequence[Row], back: str | None
) -> str | None:
    """Return where the first of the rows touched is seen; None: it is nowhere now.

    Who was looking at some of its siblings only, found or changed, goes on so. Where
    more rows than this one were touched, `touched` says how many.
    """
    if not rows:
        return None
    shown = list(dict.fromkeys(_shown(target, row) for row in rows))
    table, key = shown[0]
    said = {"touched": str(len(shown))} if len(shown) > 1 else {}
    asked = dict(parse_qsl(urlsplit(back or "").query))
    if asked.get("part") != table:
        return to_row(places, target, table, key, **said)
    if back and ("q" in asked or "filter" in asked):
        return f"{back.partition('#')[0]}#row-{to_path(key)}"
    kept = {"columns": asked["columns"]} if "columns" in asked else {}
    return to_row(places, target, table, key, **kept, **said)


def _shown(target: Target, row: Row) -> tuple[str, Key]:
    """A link is shown beside the row that it belongs to."""
    part: Part = target.tables[row.table]
    if not part.is_link:
        return row.table, row.key
    return str(part.parent), part.parent_key_of(row.values)
