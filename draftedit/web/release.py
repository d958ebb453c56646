"""Release a request's transaction and its locks during slow work.

SQLite has one lock for all writers, and a request that may write holds it from its
first statement on; elsewhere others wait for the rows that it has locked. Code that
runs a program, or hashes a password, releases them first.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from pyramid.request import Request

from draftedit.service.dry_run import CheckResult
from draftedit.settings.table import NOTES
from draftedit.web.resources import DraftContext


@contextmanager
def released(request: Request) -> Iterator[None]:
    """Commit the request's transaction, and begin again after the work.

    What was read before may have changed: code that relies on it reads, and locks, it
    again. The host's own instances stay in its session. A doomed transaction belongs to
    a caller who is going to roll it back, such as a test: it is kept.
    """
    manager, dbsession = request.tm, request.dbsession
    if manager.isDoomed():
        yield
        return
    dbsession.flush()  # before the objects are counted, as it removes the deleted ones
    kept = list(dbsession.identity_map.values())
    manager.commit()
    try:
        yield
    finally:
        manager.begin()
        dbsession.add_all(kept)
        dbsession.expire_all()  # even if the session keeps instances over a commit


def check(request: Request) -> CheckResult:
    """Check the draft of the request, with the host's notes if the ini file says so.

    Raises StaleVersion if the draft was changed while the notes ran, and what
    `EditSession.check` raises.
    """
    context: DraftContext = request.context
    if not NOTES.read(request.registry.settings):
        return context.edit.check(notes=False)
    stored, version = context.edit.notes(), context.edit.version
    if stored.is_ready:
        return context.edit.check(stored.ask())
    with released(request):
        notes = stored.ask()
    context.resume()
    context.edit.expect(version)
    return context.edit.check(notes)
