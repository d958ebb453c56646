"""Stage "compare": origin, draft and live, field by field; refuse on conflicts."""

from draftedit.engine.base.errors import Conflicts
from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.reading.live import read_rows
from draftedit.engine.reading.rows import Row
from draftedit.engine.saving import conflicts
from draftedit.engine.saving.plan import Plan
from draftedit.engine.saving.three_way import LiveRows, ThreeWay
from draftedit.engine.schema.model import Part


def compare(rows: DraftRows, plan: Plan) -> LiveRows:
    """Lock and return the live rows to be changed or deleted.

    Raises Conflicts if live differs from the origin, even if plain SQL changed it:
    before the first write.
    """
    live = read_live(rows, plan, lock=True)
    found = conflicts.find(ThreeWay(rows, plan, live))
    if found:
        raise Conflicts(found)
    for name, new in plan.new.items():
        # A row that exists already with the same values is an equal result.
        plan.new[name] = [row for row in new if row.key not in live[name]]
    return live


def read_live(rows: DraftRows, plan: Plan, lock: bool) -> LiveRows:
    """Read the root, and the live rows that a draft changes, deletes or meets."""
    live: LiveRows = {}
    for name, part in rows.target.tables.items():
        doomed = [row.key for row in (*plan.gone[name], *plan.sunk[name])]
        stay = [row.key for row in plan.changed[name]]
        stay += [row.key for row in plan.new[name] if _has_real_key(part, row)]
        is_old = part.parent is None and not _is_made_here(rows, plan)
        only_read = [rows.root] if is_old and rows.root not in (*doomed, *stay) else []
        live[name] = read_rows(rows.dbsession, part, only_read)
        live[name] |= read_rows(rows.dbsession, part, stay, "stay" if lock else None)
        live[name] |= read_rows(rows.dbsession, part, doomed, "go" if lock else None)
    return live


def _has_real_key(part: Part, row: Row) -> bool:
    """Return whether a new row keeps its key; a restored key may be negative."""
    return row.restores is not None or not part.is_draft_made(row.key)


def _is_made_here(rows: DraftRows, plan: Plan) -> bool:
    """Return whether the object was created by this draft and has no real key yet."""
    return plan.makes_object and rows.target.root.is_draft_made(rows.root)
