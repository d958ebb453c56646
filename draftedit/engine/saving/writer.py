"""Stages 3 to 7 in their order: archived, parked, inserted, updated, deleted.

Through the ORM session, so that the host's events and validators run.
"""

from draftedit.engine.saving.archive import archive_replaced
from draftedit.engine.saving.deferred import check_deferred
from draftedit.engine.saving.deleting import delete, disconnect, refuse_dangling
from draftedit.engine.saving.inserting import insert
from draftedit.engine.saving.links import delete_links
from draftedit.engine.saving.park import park
from draftedit.engine.saving.updating import connect, update
from draftedit.engine.saving.watch import watching
from draftedit.engine.saving.work import Work


def write(work: Work) -> None:
    """Write the plan, each stage flushed before the next."""
    with watching(work):
        archive_replaced(work)
        delete_links(work)
        park(work)
        # Core has changed rows that the ORM may have copies of.
        work.dbsession.expire_all()
        insert(work)
        update(work)
        connect(work)
        refuse_dangling(work)
        disconnect(work)
        delete(work)
        check_deferred(work)
