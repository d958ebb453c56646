"""Run the stages that write, in their order; `write` is the list of them.

Through the ORM session, so that the host's events and validators run.
"""

from draftedit.engine.saving.archive import archive_replaced
from draftedit.engine.saving.deferred_constraints import check_deferred
from draftedit.engine.saving.deleting import delete, disconnect, refuse_dangling
from draftedit.engine.saving.hidden_blockers import refuse_out_of_sight
from draftedit.engine.saving.host_changes import watching
from draftedit.engine.saving.inserting import insert
from draftedit.engine.saving.links import delete_links
from draftedit.engine.saving.lost_references import refuse_lost
from draftedit.engine.saving.orm_columns import write_host_columns
from draftedit.engine.saving.outside import bring_back, keep_outside, look_outside
from draftedit.engine.saving.parking import park
from draftedit.engine.saving.save_run import SaveRun
from draftedit.engine.saving.updating import connect, update
from draftedit.engine.saving.verifying import verify


def write(work: SaveRun, accept: str | None) -> None:
    """Write the plan, each stage flushed before the next."""
    with watching(work):
        archive_replaced(work)
        refuse_out_of_sight(work)
        look_outside(work, accept)
        refuse_lost(work)
        delete_links(work)
        park(work)
        # Core has changed rows whose instances the ORM may hold.
        work.dbsession.expire_all()
        insert(work)
        update(work)
        connect(work)
        write_host_columns(work)
        refuse_dangling(work)
        disconnect(work)
        delete(work)
        keep_outside(work)
        bring_back(work)
        verify(work)
        check_deferred(work)
