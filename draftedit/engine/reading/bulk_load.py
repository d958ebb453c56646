"""Load many rows of a view at a time, with a fixed number of statements."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from draftedit.engine.base.errors import Key
from draftedit.engine.base.keys import to_path
from draftedit.engine.reading.live import chunks, has_key
from draftedit.engine.reading.rows import Readable, Row, row_from
from draftedit.engine.reading.statements import absent_then
from draftedit.engine.reading.union_branches import history_columns, live_columns
from draftedit.engine.reading.view import View
from draftedit.engine.schema.model import Part

_ABSENT = "draftedit_absent"


def preload(view: View, part: Part, keys: Iterable[Key]) -> None:
    """Load the rows of these keys into a view of a revision, for its `find`."""
    unknown = [key for key in keys if (part.name, key) not in view.known]
    for chunk in chunks(unknown):
        found = dict(_as_they_were(view, part, chunk))
        rest = [key for key in chunk if key not in found]
        found |= {row.key: row for row in _live(view, part, rest)}
        view.known.update({(part.name, key): row for key, row in found.items()})
        # If the database treats "A" as "a", the row has another key: `find` reads it.
        if found.keys() <= set(chunk):
            missing = set(chunk) - found.keys()
            view.known.update({(part.name, key): None for key in missing})


def own(view: View, part: Part, key: Key) -> Row | None:
    """Return the row of that key if it belongs to the object at the view's revision."""
    row = view.find(part.name, key)
    return row if row is not None and view.belongs(row) else None


def _live(view: View, part: Part, keys: Sequence[Key]) -> Iterable[Row]:
    if keys and view.until is None:
        wanted = sa.select(*live_columns(part)).where(
            has_key(part, keys), *part.demands(part.live.c)
        )
        found = view.dbsession.execute(wanted).mappings()
        with Readable(part):
            rows = [row_from(part, dict(record)) for record in found]
        yield from rows


def _as_they_were(
    view: View, part: Part, keys: Sequence[Key]
) -> Iterable[tuple[Key, Row | None]]:
    """Yield the oldest states that newer revisions replaced; None: there was none."""
    then, oldest = part.history.c, _oldest(view, part, keys).subquery("oldest")
    same = [then[name] == oldest.c[name] for name in (*part.key, "revision")]
    wanted = (
        sa.select(*history_columns(part, then), absent_then(part, then).label(_ABSENT))
        .join(oldest, sa.and_(*same))
        .where(then.root == to_path(view.root))
    )
    for record in view.dbsession.execute(wanted).mappings():
        if record[_ABSENT]:
            yield _key_in(part, record), None
        else:
            row = row_from(part, dict(record))
            yield row.key, row


def _oldest(view: View, part: Part, keys: Sequence[Key]) -> sa.Select[Any]:
    then = part.history.c
    columns = [then[name] for name in part.key]
    end = [] if view.until is None else [then.revision <= view.until]
    decoded = [
        tuple(part.decode(dict(zip(part.key, key, strict=True))).values())
        for key in keys
    ]
    return (
        sa.select(*columns, sa.func.min(then.revision).label("revision"))
        .where(then.root == to_path(view.root), then.revision > view.as_of, *end)
        .where(sa.tuple_(*columns).in_(decoded))
        .group_by(*columns)
    )


def _key_in(part: Part, record: Mapping[Any, Any]) -> Key:
    return tuple(part.fields[name].codec.encode(record[name]) for name in part.key)
