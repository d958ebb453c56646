"""Stage 2: origin, draft and live, field by field; a conflict ends the save."""

from draftedit.engine.draft_rows import DraftRows
from draftedit.engine.errors import Conflicts
from draftedit.engine.saving import conflicts
from draftedit.engine.saving.live import read_rows
from draftedit.engine.saving.plan import Plan
from draftedit.engine.saving.sides import LiveRows, Sides


def compare(rows: DraftRows, plan: Plan) -> LiveRows:
    """Lock and return the live rows to be changed or deleted.

    Raises Conflicts where live differs from the origin, even if plain SQL changed
    it: before the first write.
    """
    live = read_live(rows, plan, lock=True)
    found = conflicts.find(Sides(rows, plan, live))
    if found:
        raise Conflicts(found)
    for name, new in plan.new.items():
        # What is there already, just so, is an equal result.
        plan.new[name] = [row for row in new if row.key not in live[name]]
    return live


def read_live(rows: DraftRows, plan: Plan, lock: bool) -> LiveRows:
    """Read the root, and the live rows that a draft changes, deletes or would hit."""
    live: LiveRows = {}
    for name, part in rows.target.tables.items():
        doomed = [row.key for row in (*plan.gone[name], *plan.sunk[name])]
        stay = [row.key for row in plan.changed[name]]
        stay += [r.key for r in plan.new[name] if not part.is_draft_made(r.key)]
        is_old = part.parent is None and not part.is_draft_made(rows.root)
        only_read = [rows.root] if is_old and rows.root not in (*doomed, *stay) else []
        live[name] = read_rows(rows.dbsession, part, only_read)
        live[name] |= read_rows(rows.dbsession, part, stay, "stay" if lock else None)
        live[name] |= read_rows(rows.dbsession, part, doomed, "go" if lock else None)
    return live
