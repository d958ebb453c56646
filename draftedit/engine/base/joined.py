"""Mark sessions changed that zope.sqlalchemy has joined to a transaction.

It notices what the ORM flushes, not what a Core statement writes, and at the commit of
a session without changes it silently rolls back.
"""

import sys
from typing import Any

from sqlalchemy.orm import Session, scoped_session

# If nothing has imported it, no session is joined, so it is not imported here.
_ZOPE = "zope.sqlalchemy.datamanager"


def mark_changed(dbsession: Session | scoped_session[Session]) -> None:
    """Let a joined session be committed; for any other, do nothing.

    Raises AssertionError for one that was registered as read only.
    """
    zope: Any = sys.modules.get(_ZOPE)
    if zope is None:
        return
    # A scoped session stands for that of this thread, which is the one joined.
    session = dbsession() if isinstance(dbsession, scoped_session) else dbsession
    # Checked first, as marking would join an unjoined session to the global manager.
    if zope._SESSION_STATE.get(session) is not None:
        zope.mark_changed(session)
