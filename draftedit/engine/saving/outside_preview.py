"""Preview the effects of a refused save outside the object, for `check`."""

from draftedit.engine.base.errors import Consequence
from draftedit.engine.draft.changes import touched_rows
from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.outside.consequences import consent_to, consequences
from draftedit.engine.outside.search import find
from draftedit.engine.saving.archive import find_doomed
from draftedit.engine.saving.compare import read_live
from draftedit.engine.saving.outside import deleted_by
from draftedit.engine.saving.plan import make_plan
from draftedit.engine.saving.revision import Revision
from draftedit.engine.saving.save_run import SaveRun
from draftedit.engine.schema.tables import Tables
from draftedit.engine.store.draft_records import DraftRecord


def outside(
    rows: DraftRows, tables: Tables, record: DraftRecord
) -> tuple[list[Consequence], str | None]:
    """Return the effects of the draft's deletes outside, and the consent to them.

    A refused save does not get as far as reporting them. Locks the rows that are to be
    deleted, as a save does; the caller rolls that back.
    """
    plan = make_plan(rows, touched_rows(rows))
    live = read_live(rows, plan, lock=True)
    revision = Revision(record.target, record.root, record.base + 1, True, False)
    work = SaveRun(rows, tables, plan, live, revision, one_by_one=False)
    find_doomed(work)
    doomed = deleted_by(work)
    if not any(doomed.values()):
        return [], None
    affected = find(work.dbsession, work.target, doomed)
    return consequences(affected), consent_to(affected)
