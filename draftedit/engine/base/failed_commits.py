"""Roll back failed COMMITs on SQLite, which otherwise keep their lock.

A deferred key or a full disk lets COMMIT fail, and SQLite's transaction goes on.
SQLAlchemy considers it ended and does not roll it back when the connection returns to
its pool, where it would block all other writers.
"""

from sqlalchemy import Connection
from sqlalchemy.orm import Session, scoped_session

from draftedit.engine.dialects import backend_of


def guard_commits(dbsession: Session | scoped_session[Session]) -> None:
    """Let the pool that a session writes through take back no open transaction.

    Its engine may be a host's own; of a database that ends a transaction whose COMMIT
    fails, nothing is done.
    """
    bind = dbsession.get_bind()
    engine = bind.engine if isinstance(bind, Connection) else bind
    backend_of(engine).guard_pool(engine)
