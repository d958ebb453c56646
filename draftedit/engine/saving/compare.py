"""Stage 2: origin, draft and live, field by field; a conflict ends the save."""

from collections.abc import Iterator, Mapping
from typing import Any

from draftedit.engine.draft_rows import DraftRows
from draftedit.engine.errors import Conflict, Conflicts, Key
from draftedit.engine.rows import Row
from draftedit.engine.saving.live import read_locked
from draftedit.engine.saving.plan import Plan
from draftedit.engine.schema import Part
from draftedit.engine.values import same
from draftedit.engine.view import View

LiveRows = dict[str, dict[Key, dict[str, Any]]]


def compare(rows: DraftRows, plan: Plan) -> LiveRows:
    """Lock and return the live rows to be changed or deleted.

    Raises Conflicts where live differs from the origin, even if plain SQL changed
    it: before the first write.
    """
    live: LiveRows = {}
    conflicts: list[Conflict] = []
    for name, part in rows.target.tables.items():
        doomed = [*plan.gone[name], *plan.sunk[name]]
        stay = [row.key for row in plan.changed[name]]
        taken = [row.key for row in plan.new[name] if part.generated_key is None]
        live[name] = read_locked(rows.dbsession, part, [*stay, *taken], deleting=False)
        live[name] |= read_locked(
            rows.dbsession, part, [row.key for row in doomed], deleting=True
        )
        for row in plan.changed[name]:
            conflicts += _of_changed(rows, part, row, live[name].get(row.key))
        for row in doomed:
            conflicts += _of_deleted(row, live[name].get(row.key))
        for key in taken:
            if key in live[name]:
                conflicts.append(
                    Conflict(name, key, None, "row", None, None, live[name][key])
                )
    if conflicts:
        raise Conflicts(conflicts)
    return live


def _of_changed(
    rows: DraftRows, part: Part, row: Row, live: dict[str, Any] | None
) -> Iterator[Conflict]:
    if live is None or _has_left(rows, part, row, live):
        yield Conflict(row.table, row.key, None, "row", row.origin, row.values, live)
        return
    for name, (base, draft) in row.changed_fields().items():
        if not same(live[name], base) and not same(live[name], draft):
            kind = "order" if name == part.order else "field"
            yield Conflict(row.table, row.key, name, kind, base, draft, live[name])


def _of_deleted(row: Row, live: dict[str, Any] | None) -> Iterator[Conflict]:
    """A row deleted elsewhere, too, is an equal result."""
    if live is None or row.origin is None:
        return
    moved_on = {
        name: value
        for name, value in live.items()
        if name in row.origin and not same(value, row.origin[name])
    }
    if moved_on:
        yield Conflict(row.table, row.key, None, "row", row.origin, None, live)


def _has_left(rows: DraftRows, part: Part, row: Row, live: Mapping[str, Any]) -> bool:
    """Tell whether others have moved the row to another object, where we write not."""
    origin = row.origin or {}
    if all(same(live[name], origin.get(name)) for name in part.parent_fields):
        return False
    view = View(rows.dbsession, rows.target, rows.root)
    return not view.belongs(Row(part.name, row.key, dict(live)))
